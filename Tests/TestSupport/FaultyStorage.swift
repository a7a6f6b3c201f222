import Glibc
package import Journal
package import Platform
import Synchronization

/// A disk in memory that fails as told: it writes short, fills up, breaks, lies, loses power and forgets what was not synced.
package final class FaultyStorage: JournalStorage {
  package let location = "/faulty"

  package struct Faults {
    /// Bytes that all files together may have.
    package var capacity = Int.max
    /// What running out of it is called.
    package var fullErrno = ENOSPC
    /// Draws the length of short writes; without it writes are whole.
    package var shortWrites: SeededGenerator?
    /// Operations that still work; afterwards everything fails, as when the power is gone.
    package var remainingOperations = Int.max
    /// Syncs of files that still work; the one after them fails, and what it should have written is lost though it still shows.
    package var remainingSyncs = Int.max
    package var writesFail = false
    /// Syncs say that all is well and do nothing.
    package var syncLies = false
    /// What goes wrong by chance; nil for nothing.
    package var chances: Chances?
    /// Is told of every operation and its failure; nil for nobody.
    package var observer: (@Sendable (String) -> Void)?
  }

  /// Of a thousand operations, how many go wrong.
  package struct Chances {
    package var random: SeededGenerator
    package var readFailsPerMille = 0
    package var writeFailsPerMille = 0
    package var shortWritesPerMille = 0
    package var syncFailsPerMille = 0

    package init(seed: UInt64) { random = SeededGenerator(seed: seed) }
  }

  /// What has gone wrong so far.
  package struct Counts: Equatable, Sendable {
    package var readFailures = 0
    package var writeFailures = 0
    package var shortWrites = 0
    package var fullWrites = 0
    package var syncFailures = 0
    /// Sectors that a loss of power has taken, torn or left.
    package var unsyncedSectors = 0

    package init() {}
  }

  let disk: Mutex<FaultyDisk>

  package init() { disk = Mutex(FaultyDisk()) }

  init(_ disk: FaultyDisk) { self.disk = Mutex(disk) }

  package var faults: Faults {
    get { disk.withLock { $0.faults } }
    set { disk.withLock { $0.faults = newValue } }
  }

  package var counts: Counts { disk.withLock { $0.counts } }

  package func names() throws(SystemError) -> [String] {
    try operate("list", location) { disk throws(SystemError) in disk.names.keys.sorted() }
  }

  package func open(_ name: String, writable: Bool) throws(SystemError) -> any JournalFile {
    FaultyFile(storage: self, name: name, node: try node(of: name, creates: false))
  }

  package func create(_ name: String) throws(SystemError) -> any JournalFile {
    let node = try operate("create", name) { disk throws(SystemError) in
      guard disk.names[name] == nil else { throw SystemError(operation: "create", subject: name, errno: EEXIST) }
      return Self.make(name, in: &disk)
    }
    return FaultyFile(storage: self, name: name, node: node)
  }

  private static func make(_ name: String, in disk: inout FaultyDisk) -> Int {
    disk.nodes.append(FaultyDisk.Node())
    disk.names[name] = disk.nodes.count - 1
    disk.changedNames()
    return disk.nodes.count - 1
  }

  /// The number of a file, made where it is missing and may be.
  func node(of name: String, creates: Bool) throws(SystemError) -> Int {
    try operate("open", name) { disk throws(SystemError) in
      if let node = disk.names[name] { return node }
      guard creates else { throw SystemError(operation: "open", subject: name, errno: ENOENT) }
      return Self.make(name, in: &disk)
    }
  }

  package func rename(_ name: String, to newName: String) throws(SystemError) {
    try operate("rename", name) { disk throws(SystemError) in
      guard let node = disk.names.removeValue(forKey: name) else {
        throw SystemError(operation: "rename", subject: name, errno: ENOENT)
      }
      disk.names[newName] = node
      disk.changedNames()
    }
  }

  package func remove(_ name: String) throws(SystemError) {
    try operate("remove", name) { disk throws(SystemError) in
      guard disk.names.removeValue(forKey: name) != nil else {
        throw SystemError(operation: "remove", subject: name, errno: ENOENT)
      }
      disk.changedNames()
    }
  }

  package func synchronizeDirectory() throws(SystemError) {
    try operate("sync", location) { disk throws(SystemError) in
      if !disk.faults.syncLies { disk.history = [disk.names] }
    }
  }

  func operate<Value>(
    _ operation: String, _ subject: String, _ body: (inout FaultyDisk) throws(SystemError) -> Value
  ) throws(SystemError) -> Value {
    // The lock's closure may not hand out what is not Sendable; the error and the value come out by capture.
    var result: Result<Value, SystemError>?
    disk.withLock { disk in
      do throws(SystemError) {
        try disk.begin(operation, subject)
        result = .success(try body(&disk))
        disk.faults.observer?("\(operation) \(subject)")
      } catch {
        result = .failure(error)
        disk.faults.observer?("\(error)")
      }
    }
    guard let result else { throw SystemError(operation: operation, subject: subject, errno: EIO) }
    return try result.get()
  }
}
