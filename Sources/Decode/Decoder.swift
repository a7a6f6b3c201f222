package import Reports
import Terms

/// Turns bodies of report events into rows of a batch: one row an event, in their order, each well-formed or rejected.
///
/// It owns a parser, a maker of terms and their buffers, about five megabytes, and allocates nothing more; keep one a thread.
package struct Decoder: ~Copyable {
  private var parser: EventParser
  private var reader: EventReader
  private var draft = RowDraft()

  /// Throws `DecodeError.outOfMemory`, or `DecodeError.terms` where the language is unknown.
  package init(_ settings: DecodeSettings) throws(DecodeError) {
    let parser = try EventParser(reading: settings.reading)
    let reader = try EventReader(settings)
    self.parser = parser
    self.reader = reader
  }

  /// How many distinct sources the sender of the next body may name; nil for any number. Past it events are rejected.
  package var share: SourceShare? {
    get { reader.share }
    set { reader.share = newValue }
  }

  /// Decodes a body, appending a row for every event in it.
  ///
  /// `expectedCount` is the number of events that the frame's header announced. Where a syntax error hides the rest of an
  /// array, the rows that are missing of it are rejected with `afterSyntaxError`; any other difference stays, for the
  /// caller to compare `batch.count`. Of an event whose source is not in `scope` nothing is kept but its rejection. Throws where the body is refused as a whole: then the batch is of no use.
  /// Complexity: O(count).
  package mutating func decode(
    _ body: Span<UInt8>, format: MediaType, expectedCount: Int, scope: SourceScope = .all, into batch: inout ReportBatch
  ) throws(DecodeError) {
    reader.scope = scope
    guard body.count <= Limits.batchByteCount else { throw .bodyTooLong(byteCount: body.count) }
    guard expectedCount <= Limits.batchEventCount else { throw .tooManyEvents }
    draft.begin(batch)
    let firstRow = batch.count
    switch format {
    case .ndjson: try decodeLines(body, into: &batch)
    case .cloudEventsBatch:
      if try !decodeArray(body, into: &batch) {
        while draft.count + batch.count - firstRow < expectedCount { appendRejected(.afterSyntaxError, into: &batch) }
      }
    }
    draft.flush(into: &batch)
  }

  /// Decodes one line, as of a file that is replayed: appends its row, or nothing where the line is blank.
  package mutating func decodeLine(_ line: Span<UInt8>, into batch: inout ReportBatch) {
    reader.scope = .all
    guard !Self.isBlank(line, line.indices) else { return }
    draft.begin(batch)
    decodeEvent(line, line.indices, into: &batch)
    draft.flush(into: &batch)
  }

  private mutating func decodeLines(_ body: Span<UInt8>, into batch: inout ReportBatch) throws(DecodeError) {
    let firstRow = batch.count
    var start = 0
    while start < body.count {
      let end = body.index(of: UInt8(ascii: "\n"), from: start)
      if !Self.isBlank(body, start..<end) {
        guard draft.count + batch.count - firstRow < Limits.batchEventCount else { throw .tooManyEvents }
        decodeEvent(body, start..<end, into: &batch)
      }
      start = end + 1
    }
  }

  /// Elements are found by their brackets and strings alone: the parser says whether they are JSON. False where a syntax error
  /// hides the rest.
  private mutating func decodeArray(_ body: Span<UInt8>, into batch: inout ReportBatch) throws(DecodeError) -> Bool {
    let firstRow = batch.count
    guard var start = ArrayScanner.firstElement(body) else { throw .notAnArray }
    if ArrayScanner.isEmpty(body, from: start) { return true }
    while true {
      guard draft.count + batch.count - firstRow < Limits.batchEventCount else { throw .tooManyEvents }
      let end = ArrayScanner.elementEnd(body, from: start)
      decodeEvent(body, start..<end, into: &batch)
      if end == body.count || draft.lastRejection == Rejection.malformedJSON.rawValue { return false }
      if body[end] == UInt8(ascii: "]") { return true }
      start = end + 1
    }
  }

  private mutating func decodeEvent(_ body: Span<UInt8>, _ range: Range<Int>, into batch: inout ReportBatch) {
    if !draft.hasRoom { draft.flush(into: &batch) }
    guard range.count <= Limits.eventByteCount else {
      return draft.appendRejected(.eventTooLong, raw: EventRedactor.redact(body, range, into: &draft.terms))
    }
    let fault = parser.parse(body, range)
    reader.append(parser, fault: fault, of: body, range, to: &draft)
  }

  private mutating func appendRejected(_ rejection: Rejection, into batch: inout ReportBatch) {
    if !draft.hasRoom { draft.flush(into: &batch) }
    draft.appendRejected(rejection)
  }

  private static func isBlank(_ body: Span<UInt8>, _ range: Range<Int>) -> Bool {
    range.allSatisfy { ArrayScanner.isWhiteSpace(body[$0]) }
  }
}
