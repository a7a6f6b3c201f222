import Decode
import Glibc
import Reports
import Terms
import TestSupport
import Testing

@Suite struct BodyTests {
  func check(
    _ body: String, _ format: MediaType, expectedCount: Int, _ expected: [Rejection?],
    _ location: SourceLocation = #_sourceLocation
  ) {
    let batch = try? decode(body, format, expectedCount: expectedCount)
    #expect(batch?.rejectionList() == expected, "\(body.prefix(200))", sourceLocation: location)
    #expect(batch?.isConsistent == true, sourceLocation: location)
  }

  private let good = event()

  @Test func splitsLines() {
    check("", .ndjson, expectedCount: 0, [])
    check("\n\n \r\n\t\n", .ndjson, expectedCount: 0, [])
    check(good, .ndjson, expectedCount: 1, [nil])
    check("\(good)\r\n\n  \(good)  \n{\n\(good)\n", .ndjson, expectedCount: 4, [nil, nil, .malformedJSON, nil])
    check("\(good)\(good)\n", .ndjson, expectedCount: 2, [.malformedJSON])
  }

  @Test func splitsArrays() {
    check("[]", .cloudEventsBatch, expectedCount: 0, [])
    check(" [ \n ] ", .cloudEventsBatch, expectedCount: 0, [])
    check("[\(good)]", .cloudEventsBatch, expectedCount: 1, [nil])
    check(" [ \(good) ,\n\(good)\n] ", .cloudEventsBatch, expectedCount: 2, [nil, nil])
    let tricky = event(["x": #""]},{\"\\""#, "y": "[[{\"]\":[]}],[]]"])
    check("[\(tricky),1,\(tricky)]", .cloudEventsBatch, expectedCount: 3, [nil, .notAnObject, nil])
    check("[\(event(["id": nil])),\(good)]", .cloudEventsBatch, expectedCount: 2, [.missingID, nil])
  }

  /// Both formats give the same rows, whatever quotes, backslashes and brackets the strings hold.
  @Test(arguments: 0..<32 as Range<UInt64>) func givesTheSameRowsInBothFormats(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let pieces = [#"\\"#, #"\""#, "[", "]", "{", "}", ",", ":", #"\/"#, #"\u0022"#, "é", "x", " "]
    for _ in 0..<50 {
      let events = (0..<Int.random(in: 1...5, using: &random)).map { _ in
        let text = (0..<Int.random(in: 0...12, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }
        return event(data: ["text": "\"\(text.joined())\"", "keywords": Bool.random(using: &random) ? "[]" : "[\"a\"]"])
      }
      let lines = try decode(events.joined(separator: "\n"), .ndjson)
      let array = try decode("[" + events.joined(separator: ", ") + "]", .cloudEventsBatch)
      #expect(lines == array, "seed \(seed)")
      #expect(lines.count == events.count, "seed \(seed)")
    }
  }

  @Test func losesTheRestOfAnArrayAfterASyntaxError() {
    check("[\(good),{\"a\":tru},\(good)]", .cloudEventsBatch, expectedCount: 3, [nil, .malformedJSON, .afterSyntaxError])
    check("[\(good),{\"a\":[},\(good)]", .cloudEventsBatch, expectedCount: 3, [nil, .malformedJSON, .afterSyntaxError])
    check("[\(good),,\(good)]", .cloudEventsBatch, expectedCount: 3, [nil, .malformedJSON, .afterSyntaxError])
    check("[{\"a\":\"]", .cloudEventsBatch, expectedCount: 2, [.malformedJSON, .afterSyntaxError])
    check("[\(good),\(good)", .cloudEventsBatch, expectedCount: 3, [nil, nil, .afterSyntaxError])
    check("[\(good),", .cloudEventsBatch, expectedCount: 2, [nil, .malformedJSON])
    check("[", .cloudEventsBatch, expectedCount: 2, [.malformedJSON, .afterSyntaxError])
    check("[\(String(repeating: "[", count: 50_000))", .cloudEventsBatch, expectedCount: 2, [.notAnObject, .afterSyntaxError])
    check("[\(good)}]", .cloudEventsBatch, expectedCount: 1, [.malformedJSON])
    check("[\(good)] x", .cloudEventsBatch, expectedCount: 1, [nil])
  }

  @Test func leavesOtherCountsToTheCaller() {
    check("[\(good)]", .cloudEventsBatch, expectedCount: 5, [nil])
    check("[\(good),\(good)]", .cloudEventsBatch, expectedCount: 1, [nil, nil])
    check("\(good)\n", .ndjson, expectedCount: 5, [nil])
  }

  @Test func refusesWholeBodies() throws {
    #expect(throws: DecodeError.notAnArray) { try decode(good, .cloudEventsBatch) }
    #expect(throws: DecodeError.notAnArray) { try decode("", .cloudEventsBatch) }
    #expect(throws: DecodeError.bodyTooLong(byteCount: 4_194_305)) { try decode([UInt8](repeating: 32, count: 4_194_305)) }
    #expect(throws: DecodeError.tooManyEvents) { try decode(String(repeating: "x\n", count: 4_097)) }
    #expect(try decode(String(repeating: "x\n", count: 4_096)).count == 4_096)
    #expect(throws: DecodeError.tooManyEvents) {
      try decode("[" + String(repeating: "1,", count: 4_096) + "1]", .cloudEventsBatch)
    }
    #expect(try decode("[" + String(repeating: "1,", count: 4_095) + "1]", .cloudEventsBatch).count == 4_096)
    #expect(throws: DecodeError.tooManyEvents) { try decode("[]", .cloudEventsBatch, expectedCount: 4_097) }
  }

  @Test func namesUnknownLanguages() {
    let settings = DecodeSettings(
      reporterKey: reporterKey, maximumSkewAheadMicroseconds: 0, terms: TermsSettings(language: "klingon"))
    #expect(throws: DecodeError.terms(.unknownLanguage("klingon"))) { _ = try Decoder(settings) }
  }

  @Test func decodesSingleLines() throws {
    var decoder = try Decoder(DecodeSettings(reporterKey: reporterKey, maximumSkewAheadMicroseconds: .max))
    var batch = ReportBatch(producer: [], epoch: Epoch(high: 0, low: 0), firstSequence: 1, receivedAt: receivedAt)
    for line in [good, "", " \r", "{", event(["time": "\"9999-12-31T23:59:59Z\""]), good + "\r"] {
      decoder.decodeLine(Array(line.utf8).span, into: &batch)
    }
    #expect(batch.rejectionList() == [nil, .malformedJSON, nil, nil])
    #expect(batch.isConsistent)
  }

  /// The body ends where a page ends behind which nothing can be read: a read past it would end the process.
  @Test func readsNothingBehindTheBody() throws {
    let page = 4096
    let capacity = 4 * page
    let map = unsafe mmap(nil, capacity + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let base = unsafe map, unsafe base != MAP_FAILED, unsafe mprotect(base + capacity, page, PROT_NONE) == 0 else {
      Issue.record("no memory could be mapped")
      return
    }
    defer { unsafe munmap(base, capacity + page) }
    var decoder = try Decoder(DecodeSettings(reporterKey: reporterKey, maximumSkewAheadMicroseconds: 0))
    for format in MediaType.allCases {
      for length in 0...160 {
        let filled = event(["x": "\"" + String(repeating: "y", count: length) + "\""])
        for body in bodies(filled, format) {
          let start = unsafe base + (capacity - body.utf8.count)
          unsafe start.copyMemory(from: Array(body.utf8), byteCount: body.utf8.count)
          let buffer = unsafe UnsafeRawBufferPointer(start: start, count: body.utf8.count).bindMemory(to: UInt8.self)
          var batch = ReportBatch(producer: [], epoch: Epoch(high: 0, low: 0), firstSequence: 1, receivedAt: receivedAt)
          try unsafe decoder.decode(buffer.span, format: format, expectedCount: 2, into: &batch)
          #expect(batch.rejection(0) == nil)
          #expect(batch.isConsistent)
        }
      }
    }
  }

  /// Two events; two, the last cut; and one alone.
  private func bodies(_ text: String, _ format: MediaType) -> [String] {
    switch format {
    case .ndjson: ["\(text)\n\(text)", "\(text)\n\(text.dropLast(1))", "\(text)\n"]
    case .cloudEventsBatch: ["[\(text),\(text)]", "[\(text),\(text.dropLast(1))", "[\(text)]"]
    }
  }
}
