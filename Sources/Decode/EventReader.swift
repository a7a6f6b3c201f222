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
    _ event: borrowing EventParser, fault: Rejection?, of body: Span<UInt8>, _ range: Range<Int>, to batch: inout ReportBatch
  ) {
    switch fault {
    case .malformedJSON, .notAnObject, .tooDeep:
      return batch.appendRejected(fault ?? .malformedJSON, raw: EventRedactor.redact(body, range, into: &batch.arena))
    default: break
    }
    let sourceFault = EventRules.fault(
      event.source, limit: Limits.sourceByteCount, .sourceTooLong, missing: .missingSource)
    // Not even its name: a sender could fill the ledgers of others with it.
    guard sourceFault != nil || scope.contains(event.source) else { return batch.appendRejected(.sourceNotAllowed) }
    if sourceFault == nil, share?.admits(event.source) == false { return batch.appendRejected(.tooManySources) }
    let source = sourceFault == nil ? batch.store(event.source) : .empty
    let arenaCount = batch.arena.count
    let keywordCount = batch.keywords.count
    do throws(Rejection) {
      if let fault { throw fault }
      let kind = try EventRules.kind(event, sourceFault: sourceFault)
      try admit(event, kind, source: source, to: &batch)
    } catch {
      batch.arena.removeLast(batch.arena.count - arenaCount)
      batch.keywords.removeLast(batch.keywords.count - keywordCount)
      batch.keywordKeys.removeLast(batch.keywordKeys.count - keywordCount)
      let idFault = EventRules.fault(event.id, limit: Limits.identifierByteCount, .idTooLong, missing: .missingID)
      batch.appendRejected(
        error, source: source, id: idFault == nil ? batch.store(event.id) : .empty,
        time: event.time.isEmpty ? nil : Timestamp(rfc3339: event.time),
        raw: EventRedactor.redact(body, range, into: &batch.arena))
    }
  }

  /// Checks time and data, in the order of the members, and appends the report.
  private mutating func admit(
    _ event: borrowing EventParser, _ kind: EventRules.Kind, source: ReportBatch.Slice, to batch: inout ReportBatch
  ) throws(Rejection) {
    let time = try EventRules.time(
      event.time, receivedAt: batch.receivedAt, maximumSkewAheadMicroseconds: maximumSkewAheadMicroseconds)
    let isCancellation = kind == .cancellation
    guard event.hasData || isCancellation else { throw .missingData }
    let place = try EventRules.place(event)
    let first = batch.keywords.count
    if !isCancellation { try appendKeywords(event, after: first, to: &batch) }
    guard event.text.count <= Limits.textByteCount else { throw .textTooLong }
    let isWithoutKeywords = batch.keywords.count == first
    guard isCancellation || !isWithoutKeywords || !EventRules.isBlank(event.text) else { throw .nothingToSay }
    let reporter = try reporter(event, time: time)
    let accuracyMeters = try EventRules.accuracyMeters(event)
    var flags: ReportFlags = isCancellation ? .cancellation : []
    let simHash = texts.read(
      event.text, takesTerms: isWithoutKeywords && !isCancellation, with: &keywords, after: first, to: &batch)
    if isWithoutKeywords, batch.keywords.count > first { flags.insert(.termsFromText) }
    batch.appendReport(
      time: time, place: place, accuracyMeters: accuracyMeters, reporter: reporter, source: source,
      id: batch.store(event.id), subject: batch.store(event.subject), text: batch.store(event.text), flags: flags,
      simHash: simHash)
  }

  private mutating func reporter(_ event: borrowing EventParser, time: Timestamp) throws(Rejection) -> UInt64 {
    guard !event.reporter.isEmpty else { return 0 }
    guard event.reporter.count <= Limits.reporterByteCount else { throw .reporterTooLong }
    return reporters.hash(source: event.source, reporter: event.reporter, time: time)
  }

  /// Appends the event's keywords, normalised, each key once, blank ones left out.
  private mutating func appendKeywords(
    _ event: borrowing EventParser, after first: Int, to batch: inout ReportBatch
  ) throws(Rejection) {
    guard event.keywordCount <= Limits.keywordCount else { throw .tooManyKeywords }
    for index in 0..<event.keywordCount {
      switch keywords.append(event.keyword(index), after: first, to: &batch) {
      case .invalid: throw .controlCharacter
      case .tooLong: throw .keywordTooLong
      case .blank, .repeated, .kept: continue
      }
    }
  }
}
