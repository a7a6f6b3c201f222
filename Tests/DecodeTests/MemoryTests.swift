import Decode
import Reports
import TestSupport
import Testing

/// What a decoder remembers of the events before changes nothing of those that follow.
@Suite struct MemoryTests {
  private func decodeLines(_ lines: [String]) throws -> ReportBatch {
    try decode(lines.joined(separator: "\n"), expectedCount: lines.count)
  }

  /// Times of one day, spoilt in a byte or two, against the reader that remembers no day.
  @Test(arguments: 0..<16 as Range<UInt64>) func readsTimesOfOneDayAsAnyOther(seed: UInt64) throws {
    var generator = EventGenerator(seed: seed)
    let telling = Array("0123456789:.-+TtZz 6".utf8)
    var times: [String] = []
    for _ in 0..<400 {
      let digits = (0..<generator.below(8)).map { _ in "\(generator.below(10))" }.joined()
      let two = { (count: Int) in String(String(100 + generator.below(count)).dropFirst()) }
      var time = Array(
        "2015-02-1\(generator.below(3))T\(two(24)):\(two(60)):\(two(61))\(digits.isEmpty ? "" : ".")\(digits)Z".utf8)
      for _ in 0..<max(0, generator.below(4) - 1) { time[generator.below(time.count)] = generator.one(of: telling) }
      times.append(String(decoding: time, as: UTF8.self))
    }
    let batch = try decodeLines(times.map { event(["time": "\"\($0)\""]) })
    for (row, time) in times.enumerated() {
      let expected = Timestamp(time)
      let isAhead = expected.map { $0.microseconds > receivedAt.microseconds + 60_000_000 } ?? false
      #expect(batch.rejection(row) == (expected == nil ? .malformedTime : isAhead ? .timeAhead : nil), "\(time)")
      if let expected { #expect(batch.times[row] == expected, "\(time)") }
    }
  }

  /// Reporters of every length, against the hash byte by byte.
  @Test func hashesReportersOfEveryLength() throws {
    let sources = (1...40).map { String(repeating: "s", count: $0) }
    let reporters = (1...256).map { String(repeating: "r", count: $0) }
    let pairs = sources.map { ($0, "r17") } + reporters.map { ("/a", $0) }
    let batch = try decodeLines(pairs.map { event(["source": "\"\($0.0)\""], data: ["reporter": "\"\($0.1)\""]) })
    var periodHash = SipHash(key: reporterKey, compressionRounds: 2, finalizationRounds: 4, wide: true)
    periodHash.combine(UInt64(batch.times[0].bin(ofMicroseconds: 30 * 86_400_000_000)))
    let (first, second) = periodHash.finish128()
    for (row, pair) in pairs.enumerated() {
      var hash = SipHash(key: SipHash.Key(first: first, second: second), compressionRounds: 2, finalizationRounds: 4)
      hash.combine((Array(pair.0.utf8) + [0xff] + Array(pair.1.utf8)).span)
      #expect(batch.reporters[row] == hash.finish(), "\(pair.0) \(pair.1)")
    }
  }

  /// More rows than are drafted at once, and rows whose strings fill a draft.
  @Test func goesOnWhereADraftIsFull() throws {
    let long = String(repeating: "x", count: 4_000)
    let lines = (0..<1_500).map { row in
      row % 3 == 0
        ? event(["id": "\"\(row)\""], data: ["text": "\"\(long)\""])
        : event(["id": "\"\(row)\"", "time": row % 7 == 0 ? "7" : "\"2015-02-10T13:05:00Z\""])
    }
    let batch = try decodeLines(lines)
    try batch.validate()
    #expect(batch.isConsistent && batch.count == lines.count)
    for row in stride(from: 0, to: batch.count, by: 5) {
      let alone = try decodeLines([lines[row]])
      #expect(batch.string(batch.ids[row]) == "\(row)" && batch.rejections[row] == alone.rejections[0])
      #expect(batch.string(batch.texts[row]) == alone.string(alone.texts[0]) && batch.keyList(row) == alone.keyList(0))
      #expect(batch.string(batch.raw(row)) == alone.string(alone.raw(0)))
    }
  }
}
