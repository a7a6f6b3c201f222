import CSimdJSON
import Reports

extension Rejection: Error {}

/// What an event must be: the table of docs/wire.md, section 2.
enum EventRules {
  /// What the event's type says that it is.
  enum Kind { case report, cancellation }

  /// Checks the members before `time`.
  @inline(__always)
  static func kind(_ event: borrowing EventParser, sourceFault: Rejection?) throws(Rejection) -> Kind {
    switch event.version {
    case csimdjson_version_1_0: break
    case csimdjson_version_missing: throw .missingSpecversion
    default: throw .unsupportedSpecversion
    }
    let isCancellation = event.type == csimdjson_type_cancellation
    guard event.type != csimdjson_type_missing else { throw .missingType }
    guard isCancellation || event.type == csimdjson_type_report else { throw .unknownType }
    if let sourceFault { throw sourceFault }
    if let fault = fault(event.id, limit: Limits.identifierByteCount, .idTooLong, missing: .missingID) { throw fault }
    let missing: Rejection? = isCancellation ? .missingSubject : nil
    if let fault = fault(event.subject, limit: Limits.subjectByteCount, .subjectTooLong, missing: missing) { throw fault }
    return isCancellation ? .cancellation : .report
  }

  /// What is wrong with a name: absent where it must not be, too long, or with control characters.
  @inline(__always)
  static func fault(_ name: Span<UInt8>, limit: Int, _ tooLong: Rejection, missing: Rejection?) -> Rejection? {
    if name.isEmpty { return missing }
    guard name.count <= limit else { return tooLong }
    return isPlain(name) ? nil : controlFault(name)
  }

  /// Whether a name is ASCII without control characters, eight bytes at a time.
  @inline(__always)
  private static func isPlain(_ name: Span<UInt8>) -> Bool {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let high = ones &* 0x80
    var wrong: UInt64 = 0
    var index = 0
    while index + 8 <= name.count {
      // Any bits are an integer; the span checks the bounds.
      let word = unsafe name.bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self)
      // Where no byte is above 0x7f: less 0x20 borrows below a space, and one more than 0x7f carries.
      let (controls, deletes) = (((word | high) &- ones &* 0x20) ^ high, word &+ ones)
      wrong |= word | controls | deletes
      index += 8
    }
    while index < name.count {
      let byte = name[index]
      if byte < 0x20 || byte >= 0x7f { wrong |= high }
      index += 1
    }
    return wrong & high == 0
  }

  private static func controlFault(_ name: Span<UInt8>) -> Rejection? {
    var previous: UInt8 = 0
    for index in name.indices {
      let byte = name[index]
      // U+0080–U+009F are two bytes in UTF-8, the first of them C2.
      if byte < 0x20 || byte == 0x7f || byte & 0xe0 == 0x80 && previous == 0xc2 { return .controlCharacter }
      previous = byte
    }
    return nil
  }

  /// A report lies not further ahead of its receipt than is allowed.
  @inline(__always)
  static func checkTime(_ time: Timestamp, receivedAt: Timestamp, maximumSkewAheadMicroseconds: Int64) throws(Rejection) {
    let latest = receivedAt.microseconds.addingReportingOverflow(maximumSkewAheadMicroseconds)
    guard latest.overflow || time.microseconds <= latest.partialValue else { throw .timeAhead }
  }

  /// Where it is; nil without a location.
  @inline(__always)
  static func place(_ event: borrowing EventParser) throws(Rejection) -> Coordinate? {
    guard event.hasLocation else { return nil }
    guard let place = event.place else { throw .locationOutOfRange }
    return place
  }

  /// How far off the place may be; zero where unknown.
  @inline(__always)
  static func accuracyMeters(_ event: borrowing EventParser) throws(Rejection) -> Float {
    guard let metres = event.accuracyMeters else { return 0 }
    guard metres >= 0, Float(metres).isFinite else { throw .malformedAccuracy }
    return Float(metres).magnitude
  }

  /// Whether a text holds nothing but white space. Complexity: O(1) for texts that begin with a letter.
  static func isBlank(_ text: Span<UInt8>) -> Bool {
    guard let text = try? UTF8Span(validating: text) else { return false }
    var scalars = text.makeUnicodeScalarIterator()
    while let scalar = scalars.next() {
      if !scalar.properties.isWhitespace { return false }
    }
    return true
  }
}
