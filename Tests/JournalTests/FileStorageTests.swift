import Foundation
import Journal
import Platform
import Reports
import Synchronization
import TestSupport
import Testing

/// The same journal on a real file system, with a thread that syncs beside the one that writes.
@Suite struct FileStorageTests {
  @Test func writesWhileAnotherThreadSyncs() throws {
    let folder = try TemporaryFolder()
    let storage = try FileStorage(creating: folder.path + "/journal")
    let writer = try openWriter(storage, segmentByteCount: 20_000)
    let queue = BoundedQueue<UInt64>(capacity: 4)
    let synced = Mutex<[UInt64]>([])
    let commit = try Platform.Thread(name: "commit") { [synchronizer = writer.synchronizer] in
      while let position = queue.pop() {
        guard let reached = try? synchronizer.sync(upTo: position), reached >= position else {
          Issue.record("a sync failed or fell short")
          continue
        }
        synced.withLock { $0.append(reached) }
      }
    }
    var random = SeededGenerator(seed: 4)
    var entries: [Entry] = []
    for number in 0..<2000 as Range<UInt64> {
      let batch = sampleBatch(number, &random)
      entries.append(Entry(batch: batch, range: try writer.append(batch)))
      if number % 20 == 19 {
        try writer.flush()
        #expect(queue.push(writer.writtenPosition))
      }
    }
    queue.close()
    commit.join()
    let reached = synced.withLock { $0 }
    #expect(reached == reached.sorted() && reached.last == writer.endPosition)
    #expect(readAll(storage).entries == entries)
    #expect(try FileSystem.names(in: storage.location).count > 10)
    let scan = try JournalRecovery.recover(FileStorage(path: storage.location), store: sampleStore)
    #expect(scan.end == writer.endPosition && scan.recordCount == 2000)
  }

  @Test func aTornTailIsCutOffTheFile() throws {
    let folder = try TemporaryFolder()
    let storage = try FileStorage(creating: folder.path)
    var random = SeededGenerator(seed: 4)
    let end = try {
      let writer = try openWriter(storage)
      _ = try writer.append(sampleBatch(1, &random))
      try writer.flush()
      return writer.endPosition
    }()
    let path = folder.path + "/00000000000000000000.segment"
    try File(path, .append).write(Array("torn".utf8).span)
    let scan = try JournalRecovery.recover(storage, store: sampleStore)
    #expect(scan.tornTail?.path == path && scan.tornTail?.offset == 40 + end && scan.tornTail?.byteCount == 4)
    #expect(try File(path, .read).byteCount() == 40 + end)
    #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
  }

  /// A file system that is really full, where mounting one is permitted.
  @Test func aSmallFileSystemFillsUpAndIsFreed() throws {
    let folder = try TemporaryFolder()
    guard run("mount -t tmpfs -o size=256k tmpfs '\(folder.path)'") else {
      print("SKIPPED: mounting a small tmpfs is not permitted here, so that no real file system was filled")
      return
    }
    defer { _ = run("umount '\(folder.path)'") }
    try File(folder.path + "/ballast", .create).write([UInt8](repeating: 1, count: 100_000).span, at: 0)
    let storage = try FileStorage(creating: folder.path + "/journal")
    let writer = try openWriter(storage, segmentByteCount: 30_000)
    var random = SeededGenerator(seed: 4)
    var entries: [Entry] = []
    var refusals = 0
    while entries.count < 1500 {
      let batch = sampleBatch(UInt64(entries.count), &random)
      do throws(JournalError) {
        entries.append(Entry(batch: batch, range: try writer.append(batch)))
        try writer.flush()
        continue
      } catch {
        guard error.isFull else { throw error }
      }
      refusals += 1
      #expect(readAll(storage).error == nil)
      if refusals == 2 { break }
      try FileSystem.remove(folder.path + "/ballast")
    }
    #expect(refusals == 2)
    let written = entries.filter { $0.range.upperBound <= writer.writtenPosition }
    #expect(written.count > 500)
    #expect(readAll(storage).entries == written)
    #expect(try JournalRecovery.recover(storage, store: sampleStore).end == writer.writtenPosition)
  }

  /// Whether a command of the shell succeeds.
  private func run(_ command: String) -> Bool {
    guard let stream = unsafe popen(command + " 2>/dev/null", "r") else { return false }
    return unsafe pclose(stream) == 0
  }
}
