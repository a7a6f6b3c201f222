import JSON

/// Writes the JSON object of a header frame, member by member.
struct HeaderWriter {
  private var writer = JSONWriter()

  init() { writer.beginObject() }

  /// Ends the object and gives its bytes.
  consuming func finish() -> [UInt8] {
    writer.endObject()
    return writer.bytes
  }

  mutating func member(_ name: String, _ value: String) { writer.member(name, value) }

  mutating func member(_ name: String, _ value: UInt64) { writer.member(name, value) }

  mutating func member(_ name: String, _ values: [String]) {
    writer.key(name)
    writer.beginArray()
    for value in values { writer.value(value) }
    writer.endArray()
  }

  mutating func member(_ name: String, _ values: [UInt64]) {
    writer.key(name)
    writer.beginArray()
    for value in values { writer.value(value) }
    writer.endArray()
  }

  mutating func object(_ name: String, _ encode: (inout HeaderWriter) -> Void) {
    writer.key(name)
    writer.beginObject()
    encode(&self)
    writer.endObject()
  }

  mutating func objectArray<Element>(_ name: String, _ elements: [Element], _ encode: (Element, inout HeaderWriter) -> Void) {
    writer.key(name)
    writer.beginArray()
    for element in elements {
      writer.beginObject()
      encode(element, &self)
      writer.endObject()
    }
    writer.endArray()
  }
}
