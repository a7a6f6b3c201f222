import Glibc
package import Journal
package import Platform
import Synchronization

/// A disk in memory that fails as told: it writes short, fills up, breaks, lies, loses power and forgets what was not synced.
package final class FaultyStorage: JournalStorage {
  package let location = "/faulty"

  fileprivate struct Node {
    /// What a crash cannot take away.
    var durable: [UInt8] = []
    /// What the page cache shows.
    var current: [UInt8] = []
  }

  /// Every name's node; a change of names is on the disk when the folder is synced, or by chance, in order.
  fileprivate struct Disk {
    var nodes: [Node] = []
    var names: [String: Int] = [:]
    /// The states of `names` since the folder was last synced, the synced one first.
    var history: [[String: Int]] = [[:]]
    var faults = Faults()

    mutating func changedNames() { history.append(names) }
  }

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
  }

  fileprivate let disk: Mutex<Disk>

  package init() { disk = Mutex(Disk()) }

  fileprivate init(_ disk: Disk) { self.disk = Mutex(disk) }

  package var faults: Faults {
    get { disk.withLock { $0.faults } }
    set { disk.withLock { $0.faults = newValue } }
  }

  package func names() throws(SystemError) -> [String] {
    try operate("list", location) { disk throws(SystemError) in disk.names.keys.sorted() }
  }

  package func open(_ name: String, writable: Bool) throws(SystemError) -> any JournalFile {
    try operate("open", name) { disk throws(SystemError) in
      guard let node = disk.names[name] else { throw SystemError(operation: "open", subject: name, errno: ENOENT) }
      return FaultyFile(storage: self, name: name, node: node)
    }
  }

  package func create(_ name: String) throws(SystemError) -> any JournalFile {
    try operate("create", name) { disk throws(SystemError) in
      guard disk.names[name] == nil else { throw SystemError(operation: "create", subject: name, errno: EEXIST) }
      disk.nodes.append(Node())
      disk.names[name] = disk.nodes.count - 1
      disk.changedNames()
      return FaultyFile(storage: self, name: name, node: disk.nodes.count - 1)
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

  fileprivate func operate<Value>(
    _ operation: String, _ subject: String, _ body: (inout Disk) throws(SystemError) -> Value
  ) throws(SystemError) -> Value {
    // The lock's closure may not hand out what is not Sendable; the error and the value come out by capture.
    var result: Result<Value, SystemError>?
    disk.withLock { disk in
      do throws(SystemError) {
        guard disk.faults.remainingOperations > 0 else {
          throw SystemError(operation: operation, subject: subject, errno: EIO)
        }
        disk.faults.remainingOperations -= 1
        result = .success(try body(&disk))
      } catch { result = .failure(error) }
    }
    guard let result else { throw SystemError(operation: operation, subject: subject, errno: EIO) }
    return try result.get()
  }
}

// MARK: - What the tests do to it

extension FaultyStorage {
  /// The disk after a loss of power: of what was not synced, sectors in any order are there, gone or torn.
  package func crash(_ random: inout SeededGenerator) -> FaultyStorage {
    var after = Disk()
    let before = disk.withLock { $0 }
    after.nodes = before.nodes.map { node in
      var bytes = node.durable
      let count = min(node.durable.count, node.current.count)...max(node.durable.count, node.current.count)
      let length = Int.random(in: count, using: &random)
      bytes = Array((bytes + Array(repeating: 0, count: max(0, length - bytes.count))).prefix(length))
      for sector in stride(from: 0, to: min(length, node.current.count), by: Self.sectorByteCount) {
        let end = min(sector + Self.sectorByteCount, length, node.current.count)
        let kept =
          switch Int.random(in: 0..<4, using: &random) {
          case 0: sector
          case 1: Int.random(in: sector...end, using: &random)
          default: end
          }
        bytes.replaceSubrange(sector..<kept, with: node.current[sector..<kept])
      }
      return Node(durable: bytes, current: bytes)
    }
    after.names = before.history[Int.random(in: 0..<before.history.count, using: &random)]
    after.history = [after.names]
    return FaultyStorage(after)
  }

  /// Small, so that a short journal has many.
  private static let sectorByteCount = 128

  /// The same disk after the program was killed and started again: everything is as the page cache shows it.
  package func restart() -> FaultyStorage {
    var copy = disk.withLock { $0 }
    copy.faults = Faults()
    return FaultyStorage(copy)
  }

  /// The bytes of a file as they show.
  package subscript(name: String) -> [UInt8] {
    get { disk.withLock { disk in disk.names[name].map { disk.nodes[$0].current } ?? [] } }
    set {
      disk.withLock { disk in
        if disk.names[name] == nil {
          disk.nodes.append(Node())
          disk.names[name] = disk.nodes.count - 1
          disk.history = [disk.names]
        }
        guard let node = disk.names[name] else { return }
        disk.nodes[node] = Node(durable: newValue, current: newValue)
      }
    }
  }

  package var allNames: [String] { disk.withLock { $0.names.keys.sorted() } }
}

private final class FaultyFile: JournalFile {
  let storage: FaultyStorage
  let name: String
  let node: Int

  init(storage: FaultyStorage, name: String, node: Int) {
    self.storage = storage
    self.name = name
    self.node = node
  }

  func byteCount() throws(SystemError) -> UInt64 {
    try storage.operate("stat", name) { disk throws(SystemError) in UInt64(disk.nodes[self.node].current.count) }
  }

  func read(at offset: UInt64, count: Int) throws(SystemError) -> [UInt8] {
    try storage.operate("read", name) { disk throws(SystemError) in
      let bytes = disk.nodes[self.node].current
      return offset < UInt64(bytes.count) ? Array(bytes[Int(offset)...].prefix(count)) : []
    }
  }

  func write(_ bytes: Span<UInt8>, at offset: UInt64) throws(SystemError) -> Int {
    var copy: [UInt8] = []
    for index in bytes.indices { copy.append(bytes[index]) }
    return try storage.operate("write", name) { disk throws(SystemError) in
      if disk.faults.writesFail { throw SystemError(operation: "write", subject: self.name, errno: EIO) }
      if var random = disk.faults.shortWrites {
        copy.removeLast(Int.random(in: 0..<copy.count, using: &random))
        disk.faults.shortWrites = random
      }
      let used = disk.names.values.reduce(0) { $0 + disk.nodes[$1].current.count }
      let begin = Int(offset)
      let size = disk.nodes[self.node].current.count
      let growth = max(0, begin + copy.count - size)
      let allowed = copy.count - max(0, growth - max(0, disk.faults.capacity - used))
      if allowed <= 0 { throw SystemError(operation: "write", subject: self.name, errno: disk.faults.fullErrno) }
      if begin > size { disk.nodes[self.node].current += Array(repeating: 0, count: begin - size) }
      disk.nodes[self.node].current.replaceSubrange(
        begin..<min(begin + allowed, disk.nodes[self.node].current.count), with: copy[..<allowed])
      return allowed
    }
  }

  func truncate(to byteCount: UInt64) throws(SystemError) {
    try storage.operate("truncate", name) { disk throws(SystemError) in
      let missing = Int(byteCount) - disk.nodes[self.node].current.count
      if missing < 0 { disk.nodes[self.node].current.removeLast(-missing) }
      if missing > 0 { disk.nodes[self.node].current += Array(repeating: 0, count: missing) }
    }
  }

  func synchronize() throws(SystemError) {
    try storage.operate("sync", name) { disk throws(SystemError) in
      if disk.faults.syncLies { return }
      disk.faults.remainingSyncs -= 1
      // The kernel says it once; the next call would find nothing left to write and succeed.
      if disk.faults.remainingSyncs == -1 { throw SystemError(operation: "sync", subject: self.name, errno: EIO) }
      disk.nodes[self.node].durable = disk.nodes[self.node].current
    }
  }
}

extension FaultyStorage {
  /// Takes a file away behind the journal's back.
  package func discard(_ name: String) {
    disk.withLock { disk in
      disk.names[name] = nil
      disk.history = [disk.names]
    }
  }

  /// The bytes of all files together.
  package var byteCount: Int { disk.withLock { disk in disk.names.values.reduce(0) { $0 + disk.nodes[$1].current.count } } }
}
