import Engine
import Reports
import Service

extension SnapshotFuzzer {
  package static func seeds() -> [(name: String, bytes: [UInt8])] {
    let (fresh, told) = (state(days: 0), state(days: 3))
    let header = [UInt8](repeating: 0, count: 8) + [UInt8(StateWriter.version)] + [UInt8](repeating: 0, count: 71)
    let file = checksummed(header: header, state: fresh)
    let cut = Array(told.dropLast(told.count / 2))
    return [
      ("fresh", [2, 255, 255] + ZeroRuns.pack(fresh)), ("told", [2, 255, 255] + ZeroRuns.pack(told)),
      ("small-chunks", [2, 6, 0] + ZeroRuns.pack(told)), ("file", [0] + ZeroRuns.pack(file)),
      ("file-cut", [0] + ZeroRuns.pack(Array(file.dropLast(10)))), ("checksummed", [1] + ZeroRuns.pack(header + told)),
      ("without-state", [1] + ZeroRuns.pack(header)), ("cut", [2, 255, 0] + ZeroRuns.pack(cut)),
      ("too-long", [2, 255, 255] + ZeroRuns.pack(fresh + [0])), ("empty", []),
    ]
  }

  /// That of an engine that was told of some days; with none, of one that was told of nothing.
  private static func state(days: Int) -> [UInt8] {
    var engine = Engine(settings: .coarse)
    for day in 0..<days {
      var batch = ReportBatch(
        producer: Array("p".utf8), epoch: Epoch(high: 1, low: 2), firstSequence: UInt64(4 * day + 1),
        receivedAt: Timestamp(seconds: 0))
      for row in 0..<4 {
        let keyword = batch.store((row == 3 ? "rain" : "snow").utf8)
        batch.keywords.append(keyword)
        batch.keywordKeys.append(keyword)
        batch.appendReport(
          time: Timestamp(seconds: 1_423_000_000 + Int64(day) * 86_400 + Int64(row)),
          place: row == 2 ? nil : Coordinate(latitude: 42.36, longitude: -71.06), accuracyMeters: 0, reporter: UInt64(row),
          source: batch.store("/a".utf8), id: batch.store("\(day) \(row)".utf8), subject: .empty, text: batch.store("deep".utf8))
      }
      _ = engine.apply(batch, at: UInt64(day)..<UInt64(day) + 1)
      if day == 1 { _ = engine.drain() }
    }
    return written(&engine)
  }
}
