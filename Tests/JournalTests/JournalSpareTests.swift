import Foundation
import Journal
import Platform
import Reports
import TestSupport
import Testing

/// A segment that is let go of becomes the room of the next.
@Suite struct JournalSpareTests {
  private static let spare = "spare"
  private static let fading = "spare.fading"

  /// A journal of many segments of which all but the last two are gone, and how long its spare is.
  private func journal(
    segmentByteCount: Int = 600
  ) throws -> (storage: FaultyStorage, entries: [Entry], spareByteCount: Int) {
    let (storage, entries) = try sampleJournal(batches: 40, segmentByteCount: segmentByteCount)
    let segments = try Journal.check(storage, store: sampleStore).segments
    let keep = segments[segments.count - 2]
    let gone = segments[segments.count - 3]
    let byteCount = storage[gone.name].count
    let removed = try Journal.removeSegments(storage, endingBefore: keep.start, keepsSpare: true)
    #expect(removed.last == gone.name && removed.count == segments.count - 2)
    return (storage, entries.filter { $0.range.lowerBound >= keep.start }, byteCount)
  }

  /// A journal of several segments in a folder of a real file system.
  private func stored(in folder: TemporaryFolder, seed: UInt64) throws -> (storage: FileStorage, starts: [UInt64]) {
    let storage = try FileStorage(creating: folder.path("journal"))
    var random = SeededGenerator(seed: seed)
    let writer = try openWriter(storage, segmentByteCount: 600)
    for number in 0..<40 as Range<UInt64> { _ = try writer.append(sampleBatch(number, &random)) }
    try writer.flush()
    return (storage, try Journal.segmentStarts(in: storage))
  }

  @Test func itSaysNothingOfWhatItHeld() throws {
    let (storage, _, byteCount) = try journal()
    #expect(storage.allNames.filter { !$0.hasSuffix(".segment") } == [Self.spare])
    #expect(byteCount > 100 && storage[Self.spare] == [UInt8](repeating: 0, count: byteCount))
    // One is enough.
    let segments = try Journal.check(storage, store: sampleStore).segments
    _ = try Journal.removeSegments(storage, endingBefore: segments[1].start, keepsSpare: true)
    #expect(storage.allNames == [segments[1].name, Self.spare])
  }

  /// The next segment lies in it, zeros behind its records, which every reader takes for the end; what comes then is as ever.
  @Test(arguments: 0..<60 as Range<UInt64>)
  func theNextSegmentIsWrittenIntoIt(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    var (storage, entries, byteCount) = try journal()
    let writer = try openWriter(storage, segmentByteCount: 600)
    try writer.beginSegment()
    let name = Journal.segmentName(at: writer.segmentStart)
    #expect(!storage.allNames.contains(Self.spare) && storage[name].count == byteCount)
    for number in 0..<UInt64.random(in: 0...3, using: &random) {
      let batch = sampleBatch(1_000 + number, &random)
      entries.append(Entry(batch: batch, range: try writer.append(batch)))
    }
    try writer.flush()
    try writer.synchronizer.sync(upTo: writer.writtenPosition)
    // As another process sees it, and as the next start does.
    let start = try #require(try Journal.segmentStarts(in: storage).first)
    let scan = try Journal.check(storage, store: sampleStore, syncedPosition: writer.writtenPosition)
    #expect(scan.end == writer.endPosition && scan.damages.isEmpty && scan.tornTail == nil)
    var read = readAll(storage, from: start)
    #expect(read.entries == entries && read.error == nil)
    let other = Bool.random(using: &random) ? writer : try openWriter(storage, segmentByteCount: 600)
    for number in 0..<20 as Range<UInt64> {
      let batch = sampleBatch(2_000 + number, &random)
      entries.append(Entry(batch: batch, range: try other.append(batch)))
      try other.flush()
    }
    // Of what others follow nothing is left behind the records.
    let after = try Journal.check(storage, store: sampleStore)
    #expect(after.damages.isEmpty && after.end == other.endPosition)
    for segment in after.segments.dropLast() {
      #expect(UInt64(storage[segment.name].count) == segment.positions.upperBound - segment.start + 40, "seed \(seed)")
    }
    read = readAll(storage, from: start)
    #expect(read.entries == entries && read.error == nil, "seed \(seed)")
  }

  /// A record that is torn in the middle of zeros is a torn tail; zeros where a record was synced are damage.
  @Test func zerosAreNoExcuse() throws {
    var random = SeededGenerator(seed: 3)
    let (storage, _, byteCount) = try journal(segmentByteCount: 2_000)
    let writer = try openWriter(storage)
    try writer.beginSegment()
    let name = Journal.segmentName(at: writer.segmentStart)
    let ranges = try (0..<3 as Range<UInt64>).map { try writer.append(sampleBatch($0, &random)) }
    try writer.flush()
    let whole = storage[name]
    #expect(whole.count == byteCount && UInt64(byteCount) > ranges[2].upperBound - ranges[0].lowerBound + 200)
    let last = Int(ranges[2].lowerBound - ranges[0].lowerBound) + 40
    storage[name][last + 30] ^= 1
    var scan = try Journal.check(storage, store: sampleStore)
    #expect(scan.tornTail?.byteCount == UInt64(min(whole.count - last, 4_096)))
    #expect(scan.tornTail?.offset == UInt64(last) && scan.end == ranges[2].lowerBound && scan.damages.isEmpty)
    storage[name] = whole
    for index in last..<whole.count { storage[name][index] = 0 }
    scan = try Journal.check(storage, store: sampleStore)
    #expect(scan.tornTail == nil && scan.end == ranges[2].lowerBound && scan.damages.isEmpty)
    scan = try Journal.check(storage, store: sampleStore, syncedPosition: ranges[2].upperBound)
    #expect(scan.damages.map(\.reason) == [.missingEnd])
    for index in 40..<last { storage[name][index] = 0 }
    storage[name][last...] = whole[last...]
    scan = try Journal.check(storage, store: sampleStore)
    #expect(scan.end == ranges[0].lowerBound && scan.tornTail?.recordCount == 1)
  }

  @Test func onAFullDiskItsRoomIsGivenBack() throws {
    var random = SeededGenerator(seed: 4)
    let (storage, _, _) = try journal()
    let writer = try openWriter(storage)
    storage.faults.capacity = storage.allNames.reduce(0) { $0 + storage[$1].count }
    _ = try writer.append(sampleBatch(1, &random))
    #expect(throws: JournalError.self) { try writer.flush() }
    #expect(!storage.allNames.contains(Self.spare))
    try writer.flush()
    #expect(
      readAll(storage, from: try Journal.segmentStarts(in: storage)[0]).entries.last?.range.upperBound == writer.endPosition)
  }

  /// Who reads a segment while it is let go of reads on in it; nothing of it is cleared then.
  @Test func whatIsBeingReadIsNotCleared() throws {
    let folder = try TemporaryFolder()
    let (storage, starts) = try stored(in: folder, seed: 5)
    func names() throws -> [String] { try storage.names().filter { !$0.hasPrefix(".") } }
    let name = Journal.segmentName(at: starts[0])
    let reader = try storage.open(name, writable: false)
    let bytes = try reader.read(at: 0, count: 1_000)
    #expect(try Journal.removeSegments(storage, endingBefore: starts[1], keepsSpare: true) == [name])
    #expect(try reader.read(at: 0, count: 1_000) == bytes)
    #expect(try !names().contains { $0.hasPrefix(Self.spare) })
    // And where nobody does, as far as the file system can tell.
    let other = Journal.segmentName(at: starts[1])
    guard try !storage.open(other, writable: true).isOpenElsewhere else { return print("SKIPPED: no leases on this file system") }
    #expect(try Journal.removeSegments(storage, endingBefore: starts[2], keepsSpare: true) == [other])
    #expect(try names().contains(Self.spare))
    _ = try JournalRecovery.recover(storage, store: sampleStore)
    #expect(try names().contains(Self.spare))
    // A copy of a running store may hold one in which somebody was writing.
    try storage.open(Self.spare, writable: true).writeAll([7].span, at: 100)
    _ = try JournalRecovery.recover(storage, store: sampleStore)
    #expect(try !names().contains(Self.spare))
  }

  /// What recovery leaves has nothing behind its records.
  @Test func aStartCutsTheZerosOff() throws {
    let (storage, _, byteCount) = try journal()
    let writer = try openWriter(storage, segmentByteCount: 600)
    try writer.beginSegment()
    let name = Journal.segmentName(at: writer.segmentStart)
    #expect(storage[name].count == byteCount)
    #expect(try Journal.check(storage, store: sampleStore).blankOffset == 40)
    _ = try JournalRecovery.recover(storage, store: sampleStore)
    #expect(storage[name].count == 40)
    #expect(try Journal.check(storage, store: sampleStore).blankOffset == nil)
  }

  /// What is not cleared yet when the power goes is not there afterwards.
  @Test func whatWasNotClearedGoes() throws {
    let (storage, _, _) = try journal()
    try storage.rename(Self.spare, to: Self.fading)
    storage[Self.fading][0] = 1
    _ = try JournalRecovery.recover(storage, store: sampleStore)
    #expect(!storage.allNames.contains(Self.fading) && !storage.allNames.contains(Self.spare))
  }

  /// A backup by links is the same file under another name.
  @Test func whatHasAnotherNameIsNotCleared() throws {
    let folder = try TemporaryFolder()
    let (storage, starts) = try stored(in: folder, seed: 6)
    let name = Journal.segmentName(at: starts[0])
    let backup = folder.path("backup")
    try FileManager.default.linkItem(atPath: folder.path("journal/" + name), toPath: backup)
    let bytes = try Data(contentsOf: URL(filePath: backup))
    _ = try Journal.removeSegments(storage, endingBefore: starts[1], keepsSpare: true)
    #expect(try Data(contentsOf: URL(filePath: backup)) == bytes)
    #expect(try !storage.names().contains { $0.hasPrefix(Self.spare) })
  }

  @Test func whoMeetsAFullDiskMayHaveTheRoom() throws {
    let (storage, _, _) = try journal()
    let writer = try openWriter(storage)
    #expect(storage.allNames.contains(Self.spare))
    writer.synchronizer.giveRoomBack()
    #expect(!storage.allNames.contains(Self.spare))
  }

  /// A disk that cannot clear it leaves nothing of it, and nothing else is lost.
  @Test(arguments: [true, false])
  func whatCannotBeClearedIsRemoved(writesFail: Bool) throws {
    let (storage, entries) = try sampleJournal(batches: 40, segmentByteCount: 600)
    let segments = try Journal.check(storage, store: sampleStore).segments
    if writesFail { storage.faults.writesFail = true } else { storage.faults.remainingSyncs = 0 }
    #expect(try Journal.removeSegments(storage, endingBefore: segments[4].start, keepsSpare: true).count == 4)
    #expect(!storage.allNames.contains { $0.hasPrefix(Self.spare) })
    #expect(readAll(storage, from: segments[4].start).entries == entries.filter { $0.range.lowerBound >= segments[4].start })
  }

  /// A disk that fails meanwhile costs the spare and nothing else.
  @Test(arguments: 0..<30)
  func aFailureMeanwhileCostsOnlyTheSpare(operations: Int) throws {
    let (storage, entries) = try sampleJournal(batches: 40, segmentByteCount: 600)
    let keep = try Journal.check(storage, store: sampleStore).segments[4]
    storage.faults.remainingOperations = operations
    _ = try? Journal.removeSegments(storage, endingBefore: keep.start, keepsSpare: true)
    let after = storage.restart()
    let scan = try JournalRecovery.recover(after, store: sampleStore)
    #expect(scan.end == entries.last?.range.upperBound)
    let start = try #require(try Journal.segmentStarts(in: after).first)
    #expect(start <= keep.start && readAll(after, from: start).entries == entries.filter { $0.range.lowerBound >= start })
    #expect(!after.allNames.contains(Self.fading))
  }
}
