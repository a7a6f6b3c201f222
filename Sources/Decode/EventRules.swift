import CSimdJSON
import Reports

extension Rejection: Error {}

/// What an event must be: the table of docs/wire.md, section 2.
enum EventRules {
  /// What the event's type says that it is.
  enum Kind { case report, cancellation }

  /// Checks the members before `time`.
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
  static func fault(_ name: Span<UInt8>, limit: Int, _ tooLong: Rejection, missing: Rejection?) -> Rejection? {
    if name.isEmpty { return missing }
    guard name.count <= limit else { return tooLong }
    var previous: UInt8 = 0
    for index in name.indices {
      let byte = name[index]
      // U+0080–U+009F are two bytes in UTF-8, the first of them C2.
      if byte < 0x20 || byte == 0x7f || byte & 0xe0 == 0x80 && previous == 0xc2 { return .controlCharacter }
      previous = byte
    }
    return nil
  }

  /// When it was reported; not further ahead of its receipt than is allowed.
  static func time(
    _ text: Span<UInt8>, receivedAt: Timestamp, maximumSkewAheadMicroseconds: Int64
  ) throws(Rejection) -> Timestamp {
    guard !text.isEmpty else { throw .missingTime }
    guard let time = Timestamp(rfc3339: text) else { throw .malformedTime }
    let latest = receivedAt.microseconds.addingReportingOverflow(maximumSkewAheadMicroseconds)
    guard latest.overflow || time.microseconds <= latest.partialValue else { throw .timeAhead }
    return time
  }

  /// Where it is; nil without a location.
  static func place(_ event: borrowing EventParser) throws(Rejection) -> Coordinate? {
    guard let location = event.location else { return nil }
    guard let place = Coordinate(latitude: location.latitude, longitude: location.longitude) else {
      throw .locationOutOfRange
    }
    return place
  }

  /// How far off the place may be; zero where unknown.
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
