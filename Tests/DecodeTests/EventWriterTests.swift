import Decode
import Reports
import TestSupport
import Testing

/// What is written of a row reads back as that row.
@Suite struct EventWriterTests {
  /// The row's content without what is hashed or laid out anew.
  private func content(_ batch: ReportBatch, _ row: Int) -> [String] {
    [
      "\(batch.times[row])", "\(batch.latitudes[row]) \(batch.longitudes[row]) \(batch.accuracies[row])",
      batch.string(batch.sources[row]), batch.string(batch.ids[row]), batch.string(batch.subjects[row]),
      batch.string(batch.texts[row]),
      "\(batch.flags[row].rawValue) \(batch.simHashes[row])",
    ] + batch.keywordList(row) + ["|"] + batch.keyList(row)
  }

  private func written(_ batch: ReportBatch, _ reporters: EventWriter.Reporters = .pseudonyms) -> [UInt8] {
    var writer = EventWriter(reporters: reporters)
    return Array((0..<batch.count).map { writer.write(batch, $0) + [10] }.joined())
  }

  @Test(arguments: [
    event(), event(data: ["location": nil]), event(["subject": "\"s\""], data: ["accuracyMeters": "30.25"]),
    event(["time": "\"0000-01-01T00:00:00+14:00\""]), event(["time": "\"2015-02-10T13:05:00.123456789+01:30\""]),
    event(data: ["keywords": "[\"Ｓｎｏｗ  Storms\",\"snow storm\",\" \",\"Überflutung\"]"]),
    event(data: ["keywords": nil, "text": "\"Bäume down, 木が倒れた trees\\n\\u0001\\\"quoted\\\"\""]),
    event(data: ["keywords": "[]"]), cancellation(), cancellation(["data": "{\"text\":\"Zurück\"}"]),
    event(data: ["location": "{\"type\":\"Point\",\"coordinates\":[180,-90]}"]),
    event(data: ["location": "{\"type\":\"Point\",\"coordinates\":[-0.00000005,0.0000001]}", "accuracyMeters": "1e-9"]),
  ])
  func readsBack(_ text: String) throws {
    let batch = try decode(text)
    #expect(batch.rejectionList() == [nil])
    let again = try decode(written(batch))
    #expect(again.rejectionList() == [nil])
    #expect(content(again, 0) == content(batch, 0))
  }

  /// Two reporters are one afterwards where they were one before, and only there; blanked there is none.
  @Test func reportersStayApart() throws {
    let lines = ["\"a\"", "\"b\"", "\"a\"", "null"].enumerated().map { event(["id": "\"\($0)\""], data: ["reporter": $1]) }
    let batch = try decode(lines.joined(separator: "\n"))
    let again = try decode(written(batch))
    #expect(again.reporters[0] == again.reporters[2] && again.reporters[0] != again.reporters[1] && again.reporters[3] == 0)
    #expect(again.reporters[0] != batch.reporters[0])
    #expect(try decode(written(batch, .blanked)).reporters == [0, 0, 0, 0])
    #expect(!String(decoding: written(batch), as: UTF8.self).contains("\"a\""))
  }
}
