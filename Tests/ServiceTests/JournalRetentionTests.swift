import Engine
import Journal
import Reports
import TestSupport
import Testing

@testable import Service

/// Texts go from the journal before it does, and what is folded stays the same.
@Suite struct JournalRetentionTests {
  private static let store = StoreID(high: 1, low: 2)
  private static let key = SipHash.Key(first: 3, second: 4)
  private static let day: Int64 = 86_400

  private static func journal() throws -> FaultyStorage {
    let storage = FaultyStorage()
    let writer = try JournalWriter(
      storage: storage, store: store, recovered: JournalRecovery.recover(storage, store: store), segmentByteCount: 2_000)
    for number in 0..<40 as Range<Int64> {
      var batch = ReportBatch(
        producer: Array("p".utf8), epoch: Epoch(high: 0, low: 1), firstSequence: UInt64(number * 4 + 1),
        receivedAt: Timestamp(seconds: number * day))
      for row in 0..<4 as Range<Int64> {
        batch.keywords.append(batch.store("snow".utf8))
        batch.appendReport(
          time: Timestamp(seconds: number * day + row), place: Coordinate(latitude: 42.3, longitude: -71), accuracyMeters: 0,
          reporter: UInt64(row + 1), source: batch.store("s".utf8), id: batch.store("\(number)/\(row)".utf8), subject: .empty,
          text: batch.store("secret of day \(number)".utf8))
      }
      _ = try writer.append(batch)
      try writer.flush()
    }
    try writer.synchronizer.sync(upTo: writer.writtenPosition)
    return storage
  }

  /// The days of which texts are left, and what an engine makes of the journal.
  private static func read(_ storage: FaultyStorage) throws -> (days: [Int64], verdicts: [Verdict], clusters: [ClusterSummary]) {
    var settings = EngineSettings()
    settings.identityKey = key
    var engine = Engine(settings: settings)
    var reader = JournalReader(storage: storage, store: store, from: try Journal.segmentStarts(in: storage).first ?? 0)
    var days: [Int64] = []
    var verdicts: [Verdict] = []
    while let (batch, range) = try reader.next() {
      if batch.texts.contains(where: { $0.length > 0 }) { days.append(batch.receivedAt.microseconds / 1_000_000 / day) }
      verdicts += engine.apply(batch, at: range)
    }
    return (days, verdicts, engine.drain().clusters)
  }

  @Test func textsGoFirst() throws {
    let storage = try Self.journal()
    let starts = try Journal.segmentStarts(in: storage)
    let before = try Self.read(storage)
    #expect(before.days == Array(0..<40) && starts.count > 5)
    let retention = JournalRetention(storage: storage, store: Self.store, key: Self.key, days: 1_000, textDays: 20)
    let now = 40 * Self.day * 1_000_000
    // Not before the snapshot that a start would go on from.
    #expect(try retention.apply(folded: starts[1], needed: starts[1], now: now).erasedCount == 1)
    let outcome = try retention.apply(folded: .max, needed: 0, now: now)
    #expect(outcome.removed == [] && outcome.erasedCount > 1)
    let after = try Self.read(storage)
    let first = try #require(after.days.first)
    #expect(after.days == Array(first..<40) && (15...20).contains(first), "a segment goes whole, once its last text is old")
    #expect(after.verdicts == before.verdicts && after.clusters == before.clusters)
    #expect(try Journal.segmentStarts(in: storage) == starts)
    #expect(try retention.apply(folded: .max, needed: 0, now: now).erasedCount == 0, "once is enough")
    #expect(try retention.apply(folded: .max, needed: 0, now: now + 5 * Self.day * 1_000_000).erasedCount >= 1)
    // The segments themselves go by their own bound.
    let short = JournalRetention(storage: storage, store: Self.store, key: Self.key, days: 30, textDays: 20)
    #expect(!(try short.apply(folded: .max, needed: .max, now: now)).removed.isEmpty)
    #expect(try short.apply(folded: .max, needed: .max, now: now + 50 * Self.day * 1_000_000).erasedCount == 0)
  }
}
