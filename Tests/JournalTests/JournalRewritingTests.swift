import Journal
import Platform
import Reports
import TestSupport
import Testing

/// Segments that are written anew: positions stay, and a crash leaves the old or the new.
@Suite struct JournalRewritingTests {
  /// The batch without its texts.
  private static func silenced(_ batch: ReportBatch) -> ReportBatch {
    var batch = batch
    batch.texts = batch.texts.map { _ in .empty }
    batch.arena = [UInt8](repeating: 0, count: batch.arena.count)
    return batch
  }

  private static func rewrite(_ storage: FaultyStorage, _ isChanged: (UInt64) -> Bool) throws -> Int {
    var count = 0
    for start in try Journal.segmentStarts(in: storage) {
      count += try Journal.rewriteSegment(storage, store: sampleStore, at: start) { range, batch in
        isChanged(range.lowerBound) ? silenced(batch) : nil
      }
    }
    return count
  }

  @Test(arguments: 0..<10 as Range<UInt64>)
  func othersStayAndPositionsToo(seed: UInt64) throws {
    let (storage, entries) = try sampleJournal(batches: 40, segmentByteCount: 1_500, seed: seed)
    var random = SeededGenerator(seed: seed)
    let chosen = Set(entries.map(\.range.lowerBound).filter { _ in Int.random(in: 0..<3, using: &random) == 0 })
    #expect(try Self.rewrite(storage, chosen.contains) == chosen.count)
    let expected = entries.map {
      chosen.contains($0.range.lowerBound) ? Entry(batch: Self.silenced($0.batch), range: $0.range) : $0
    }
    let (read, error) = readAll(storage)
    #expect(error == nil && read == expected, "seed \(seed)")
    // The next start finds a whole journal and goes on in it.
    let writer = try openWriter(storage, segmentByteCount: 1_500)
    #expect(writer.writtenPosition == entries.last?.range.upperBound)
    #expect(try storage.names().allSatisfy { !$0.hasSuffix(".new") })
  }

  /// Each operation on the disk fails once, and the power goes with it.
  @Test func aCrashLeavesTheOldOrTheNew() throws {
    var random = SeededGenerator(seed: 7)
    let (whole, entries) = try sampleJournal(batches: 12, seed: 3)
    let changed = entries.map { Entry(batch: Self.silenced($0.batch), range: $0.range) }
    var outcomes: Set<Bool> = []
    for operations in 0..<24 {
      let storage = whole.restart()
      storage.faults.remainingOperations = operations
      let isDone = (try? Self.rewrite(storage) { _ in true }) != nil
      let after = storage.crash(&random)
      _ = try JournalRecovery.recover(after, store: sampleStore)
      let (read, error) = readAll(after)
      #expect(error == nil && (read == entries || read == changed), "after \(operations) operations")
      #expect(!isDone || read == changed, "what was said to be erased is")
      outcomes.insert(read == changed)
    }
    #expect(outcomes == [true, false])
  }

  @Test func whatIsNotWholeIsLeftAlone() throws {
    let (storage, entries) = try sampleJournal(batches: 12, seed: 4)
    let file = try storage.open(Journal.segmentName(at: 0), writable: true)
    let byte = try file.read(at: 200, count: 1)
    try file.writeAll([byte[0] ^ 0x10].span, at: 200)
    #expect(throws: JournalError.self) { try Self.rewrite(storage) { _ in true } }
    try file.writeAll(byte.span, at: 200)
    #expect(readAll(storage).entries == entries)
    // A batch that became longer has no room.
    #expect(throws: JournalError.self) {
      try Journal.rewriteSegment(storage, store: sampleStore, at: 0) { _, batch in
        var batch = batch
        batch.producer += [UInt8](repeating: 0x41, count: 40)
        batch.arena.removeAll()
        batch.texts = batch.texts.map { _ in .empty }
        return batch.count == 0 ? batch : nil
      }
    }
    #expect(readAll(storage).entries == entries)
  }
}
