import Decode
import JSON
import Reports

/// A body of events → rows of a batch.
///
/// The first byte of an input says which media type (bit 0), how many events were announced (bits 1 to 3) and whether the sender
/// may only report of sources that begin with "/a" (bit 4); the body follows.
package final class DecodeFuzzer: Fuzzer {
  package static let name = "decode"

  private static let receivedAt = Timestamp(seconds: 2_000_000_000)
  private let channel: Channel
  private var decoder: Decoder
  /// One that reads by simdjson alone: what the first expects of an event never shows.
  private var walkingDecoder: Decoder

  package init(channel: @escaping Channel) throws {
    self.channel = channel
    var settings = DecodeSettings(reporterKey: SipHash.Key(first: 1, second: 2), maximumSkewAheadMicroseconds: 60_000_000)
    decoder = try Decoder(settings)
    settings.reading = .walking
    walkingDecoder = try Decoder(settings)
  }

  package func check(_ input: [UInt8]) throws -> Bool {
    var cursor = InputCursor(input)
    let choice = cursor.byte()
    let body = cursor.rest()
    let format = choice & 1 == 0 ? MediaType.ndjson : .cloudEventsBatch
    let announced = Int(choice >> 1 & 7)
    let scope = choice & 16 == 0 ? SourceScope.all : SourceScope(prefixes: [Array("/a".utf8)])
    var batch = Self.emptyBatch()
    do throws(DecodeError) {
      try decoder.decode(body.span, format: format, expectedCount: announced, scope: scope, into: &batch)
    } catch {
      try Self.checkRefusal(error, body, format)
      return false
    }
    var walked = Self.emptyBatch()
    try walkingDecoder.decode(body.span, format: format, expectedCount: announced, scope: scope, into: &walked)
    try require(walked == batch, "simdjson alone gives another batch")
    try Self.checkCount(batch, body, format, announced)
    try checkBinary(batch)
    var writer = EventWriter(reporters: .pseudonyms)
    var isTaken = false
    for row in 0..<batch.count {
      if batch.rejections[row] == 0 {
        isTaken = true
        try checkWritten(batch, row, channel(writer.write(batch, row)))
        let source = batch.arena[batch.sources[row].range]
        try require(scope.contains(Array(source).span), "row \(row) is of a source that was not allowed: \(source)")
      } else {
        try RedactionCheck.check(Array(batch.arena[batch.raw(row).range]))
      }
    }
    return isTaken
  }

  private static func emptyBatch() -> ReportBatch {
    ReportBatch(producer: Array("fuzz".utf8), epoch: Epoch(high: 1, low: 2), firstSequence: 1, receivedAt: receivedAt)
  }

  // MARK: What must hold

  private static let whiteSpace: Set<UInt8> = [0x20, 0x09, 0x0a, 0x0d]

  private static func lines(_ body: [UInt8]) -> [ArraySlice<UInt8>] {
    body.split(separator: 0x0a).filter { !$0.allSatisfy(whiteSpace.contains) }
  }

  /// A body is only refused as a whole for what it is as a whole.
  private static func checkRefusal(_ error: DecodeError, _ body: [UInt8], _ format: MediaType) throws {
    switch error {
    case .bodyTooLong: try require(body.count > Limits.batchByteCount, "a body of \(body.count) bytes is too long")
    case .tooManyEvents:
      let count = format == .ndjson ? lines(body).count : body.count { $0 == UInt8(ascii: ",") } + 1
      try require(count > Limits.batchEventCount, "\(count) events are too many")
    case .notAnArray:
      let first = body.first { !whiteSpace.contains($0) }
      try require(format == .cloudEventsBatch && first != UInt8(ascii: "["), "what begins with [ is no array")
    case .outOfMemory, .terms: throw error
    }
  }

  /// As many rows as events.
  private static func checkCount(
    _ batch: ReportBatch, _ body: [UInt8], _ format: MediaType, _ announced: Int
  ) throws {
    switch format {
    case .ndjson:
      let lines = lines(body)
      try require(batch.count == lines.count, "\(batch.count) rows of \(lines.count) lines")
      for (row, line) in lines.enumerated() where line.count <= Limits.eventByteCount {
        let rejection = Rejection(rawValue: batch.rejections[row])
        if rejection == .notAnObject { continue }
        // The other reader of JSON builds a tree.
        let isJSON: Bool
        do throws(JSONError) {
          _ = try JSONValue(parsing: Array(line))
          isJSON = true
        } catch {
          // What is wrong with a deep one is not looked for.
          if case .tooDeep = error { continue }
          isJSON = false
        }
        guard rejection != .tooDeep else { continue }
        try require(isJSON == (rejection != .malformedJSON), "row \(row): JSON \(isJSON), rejection \(batch.rejections[row])")
      }
    case .cloudEventsBatch:
      if case .array(let events)? = try? JSONValue(parsing: body, depthLimit: Limits.nestingDepth + 1) {
        try require(batch.count == events.count, "\(batch.count) rows of \(events.count) elements")
      } else if batch.rejections.contains(Rejection.malformedJSON.rawValue) {
        try require(batch.count >= announced, "\(batch.count) rows of \(announced) announced events")
      }
    }
  }

  /// The journal takes every batch and gives it back.
  private func checkBinary(_ batch: ReportBatch) throws {
    try batch.validate()
    var bytes: [UInt8] = []
    batch.encode(into: &bytes)
    try require(bytes.count == batch.encodedByteCount, "\(bytes.count) bytes, \(batch.encodedByteCount) were said")
    let read = channel(bytes)
    let again: ReportBatch
    do { again = try ReportBatch(decoding: read.span) } catch { throw Violation("the binary form is not read: \(error)") }
    try require(again == batch, "the binary form is another batch")
  }

  /// An accepted row, written as an event, is that row again, but for the reporter.
  private func checkWritten(_ batch: ReportBatch, _ row: Int, _ event: [UInt8]) throws {
    var again = Self.emptyBatch()
    try decoder.decode(event.span, format: .ndjson, expectedCount: 1, into: &again)
    let text = String(decoding: event, as: UTF8.self)
    try require(again.rejections == [0], "row \(row), written, is refused (\(again.rejections)): \(text)")
    let (before, after) = (Self.content(batch, row), Self.content(again, 0))
    try require(before == after, "row \(row) was \(before), written it is \(after): \(text)")
    try require((batch.reporters[row] == 0) == (again.reporters[0] == 0), "row \(row) has lost or found a reporter")
  }

  private static func content(_ batch: ReportBatch, _ row: Int) -> [String] {
    func text(_ slice: ReportBatch.Slice) -> String { String(decoding: batch.arena[slice.range], as: UTF8.self) }
    return [
      "\(batch.times[row])", "\(batch.longitudes[row])", "\(batch.latitudes[row])", "\(batch.accuracies[row])",
      text(batch.sources[row]), text(batch.ids[row]), text(batch.subjects[row]), text(batch.texts[row]),
      "\(batch.flags[row].rawValue)", "\(batch.simHashes[row])",
    ] + batch.keywords[batch.keywordRange(row)].map(text) + ["|"] + batch.keywordKeys[batch.keywordRange(row)].map(text)
  }
}
