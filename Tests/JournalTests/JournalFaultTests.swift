import Glibc
import Journal
import Platform
import Reports
import TestSupport
import Testing

/// A disk that fills up or breaks while the journal is written.
@Suite struct JournalFaultTests {
  /// The disk fills up after every possible number of bytes, and is given more later.
  @Test(arguments: [ENOSPC, EDQUOT, EMFILE])
  func fullAtEveryByteLosesAndDoublesNothing(errno: Int32) throws {
    let batches: [ReportBatch] = {
      var random = SeededGenerator(seed: 3)
      return (0..<8).map { sampleBatch($0, &random) }
    }()
    let total = try sampleJournal(batches: 8, segmentByteCount: 500, seed: 3).storage.byteCount
    for capacity in 0..<total {
      let storage = FaultyStorage()
      storage.faults.shortWrites = SeededGenerator(seed: UInt64(capacity))
      storage.faults.capacity = capacity
      storage.faults.fullErrno = errno
      var refusals = 0
      /// Frees space after the first refusal.
      func retrying<Value>(_ body: () throws -> Value) throws -> Value {
        do { return try body() } catch let error as JournalError {
          guard case .full(let reason) = error else { throw error }
          #expect(reason.errno == errno)
          refusals += 1
          #expect(storage.byteCount <= capacity)
          // Nothing that is there is half.
          #expect(readAll(storage).error == nil)
          storage.faults.capacity = .max
        }
        return try body()
      }
      let writer = try retrying { try openWriter(storage, segmentByteCount: 500) }
      var entries: [Entry] = []
      for batch in batches {
        entries.append(Entry(batch: batch, range: try retrying { try writer.append(batch) }))
        if entries.count.isMultiple(of: 2) { try retrying { try writer.flush() } }
      }
      try writer.flush()
      #expect(refusals == 1, "full at \(capacity) bytes")
      #expect(readAll(storage).entries == entries, "full at \(capacity) bytes")
      #expect(try Journal.check(storage, store: sampleStore).damages == [])
      #expect(storage.byteCount == total)
    }
  }

  @Test func aFullBufferRefusesInsteadOfGrowing() throws {
    let storage = FaultyStorage()
    let writer = try openWriter(storage, bufferByteCount: 1000)
    storage.faults.capacity = storage.byteCount
    var random = SeededGenerator(seed: 1)
    var entries: [Entry] = []
    var refusals = 0
    for number in 0..<100 as Range<UInt64> {
      let batch = sampleBatch(number, &random)
      do throws(JournalError) {
        entries.append(Entry(batch: batch, range: try writer.append(batch)))
      } catch {
        #expect(error.isFull)
        refusals += 1
        #expect(writer.endPosition == entries.last?.range.upperBound)
      }
    }
    #expect(writer.endPosition < 1400 && refusals > 80)
    storage.faults.capacity = .max
    try writer.flush()
    #expect(readAll(storage).entries == entries)
  }

  @Test func aFailedSyncIsTheEnd() throws {
    let (storage, entries) = try sampleJournal(batches: 3)
    let writer = try openWriter(storage)
    var random = SeededGenerator(seed: 1)
    _ = try writer.append(sampleBatch(9, &random))
    try writer.flush()
    let synced = writer.synchronizer.syncedPosition
    storage.faults.remainingSyncs = 0
    let name = "00000000000000000000.segment"
    let expected = JournalError.failed(SystemError(operation: "sync", subject: name, errno: EIO))
    // The disk would say yes the second time, as Linux does.
    for _ in 0..<3 {
      #expect(throws: expected) { try writer.synchronizer.sync(upTo: writer.writtenPosition) }
      #expect(throws: expected) { try writer.append(sampleBatch(10, &random)) }
      #expect(throws: expected) { try writer.flush() }
    }
    #expect(writer.synchronizer.syncedPosition == synced)
    // After a restart on the same kernel nothing counts that never reached the disk.
    let again = storage.restart()
    #expect(try openWriter(again).endPosition == synced)
    #expect(readAll(again).entries == entries)
  }

  @Test(arguments: 0..<32 as Range<UInt64>)
  func whatAFailedSyncLeavesInTheCacheIsOnTheDiskBeforeItIsPromised(seed: UInt64) throws {
    let (storage, _) = try sampleJournal(batches: 3)
    let writer = try openWriter(storage)
    var random = SeededGenerator(seed: seed)
    for number in 9..<12 as Range<UInt64> { _ = try writer.append(sampleBatch(number, &random)) }
    try writer.flush()
    // The sync fails, and the process is killed before it can cut off what was not written.
    storage.faults.remainingSyncs = 0
    storage.faults.remainingOperations = 1
    #expect(throws: JournalError.self) { try writer.synchronizer.sync(upTo: writer.writtenPosition) }
    let again = storage.restart()
    let shown = readAll(again)
    // The cache shows it all, so that the next process takes it for kept.
    let next = try openWriter(again)
    #expect(shown.entries.count == 6 && next.synchronizer.syncedPosition == next.endPosition)
    let afterPowerLoss = again.crash(&random)
    #expect(readAll(afterPowerLoss).entries == shown.entries, "seed \(seed)")
  }

  @Test func aFailedWriteIsTheEnd() throws {
    let (storage, entries) = try sampleJournal(batches: 3)
    let writer = try openWriter(storage)
    var random = SeededGenerator(seed: 1)
    _ = try writer.append(sampleBatch(9, &random))
    storage.faults.writesFail = true
    let expected = JournalError.failed(
      SystemError(operation: "write", subject: "00000000000000000000.segment", errno: EIO))
    #expect(throws: expected) { try writer.flush() }
    storage.faults.writesFail = false
    #expect(throws: expected) { try writer.flush() }
    #expect(throws: expected) { try writer.append(sampleBatch(9, &random)) }
    #expect(readAll(storage.restart()).entries == entries)
  }

  /// Every operation of a short life is once the last one that works.
  @Test func failureAtEveryOperationIsThrown() throws {
    var operations = 0
    while true {
      let storage = FaultyStorage()
      storage.faults.remainingOperations = operations
      var random = SeededGenerator(seed: 1)
      var entries: [Entry] = []
      var failure: (any Error)?
      do {
        let writer = try openWriter(storage, segmentByteCount: 400)
        for number in 0..<6 as Range<UInt64> {
          let batch = sampleBatch(number, &random)
          entries.append(Entry(batch: batch, range: try writer.append(batch)))
          try writer.flush()
          try writer.synchronizer.sync(upTo: writer.writtenPosition)
        }
      } catch { failure = error }
      let again = storage.restart()
      _ = try openWriter(again)
      #expect(entries.starts(with: readAll(again).entries), "\(operations) operations")
      guard let failure else { break }
      guard case JournalError.failed = failure else {
        Issue.record(failure, "\(operations) operations")
        return
      }
      operations += 1
    }
    #expect(operations > 30)
  }
}
