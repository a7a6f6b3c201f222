import Reports

extension JournalFuzzer {
  package static func seeds() -> [(name: String, bytes: [UInt8])] {
    let (one, two, note) = (payload(rows: 1), payload(rows: 3), payload(rows: 0))
    let whole = record(0, one) + record(1, two) + record(1, note)
    let torn: [UInt8] = [5, 9, 0]
    return [
      ("empty", []), ("whole", whole), ("bytes", record(2 | 2 << 3, [1, 2, 3]) + record(2 | 2 << 3, [])),
      ("segments", whole + [4] + record(1, one) + [4] + [4] + record(1, two)),
      ("torn", whole + torn), ("torn-behind", record(0, one) + record(0, two) + [6, 70, 0, 1] + record(0, one)),
      ("damaged", whole + [6, 80, 0, 1]), ("header", whole + [6, 20, 0, 1]), ("gap", whole + [4 | 64] + record(1, one)),
      ("overlap", whole + [4 | 0xc0] + record(1, one)), ("unfinished", whole + [7 | 8, 0, 0]),
      ("not-last", record(1, one) + torn + [4 | 16] + record(1, one)), ("later", [7 | 24 << 3, 255, 255] + whole),
      ("other-kind", record(2 | 3 << 3, one) + whole), ("rubbish", [3] + one.withLength), ("short", [5, 20, 0]),
      ("undecodable", record(0, Array(one.dropLast())) + record(0, one)),
    ]
  }

  private static func record(_ command: UInt8, _ payload: [UInt8]) -> [UInt8] {
    [command] + payload.withLength + (command & 7 == 2 ? [0, 0] : [])
  }

  private static func payload(rows: Int) -> [UInt8] {
    var batch = ReportBatch(
      producer: Array("p".utf8), epoch: Epoch(high: 1, low: 2), firstSequence: 1, receivedAt: Timestamp(seconds: 1_423_000_000))
    for row in 0..<rows {
      let source = batch.store("/a".utf8)
      let id = batch.store("\(row)".utf8)
      if row == 2 {
        let raw = batch.store(#"{"source":"/a"}"#.utf8)
        batch.appendRejected(.missingData, source: source, id: id, time: Timestamp(seconds: 1_423_000_000), raw: raw)
        continue
      }
      let keyword = batch.store("snow".utf8)
      batch.keywords.append(keyword)
      batch.keywordKeys.append(keyword)
      batch.appendReport(
        time: Timestamp(seconds: 1_423_000_000 + Int64(row)), place: Coordinate(latitude: 42.36, longitude: -71.06),
        accuracyMeters: 5, reporter: UInt64(row), source: source, id: id, subject: .empty, text: batch.store("deep".utf8))
    }
    var bytes: [UInt8] = []
    batch.encode(into: &bytes)
    return bytes
  }
}
