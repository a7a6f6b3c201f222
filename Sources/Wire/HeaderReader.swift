import JSON
import Reports

/// Reads members of a header frame and says which one is wrong. Members that nobody asks for are ignored.
struct HeaderReader {
  private let object: JSONValue
  /// Where the object stands, for messages: "ACK", "ACK credit".
  private let place: String

  private init(_ object: JSONValue, place: String) {
    self.object = object
    self.place = place
  }

  /// Parses a header frame.
  init(_ bytes: Span<UInt8>, verb: Verb) throws(WireError) {
    place = "\(verb)".uppercased()
    guard bytes.count <= Limits.headerByteCount else {
      throw WireError(.headerTooLong, "\(place): the header has \(bytes.count) bytes, limited to \(Limits.headerByteCount)")
    }
    do {
      object = try JSONValue(parsing: bytes)
    } catch {
      throw WireError(.malformedHeader, "\(place): the header is not valid JSON in UTF-8")
    }
    guard case .object = object else { throw WireError(.malformedHeader, "\(place): the header is not a JSON object") }
  }

  /// Whether a member is there and not null.
  func has(_ name: String) -> Bool {
    switch object[name] {
    case nil, .null: false
    default: true
    }
  }

  func string(_ name: String, byteCount: ClosedRange<Int>) throws(WireError) -> String {
    try Self.string(member(name), at: "\(place) \(name)", byteCount: byteCount)
  }

  func unsigned(_ name: String, in range: ClosedRange<UInt64>) throws(WireError) -> UInt64 {
    try Self.unsigned(member(name), at: "\(place) \(name)", in: range)
  }

  func epoch(_ name: String) throws(WireError) -> Epoch {
    let text = try string(name, byteCount: 0...WireLimits.nameByteCount)
    guard let epoch = Epoch(text) else { throw WireError(.outOfRange, "\(place) \(name): expected a UUID as 8-4-4-4-12 digits") }
    return epoch
  }

  func object(_ name: String) throws(WireError) -> HeaderReader {
    try Self.object(member(name), at: "\(place) \(name)")
  }

  /// An array of 1 to `WireLimits.alternativeCount` strings.
  func stringArray(_ name: String, byteCount: ClosedRange<Int>) throws(WireError) -> [String] {
    var values: [String] = []
    for element in try array(name, count: 1...WireLimits.alternativeCount) {
      values.append(try Self.string(element, at: "\(place) \(name)", byteCount: byteCount))
    }
    return values
  }

  /// An array of 1 to `WireLimits.alternativeCount` integers.
  func unsignedArray(_ name: String, in range: ClosedRange<UInt64>) throws(WireError) -> [UInt64] {
    var values: [UInt64] = []
    for element in try array(name, count: 1...WireLimits.alternativeCount) {
      values.append(try Self.unsigned(element, at: "\(place) \(name)", in: range))
    }
    return values
  }

  func objectArray(_ name: String, count: Int) throws(WireError) -> [HeaderReader] {
    var values: [HeaderReader] = []
    for element in try array(name, count: 0...count) { values.append(try Self.object(element, at: "\(place) \(name)")) }
    return values
  }

  private func member(_ name: String) throws(WireError) -> JSONValue {
    guard let value = object[name] else { throw WireError(.missingMember, "\(place) \(name): required, and absent") }
    return value
  }

  private func array(_ name: String, count: ClosedRange<Int>) throws(WireError) -> [JSONValue] {
    guard let values = try member(name).array else { throw WireError(.wrongType, "\(place) \(name): expected an array") }
    guard count.contains(values.count) else {
      throw WireError(
        .outOfRange, "\(place) \(name): \(values.count) elements, expected \(count.lowerBound) to \(count.upperBound)")
    }
    return values
  }

  private static func string(_ value: JSONValue, at path: String, byteCount: ClosedRange<Int>) throws(WireError) -> String {
    guard let text = value.string else { throw WireError(.wrongType, "\(path): expected a string") }
    guard byteCount.contains(text.utf8.count) else {
      throw WireError(
        .outOfRange, "\(path): \(text.utf8.count) bytes, expected \(byteCount.lowerBound) to \(byteCount.upperBound)")
    }
    return text
  }

  private static func unsigned(
    _ value: JSONValue, at path: String, in range: ClosedRange<UInt64>
  ) throws(WireError) -> UInt64 {
    guard let number = value.uint64 else {
      // A negative number is out of range, not of the wrong type.
      guard value.int64 != nil else { throw WireError(.wrongType, "\(path): expected an integer") }
      throw WireError(.outOfRange, "\(path): negative, expected \(range.lowerBound) to \(range.upperBound)")
    }
    guard range.contains(number) else {
      throw WireError(.outOfRange, "\(path): \(number), expected \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  private static func object(_ value: JSONValue, at path: String) throws(WireError) -> HeaderReader {
    guard case .object = value else { throw WireError(.wrongType, "\(path): expected an object") }
    return HeaderReader(value, place: path)
  }
}
