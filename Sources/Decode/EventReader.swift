import Reports
import Terms

/// Makes rows of parsed events.
struct EventReader: ~Copyable {
  /// The sources that the sender may report of.
  var scope = SourceScope.all
  /// How many sources the sender may name; nil for any.
  var share: SourceShare?
  private let maximumSkewAheadMicroseconds: Int64
  private var reporters: ReporterHasher
  private var times = TimeReader()
  private var keywords: KeywordMaker
  private var texts: TermReader

  init(_ settings: DecodeSettings) throws(DecodeError) {
    let keywords = try Self.naming { () throws(TermsError) in try KeywordMaker(settings.terms) }
    let texts = try Self.naming { () throws(TermsError) in try TermReader() }
    maximumSkewAheadMicroseconds = settings.maximumSkewAheadMicroseconds
    reporters = ReporterHasher(settings)
    self.keywords = keywords
    self.texts = texts
  }

  private static func naming<Value: ~Copyable>(_ make: () throws(TermsError) -> Value) throws(DecodeError) -> Value {
    do { return try make() } catch { throw .terms(error) }
  }

  /// Appends the row of a parsed event, which stands at a range of a body. A rejected one keeps its source, id and time where they
  /// can be trusted, its JSON redacted, and nothing else.
  mutating func append(
    _ event: borrowing EventParser, fault: Rejection?, of body: Span<UInt8>, _ range: Range<Int>, to draft: inout RowDraft
  ) {
    switch fault {
    case .malformedJSON, .notAnObject, .tooDeep:
      return draft.appendRejected(fault ?? .malformedJSON, raw: EventRedactor.redact(body, range, into: &draft.terms))
    default: break
    }
    let sourceFault = EventRules.fault(
      event.source, limit: Limits.sourceByteCount, .sourceTooLong, missing: .missingSource)
    // Not even its name: a sender could fill the ledgers of others with it.
    guard sourceFault != nil || scope.contains(event.source) else { return draft.appendRejected(.sourceNotAllowed) }
    if sourceFault == nil, share?.admits(event.source) == false { return draft.appendRejected(.tooManySources) }
    draft.terms.rowStart = draft.terms.keywordCount
    let source = sourceFault == nil ? draft.terms.store(event.source) : .empty
    let byteCount = draft.terms.byteCount
    do throws(Rejection) {
      if let fault { throw fault }
      let kind = try EventRules.kind(event, sourceFault: sourceFault)
      try admit(event, kind, source: source, to: &draft)
    } catch {
      draft.terms.dropRow(to: byteCount)
      let idFault = EventRules.fault(event.id, limit: Limits.identifierByteCount, .idTooLong, missing: .missingID)
      draft.appendRejected(
        error, source: source, id: idFault == nil ? draft.terms.store(event.id) : .empty,
        time: event.time.isEmpty ? nil : Timestamp(rfc3339: event.time),
        raw: EventRedactor.redact(body, range, into: &draft.terms))
    }
  }

  /// Checks time and data, in the order of the members, and appends the report.
  @inline(__always)
  private mutating func admit(
    _ event: borrowing EventParser, _ kind: EventRules.Kind, source: ReportBatch.Slice, to draft: inout RowDraft
  ) throws(Rejection) {
    var row = RowDraft.Row()
    row.source = source
    guard !event.time.isEmpty else { throw .missingTime }
    guard let time = times.read(event.time) else { throw .malformedTime }
    try EventRules.checkTime(
      time, receivedAt: draft.receivedAt, maximumSkewAheadMicroseconds: maximumSkewAheadMicroseconds)
    row.time = time
    let isCancellation = kind == .cancellation
    guard event.hasData || isCancellation else { throw .missingData }
    if let place = try EventRules.place(event) {
      row.latitude = place.latitudeE7
      row.longitude = place.longitudeE7
    }
    if !isCancellation { try appendKeywords(event, to: &draft) }
    guard event.text.count <= Limits.textByteCount else { throw .textTooLong }
    let isWithoutKeywords = draft.terms.keywordCount == draft.terms.rowStart
    guard isCancellation || !isWithoutKeywords || !EventRules.isBlank(event.text) else { throw .nothingToSay }
    row.reporter = try reporter(event, time: time, scratch: draft.terms)
    row.accuracyMeters = try EventRules.accuracyMeters(event)
    if isCancellation { row.flags = .cancellation }
    row.simHash = texts.read(
      event.text, takesTerms: isWithoutKeywords && !isCancellation, with: &keywords, to: &draft.terms)
    if isWithoutKeywords, draft.terms.keywordCount > draft.terms.rowStart { row.flags = .termsFromText }
    row.id = draft.terms.store(event.id)
    row.subject = draft.terms.store(event.subject)
    row.text = draft.terms.store(event.text)
    draft.append(row)
  }

  @inline(__always)
  private mutating func reporter(
    _ event: borrowing EventParser, time: Timestamp, scratch: borrowing TermDraft
  ) throws(Rejection) -> UInt64 {
    guard !event.reporter.isEmpty else { return 0 }
    guard event.reporter.count <= Limits.reporterByteCount else { throw .reporterTooLong }
    return unsafe reporters.hash(
      source: event.source, reporter: event.reporter, time: time, at: scratch.bytes + scratch.byteCount)
  }

  /// Appends the event's keywords, normalised, each key once, blank ones left out.
  @inline(__always)
  private mutating func appendKeywords(_ event: borrowing EventParser, to draft: inout RowDraft) throws(Rejection) {
    guard event.keywordCount <= Limits.keywordCount else { throw .tooManyKeywords }
    for index in 0..<event.keywordCount {
      switch keywords.append(event.keyword(index), to: &draft.terms) {
      case .invalid: throw .controlCharacter
      case .tooLong: throw .keywordTooLong
      case .blank, .repeated, .kept: continue
      }
    }
  }
}
