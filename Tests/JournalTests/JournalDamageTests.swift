import Journal
import Reports
import TestSupport
import Testing

/// Files that do not hold what was written: every length, many bits, holes, missing files.
@Suite struct JournalDamageTests {
  @Test func everyTruncationKeepsTheWholeRecordsBeforeIt() throws {
    let (storage, entries) = try sampleJournal(batches: 8)
    let name = "00000000000000000000.segment"
    let bytes = storage[name]
    for count in 0..<bytes.count {
      storage[name] = Array(bytes[..<count])
      let whole = entries.filter { 40 + $0.range.upperBound <= UInt64(count) }
      if count < 40 {
        // A segment gets its name after its header is on the disk: this is no crash.
        #expect(damage { try JournalRecovery.recover(storage, store: sampleStore) }?.reason == .segmentHeader)
        #expect(try JournalRecovery.repair(storage, store: sampleStore).map(\.byteCount) == [UInt64(count)])
        storage["00000000000000000000.segment.damaged"] = []
      }
      let end = whole.last?.range.upperBound ?? 0
      let scan = try JournalRecovery.recover(storage, store: sampleStore)
      #expect(scan.end == end && scan.recordCount == whole.count, "cut to \(count) bytes")
      #expect(scan.tornTail?.byteCount ?? 0 == UInt64(max(count, 40)) - 40 - end, "cut to \(count) bytes")
      #expect(storage[name].count == 40 + Int(end))
      #expect(readAll(storage).entries == whole)
      storage.discard("00000000000000000000.segment.damaged")
    }
  }

  /// Cut short and written on: what is new follows what was whole.
  @Test(arguments: 40..<400)
  func aTruncatedJournalGoesOn(count: Int) throws {
    let (storage, entries) = try sampleJournal(batches: 4)
    let name = "00000000000000000000.segment"
    storage[name] = Array(storage[name].prefix(count))
    let whole = entries.filter { 40 + $0.range.upperBound <= UInt64(storage[name].count) }
    let writer = try openWriter(storage)
    var random = SeededGenerator(seed: 99)
    let batch = sampleBatch(77, &random)
    let range = try writer.append(batch)
    try writer.flush()
    #expect(readAll(storage).entries == whole + [Entry(batch: batch, range: range)])
  }

  /// Never a wrong batch: the check reports it, and a reader gives what precedes it and no more.
  @Test(arguments: 0..<40 as Range<UInt64>)
  func everyBitFlipIsFound(seed: UInt64) throws {
    let (storage, entries) = try sampleJournal(batches: 12, segmentByteCount: 700, seed: seed)
    var random = SeededGenerator(seed: seed)
    let names = storage.allNames
    #expect(names.count >= 2)
    for _ in 0..<100 {
      let name = names[Int.random(in: 0..<names.count, using: &random)]
      let bit = Int.random(in: 0..<storage[name].count * 8, using: &random)
      try checkFlip(storage, entries, name, bit)
    }
  }

  @Test func everyBitOfAShortJournalFlips() throws {
    let (storage, entries) = try sampleJournal(batches: 3)
    let name = "00000000000000000000.segment"
    for bit in 0..<storage[name].count * 8 { try checkFlip(storage, entries, name, bit) }
  }

  private func checkFlip(_ storage: FaultyStorage, _ entries: [Entry], _ name: String, _ bit: Int) throws {
    storage[name][bit / 8] ^= 1 << UInt8(bit % 8)
    defer { storage[name][bit / 8] ^= 1 << UInt8(bit % 8) }
    let scan = try Journal.check(storage, store: sampleStore)
    var places = scan.damages.map { (name: $0.name, bytes: $0.offset..<$0.offset + $0.byteCount) }
    if let tail = scan.tornTail { places.append((tail.name, tail.offset..<tail.offset + tail.byteCount)) }
    #expect(places.contains { $0.name == name && $0.bytes.contains(UInt64(bit / 8)) }, "\(name) bit \(bit)")
    let read = readAll(storage)
    #expect(entries.starts(with: read.entries) && read.entries.count < entries.count, "\(name) bit \(bit)")
    #expect(read.error != nil || scan.tornTail != nil)
    #expect(entries.filter { $0.range.upperBound <= scan.end } == read.entries)
    var reader = JournalReader(storage: storage, store: sampleStore)
    for entry in entries {
      guard let batch = try? reader.batch(at: entry.range.lowerBound) else { continue }
      #expect(batch == entry.batch)
    }
  }

  @Test func damageBeforeSyncedRecordsIsNamedAndRepaired() throws {
    let (storage, entries) = try sampleJournal(batches: 6)
    let name = "00000000000000000000.segment"
    let original = storage[name]
    let offset = 40 + entries[2].range.lowerBound
    storage[name][Int(offset) + 30] ^= 1
    let found = try #require(damage { try JournalRecovery.recover(storage, store: sampleStore) })
    #expect(found.reason == .record && found.path == "/faulty/" + name && found.offset == offset)
    #expect(found.position == entries[2].range.lowerBound && found.byteCount == UInt64(entries[2].range.count))
    #expect("\(JournalError.damaged(found))".contains("/faulty/\(name): at byte \(offset)"))
    let damaged = storage[name]
    #expect(damaged.count == original.count)
    let setAside = try JournalRecovery.repair(storage, store: sampleStore)
    #expect(setAside.map(\.name) == [name + ".damaged"])
    #expect(setAside.map(\.byteCount) == [UInt64(damaged.count) - offset])
    #expect(storage[name] + storage[name + ".damaged"] == damaged)
    #expect(readAll(storage).entries == Array(entries[..<2]))
    #expect(try JournalRecovery.repair(storage, store: sampleStore) == [])
    #expect(try openWriter(storage).endPosition == entries[2].range.lowerBound)
  }

  /// Two records were written before a sync, and only the second reached the disk: that is what a crash may leave.
  @Test func aHoleInWhatWasNeverSyncedIsATornTail() throws {
    let (storage, entries) = try sampleJournal(batches: 3)
    let writer = try openWriter(storage)
    var random = SeededGenerator(seed: 5)
    let first = try writer.append(sampleBatch(10, &random))
    _ = try writer.append(sampleBatch(11, &random))
    try writer.flush()
    let name = "00000000000000000000.segment"
    for index in first { storage[name][40 + Int(index)] = 0 }
    let scan = try JournalRecovery.recover(storage, store: sampleStore)
    #expect(scan.tornTail?.offset == 40 + first.lowerBound && scan.tornTail?.recordCount == 1)
    #expect(scan.end == first.lowerBound)
    #expect(storage.allNames == [name, name + ".damaged"])
    #expect(readAll(storage).entries == entries)
  }

  @Test func damageInAnEarlierSegmentSetsTheRestAside() throws {
    let (storage, entries) = try sampleJournal(batches: 30, segmentByteCount: 600)
    let segments = try Journal.check(storage, store: sampleStore).segments
    let hit = segments[2]
    storage[hit.name].removeLast(3)
    let found = try #require(damage { try JournalRecovery.recover(storage, store: sampleStore) })
    #expect(found.name == hit.name && found.reason == .record)
    #expect(try Journal.check(storage, store: sampleStore).damages.count == 2)
    // A replay that begins after it does not read it, but measures it.
    #expect(throws: JournalError.self) {
      try JournalRecovery.recover(storage, store: sampleStore, from: segments[4].start)
    }
    // What was set aside earlier is not written over.
    storage[segments[3].name + ".damaged"] = [1]
    let setAside = try JournalRecovery.repair(storage, store: sampleStore)
    #expect(
      setAside.map(\.name)
        == [hit.name + ".damaged", segments[3].name + ".2.damaged"] + segments[4...].map { $0.name + ".damaged" })
    #expect(storage[segments[3].name + ".damaged"] == [1])
    #expect(readAll(storage).entries == entries.filter { $0.range.upperBound <= found.position })
    #expect(try openWriter(storage).endPosition == found.position)
  }

  @Test func aMissingSegmentIsNamed() throws {
    let (storage, entries) = try sampleJournal(batches: 30, segmentByteCount: 600)
    let segments = try Journal.check(storage, store: sampleStore).segments
    storage.discard(segments[2].name)
    let found = try #require(damage { try JournalRecovery.recover(storage, store: sampleStore) })
    #expect(found.reason == .gap && found.name == segments[3].name && found.position == segments[2].start)
    #expect(readAll(storage).error == .damaged(found))
    let setAside = try JournalRecovery.repair(storage, store: sampleStore)
    #expect(setAside.map(\.name) == segments[3...].map { $0.name + ".damaged" })
    #expect(readAll(storage).entries == entries.filter { $0.range.upperBound <= found.position })
    #expect(readAll(storage).error == nil)
  }

  @Test func aSegmentTwiceIsAnOverlap() throws {
    let (storage, _) = try sampleJournal(batches: 30, segmentByteCount: 600)
    let segments = try Journal.check(storage, store: sampleStore).segments
    let extended = segments[0].name
    let whole = storage[extended]
    storage[extended] += whole[40...]
    let scan = try Journal.check(storage, store: sampleStore)
    #expect(scan.damages.map(\.reason) == [.record, .overlap])
    #expect(try JournalRecovery.repair(storage, store: sampleStore).count == segments.count)
    #expect(storage[extended] == whole)
  }

  /// The first segment keeps its start, so that no position is given twice to what retention has removed.
  @Test func aDamagedFirstHeaderKeepsItsPosition() throws {
    let (storage, _) = try sampleJournal(batches: 30, segmentByteCount: 600)
    let segments = try Journal.check(storage, store: sampleStore).segments
    _ = try Journal.removeSegments(storage, endingBefore: segments[2].start)
    storage[segments[2].name][0] ^= 1
    #expect(damage { try JournalRecovery.recover(storage, store: sampleStore) }?.reason == .segmentHeader)
    _ = try JournalRecovery.repair(storage, store: sampleStore)
    #expect(try openWriter(storage).endPosition == segments[2].start)
  }

  private func damage(_ body: () throws -> JournalScan) -> JournalDamage? {
    do {
      _ = try body()
      return nil
    } catch let error as JournalError {
      if case .damaged(let damage) = error { return damage }
      Issue.record(error)
    } catch { Issue.record(error) }
    return nil
  }
}
