import Journal
import Reports
import TestSupport
import Testing

/// Whatever is damaged, every record that is whole is handed over, once, in order, and nothing else.
@Suite struct JournalVisitTests {
  private func visited(_ storage: FaultyStorage) throws -> [Entry] {
    var entries: [Entry] = []
    let scan = try Journal.check(storage, store: sampleStore)
    try Journal.visit(storage, store: sampleStore, scan: scan) { segment, range, batch in
      #expect(scan.segments[segment].start <= range.lowerBound)
      entries.append(Entry(batch: try batch.get(), range: range))
    }
    return entries
  }

  private func start(_ name: String) -> UInt64 { UInt64(name.prefix(20)) ?? 0 }

  @Test(arguments: 0..<40 as Range<UInt64>)
  func whatIsWholeComesOutAroundTheDamage(seed: UInt64) throws {
    let (storage, entries) = try sampleJournal(batches: 30, segmentByteCount: 900, seed: seed)
    #expect(try visited(storage) == entries)
    let names = storage.allNames
    #expect(names.count >= 4)
    var random = SeededGenerator(seed: seed)
    var lost: Set<UInt64> = []
    func lose(_ name: String, _ offsets: Range<Int>) {
      for entry in entries where entry.range.lowerBound >= start(name) {
        let (first, last) = (Int(entry.range.lowerBound - start(name)) + 40, Int(entry.range.upperBound - start(name)) + 40)
        if first < offsets.upperBound && offsets.lowerBound < last { lost.insert(entry.range.lowerBound) }
      }
    }
    // The last segment stays whole: what is damaged there may pass for a torn tail.
    for name in names.dropLast().shuffled(using: &random).prefix(Int.random(in: 1...3, using: &random)) {
      let byteCount = storage[name].count
      switch Int.random(in: 0..<4, using: &random) {
      case 0:
        storage.discard(name)
        lose(name, 0..<byteCount)
      case 1:
        let cut = Int.random(in: 40..<byteCount, using: &random)
        storage[name] = Array(storage[name][..<cut])
        lose(name, cut..<byteCount)
      case 2: storage[name][Int.random(in: 0..<40, using: &random)] ^= 8
      default:
        let at = Int.random(in: 40..<byteCount, using: &random)
        storage[name][at] ^= 8
        lose(name, at..<at + 1)
      }
    }
    // A version or a store that is garbled in a header does not check, so that it is damage and no other's segment.
    #expect(try visited(storage) == entries.filter { !lost.contains($0.range.lowerBound) }, "seed \(seed)")
    #expect(try !Journal.check(storage, store: sampleStore).damages.isEmpty, "seed \(seed)")
  }
}
