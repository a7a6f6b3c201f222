import JSON
import Reports

/// Writes the JSON object of a header frame, member by member; one after the other in the same memory.
struct HeaderWriter {
  private var writer = JSONWriter()

  /// What was written last.
  var bytes: [UInt8] { writer.bytes }

  /// Begins an object in the place of the one before.
  mutating func begin() {
    writer.removeAll()
    writer.beginObject()
  }

  mutating func end() { writer.endObject() }

  mutating func member(_ name: String, _ epoch: Epoch) {
    let text = epoch.utf8
    writer.member(name, utf8: text.span)
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
