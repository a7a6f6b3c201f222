import Reports
import Terms

extension Rejection: Error {}

extension ReportBatch {
  /// Appends the row of a parsed event. A rejected one keeps its source where that can be trusted, and nothing else.
  mutating func append(_ event: borrowing EventParser, fault: Rejection?, settings: DecodeSettings) {
    switch fault {
    case .malformedJSON, .notAnObject, .tooDeep: return appendRejected(fault ?? .malformedJSON)
    default: break
    }
    let sourceFault = Self.fault(event.source, limit: Limits.sourceByteCount, .sourceTooLong, missing: .missingSource)
    let source = sourceFault == nil ? store(event.source) : .empty
    let arenaCount = arena.count
    let keywordCount = keywords.count
    do throws(Rejection) {
      if let fault { throw fault }
      try Self.checkEnvelope(event, sourceFault: sourceFault)
      try admit(event, source: source, settings: settings)
    } catch {
      arena.removeLast(arena.count - arenaCount)
      keywords.removeLast(keywords.count - keywordCount)
      appendRejected(error, source: source)
    }
  }

  /// Checks time and data, in the order of the members, and appends the report.
  private mutating func admit(
    _ event: borrowing EventParser, source: Slice, settings: DecodeSettings
  ) throws(Rejection) {
    let time = try Self.time(event.time, receivedAt: receivedAt, settings: settings)
    guard event.hasData else { throw .missingData }
    let place = try Self.place(event)
    let firstKeyword = keywords.count
    try appendKeywords(event, after: firstKeyword)
    guard event.text.count <= Limits.textByteCount else { throw .textTooLong }
    guard keywords.count > firstKeyword || !Self.isBlank(event.text) else { throw .nothingToSay }
    let reporter = try Self.reporter(event, settings: settings)
    let accuracyMeters = try Self.accuracyMeters(event)
    appendReport(
      time: time, place: place, accuracyMeters: accuracyMeters, reporter: reporter,
      source: source, id: store(event.id), subject: store(event.subject), text: store(event.text))
  }

  private static func checkEnvelope(_ event: borrowing EventParser, sourceFault: Rejection?) throws(Rejection) {
    guard !event.specversion.isEmpty else { throw .missingSpecversion }
    guard isEqual(event.specversion, "1.0") else { throw .unsupportedSpecversion }
    guard !event.type.isEmpty else { throw .missingType }
    guard isEqual(event.type, "org.tocsin.report.v1") else { throw .unknownType }
    if let sourceFault { throw sourceFault }
    if let fault = fault(event.id, limit: Limits.identifierByteCount, .idTooLong, missing: .missingID) { throw fault }
    if let fault = fault(event.subject, limit: Limits.subjectByteCount, .subjectTooLong, missing: nil) { throw fault }
  }

  /// What is wrong with a name: absent where it must not be, too long, or with control characters.
  private static func fault(_ name: Span<UInt8>, limit: Int, _ tooLong: Rejection, missing: Rejection?) -> Rejection? {
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

  private static func time(
    _ text: Span<UInt8>, receivedAt: Timestamp, settings: DecodeSettings
  ) throws(Rejection) -> Timestamp {
    guard !text.isEmpty else { throw .missingTime }
    guard let time = Timestamp(rfc3339: text) else { throw .malformedTime }
    let latest = receivedAt.microseconds.addingReportingOverflow(settings.maximumSkewAheadMicroseconds)
    guard latest.overflow || time.microseconds <= latest.partialValue else { throw .timeAhead }
    return time
  }

  private static func place(_ event: borrowing EventParser) throws(Rejection) -> Coordinate? {
    guard let location = event.location else { return nil }
    guard let place = Coordinate(latitude: location.latitude, longitude: location.longitude) else {
      throw .locationOutOfRange
    }
    return place
  }

  private static func accuracyMeters(_ event: borrowing EventParser) throws(Rejection) -> Float {
    guard let metres = event.accuracyMeters else { return 0 }
    guard metres >= 0, Float(metres).isFinite else { throw .malformedAccuracy }
    return Float(metres).magnitude
  }

  /// SipHash-2-4 of the source, a byte that is in no UTF-8, and the reporter; zero is kept for "absent".
  private static func reporter(_ event: borrowing EventParser, settings: DecodeSettings) throws(Rejection) -> UInt64 {
    guard !event.reporter.isEmpty else { return 0 }
    guard event.reporter.count <= Limits.reporterByteCount else { throw .reporterTooLong }
    var hash = SipHash(key: settings.reporterKey, compressionRounds: 2, finalizationRounds: 4)
    let separator: InlineArray<1, UInt8> = [0xff]
    hash.combine(event.source)
    hash.combine(separator.span)
    hash.combine(event.reporter)
    return max(1, hash.finish())
  }

  /// Appends the event's keywords, normalised, each once, blank ones left out.
  private mutating func appendKeywords(_ event: borrowing EventParser, after first: Int) throws(Rejection) {
    guard event.keywordCount <= Limits.keywordCount else { throw .tooManyKeywords }
    for index in 0..<event.keywordCount {
      let offset = arena.count
      switch KeywordNormalizer.normalize(event.keyword(index), into: &arena) {
      case .blank: continue
      case .invalid: throw .controlCharacter
      case .kept: break
      }
      let length = arena.count - offset
      guard length <= Limits.keywordByteCount else { throw .keywordTooLong }
      let keyword = Slice(offset: UInt32(offset), length: UInt32(length))
      if keywords[first...].contains(where: { holdsSame($0, keyword) }) {
        arena.removeLast(length)
      } else {
        keywords.append(keyword)
      }
    }
  }

  private func holdsSame(_ a: Slice, _ b: Slice) -> Bool {
    a.length == b.length && arena[a.range] == arena[b.range]
  }

  /// Copies bytes to the end of the arena; the empty slice for none.
  private mutating func store(_ bytes: Span<UInt8>) -> Slice {
    guard !bytes.isEmpty else { return .empty }
    let offset = arena.count
    unsafe bytes.withUnsafeBufferPointer { unsafe arena.append(contentsOf: $0) }
    return Slice(offset: UInt32(offset), length: UInt32(bytes.count))
  }

  private static func isEqual(_ bytes: Span<UInt8>, _ expected: StaticString) -> Bool {
    guard bytes.count == expected.utf8CodeUnitCount else { return false }
    return bytes.indices.allSatisfy { unsafe bytes[$0] == expected.utf8Start[$0] }
  }

  /// Whether a text holds nothing but white space. Complexity: O(1) for texts that begin with a letter.
  private static func isBlank(_ text: Span<UInt8>) -> Bool {
    guard let text = try? UTF8Span(validating: text) else { return false }
    var scalars = text.makeUnicodeScalarIterator()
    while let scalar = scalars.next() {
      if !scalar.properties.isWhitespace { return false }
    }
    return true
  }
}
