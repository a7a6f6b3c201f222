import Journal
import Reports
import TestSupport
import Testing

/// Lives that end by loss of power or a kill at any operation, over and over on the same disk.
@Suite struct JournalCrashTests {
  @Test(arguments: 0..<600 as Range<UInt64>)
  func whatWasSyncedSurvives(seed: UInt64) {
    #expect(violations(seed: seed, syncLies: false) == [], "seed \(seed)")
  }

  /// The same where segments are let go of meanwhile, and the next are written into what is left of them.
  @Test(arguments: 0..<600 as Range<UInt64>)
  func whatWasSyncedSurvivesInUsedRoom(seed: UInt64) {
    #expect(violations(seed: seed, syncLies: false, keepsSpare: true) == [], "seed \(seed)")
  }

  /// The canary: the same check finds a disk that only says that it syncs.
  @Test func aDiskThatLiesIsFound() {
    let found = (0..<40 as Range<UInt64>).filter { !violations(seed: $0, syncLies: true).isEmpty }
    #expect(found.count > 10)
  }

  /// Four lives on one disk; what breaks the promise, in words.
  private func violations(seed: UInt64, syncLies: Bool, keepsSpare: Bool = false) -> [String] {
    var random = SeededGenerator(seed: seed)
    var storage = FaultyStorage()
    var kept: [Entry] = []
    var number: UInt64 = 0
    var synced: UInt64 = 0
    for life in 0..<4 {
      storage.faults.syncLies = syncLies
      storage.faults.shortWrites = SeededGenerator(seed: random.next())
      storage.faults.remainingOperations = Int.random(in: 0...150, using: &random)
      var written = kept
      synced = live(storage, &written, &number, &random, keepsSpare) ?? synced
      // A kill leaves what the page cache holds, which the next life must not take for what is on the disk.
      storage = Int.random(in: 0..<3, using: &random) == 0 ? storage.restart() : storage.crash(&random)
      do {
        let scan = try JournalRecovery.recover(storage, store: sampleStore)
        let start = try Journal.segmentStarts(in: storage).first ?? 0
        let read = readAll(storage, from: start)
        if let error = read.error { return ["life \(life): \(error)"] }
        if start > synced { return ["life \(life): synced to \(synced), and it begins at \(start)"] }
        written.removeAll { $0.range.lowerBound < start }
        if !written.starts(with: read.entries) { return ["life \(life): not a prefix of what was written"] }
        if scan.end != read.entries.last?.range.upperBound ?? start { return ["life \(life): the end is wrong"] }
        if scan.end < synced { return ["life \(life): synced to \(synced), recovered to \(scan.end)"] }
        kept = read.entries
      } catch { return ["life \(life): \(error)"] }
    }
    return []
  }

  /// Writes until the power goes; the position up to which a sync has returned, nil where none has.
  private func live(
    _ storage: FaultyStorage, _ written: inout [Entry], _ number: inout UInt64, _ random: inout SeededGenerator,
    _ keepsSpare: Bool
  ) -> UInt64? {
    var synced: UInt64?
    do {
      let writer = try openWriter(storage, segmentByteCount: 900, bufferByteCount: 500)
      synced = writer.synchronizer.syncedPosition
      while true {
        switch Int.random(in: 0..<(keepsSpare ? 8 : 6), using: &random) {
        case 0...2:
          number += 1
          let batch = sampleBatch(number, &random)
          // Where the append throws, a part of an earlier one may be on its way all the same; this one is not.
          written.append(Entry(batch: batch, range: try writer.append(batch)))
        case 3...4: try writer.flush()
        case 6...7: _ = try Journal.removeSegments(storage, endingBefore: synced ?? 0, keepsSpare: true)
        default: synced = try writer.synchronizer.sync(upTo: writer.writtenPosition)
        }
      }
    } catch { return synced }
  }
}
