import CSimdJSON

/// Appends JSON to bytes: commas are set by themselves, strings are escaped so that the result is safe in a line, in a
/// terminal and in a script.
///
/// The caller balances `begin…` and `end…` and gives every value of an object a key.
package struct JSONWriter {
  package private(set) var bytes: [UInt8] = []
  private var needsComma = false

  package init() {}

  /// Forgets what was written and keeps the memory.
  package mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    needsComma = false
  }

  package mutating func beginObject() { open(UInt8(ascii: "{")) }
  package mutating func endObject() { close(UInt8(ascii: "}")) }
  package mutating func beginArray() { open(UInt8(ascii: "[")) }
  package mutating func endArray() { close(UInt8(ascii: "]")) }

  /// Ends a document with a line feed, so that the next one stands on its own line (NDJSON).
  package mutating func endLine() {
    bytes.append(UInt8(ascii: "\n"))
    needsComma = false
  }

  /// The name of the member whose value comes next.
  package mutating func key(_ name: String) {
    separate()
    bytes.appendQuoted(name.utf8.span)
    bytes.append(UInt8(ascii: ":"))
    needsComma = false
  }

  package mutating func null() { literal("null") }
  package mutating func value(_ value: Bool) { literal(value ? "true" : "false") }
  package mutating func value(_ value: some FixedWidthInteger) { literal(String(value)) }

  package mutating func value(_ value: String) {
    separate()
    bytes.appendQuoted(value.utf8.span)
  }

  /// A string by its UTF-8; bytes that are none become U+FFFD.
  package mutating func value(utf8 text: Span<UInt8>) {
    separate()
    bytes.appendQuoted(text)
  }

  /// The shortest decimal that reads back as the same double, always with a point or an exponent, in plain digits from
  /// 10⁻⁷ up to 10²¹; null where the value is not finite, for JSON has no such number.
  package mutating func value(_ value: Double) {
    guard value.isFinite else { return null() }
    separate()
    var characters = InlineArray<32, UInt8>(repeating: 0)
    var span = characters.mutableSpan
    let count = unsafe span.withUnsafeMutableBufferPointer { unsafe csimdjson_format_double(value, $0.baseAddress) }
    for index in 0..<count { bytes.append(span[index]) }
  }

  package mutating func value(_ value: JSONValue) {
    switch value {
    case .null: null()
    case .bool(let bool): self.value(bool)
    case .integer(let integer): self.value(integer)
    case .unsigned(let integer): self.value(integer)
    case .number(let number): self.value(number)
    case .string(let string): self.value(string)
    case .array(let values):
      beginArray()
      for element in values { self.value(element) }
      endArray()
    case .object(let members):
      beginObject()
      for member in members { self.member(member.name, member.value) }
      endObject()
    }
  }

  /// Bytes that are JSON already.
  package mutating func raw(_ json: Span<UInt8>) {
    separate()
    for index in json.indices { bytes.append(json[index]) }
  }

  package mutating func member(_ name: String, _ value: Bool) {
    key(name)
    self.value(value)
  }

  package mutating func member(_ name: String, _ value: some FixedWidthInteger) {
    key(name)
    self.value(value)
  }

  package mutating func member(_ name: String, _ value: Double) {
    key(name)
    self.value(value)
  }

  package mutating func member(_ name: String, _ value: String) {
    key(name)
    self.value(value)
  }

  package mutating func member(_ name: String, utf8 text: Span<UInt8>) {
    key(name)
    value(utf8: text)
  }

  package mutating func member(_ name: String, _ value: JSONValue) {
    key(name)
    self.value(value)
  }

  private mutating func open(_ bracket: UInt8) {
    separate()
    bytes.append(bracket)
    needsComma = false
  }

  private mutating func close(_ bracket: UInt8) {
    bytes.append(bracket)
    needsComma = true
  }

  private mutating func literal(_ text: String) {
    separate()
    bytes.append(contentsOf: text.utf8)
  }

  /// A comma before everything that follows a value in the same container.
  private mutating func separate() {
    if needsComma { bytes.append(UInt8(ascii: ",")) }
    needsComma = true
  }
}
