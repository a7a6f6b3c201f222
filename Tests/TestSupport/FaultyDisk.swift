import Glibc
import Platform

/// What `FaultyStorage` keeps under its lock: files as the page cache shows them, and as a loss of power would leave them.
struct FaultyDisk {
  struct Node {
    /// What a crash cannot take away.
    var durable: [UInt8] = []
    /// What the page cache shows.
    var current: [UInt8] = []
    /// Sectors that a sync has failed to write: the kernel takes them for clean, and no later sync writes them.
    var forgotten: Set<Int> = []

    init() {}

    /// Whole on the disk.
    init(durable bytes: [UInt8]) { (durable, current) = (bytes, bytes) }
  }

  /// Small, so that a short journal has many.
  static let sectorByteCount = 128

  var nodes: [Node] = []
  var names: [String: Int] = [:]
  /// The states of `names` since the folder was last synced, the synced one first.
  var history: [[String: Int]] = [[:]]
  var faults = FaultyStorage.Faults()
  var counts = FaultyStorage.Counts()
  /// Writes that are still to fail since a sync failed: a disk that fails seldom does so once.
  private var failingWriteCount = 0

  mutating func changedNames() { history.append(names) }

  /// Bytes of all files together.
  var byteCount: Int { names.values.reduce(0) { $0 + nodes[$1].current.count } }

  /// Draws whether something happens; never without chances.
  private mutating func happens(_ perMille: KeyPath<FaultyStorage.Chances, Int>) -> Bool {
    guard var chances = faults.chances else { return false }
    defer { faults.chances = chances }
    return Int.random(in: 0..<1_000, using: &chances.random) < chances[keyPath: perMille]
  }

  private mutating func writeFails() -> Bool {
    guard failingWriteCount > 0 else { return happens(\.writeFailsPerMille) }
    failingWriteCount -= 1
    return true
  }

  /// Counts one operation.
  mutating func begin(_ operation: String, _ subject: String) throws(SystemError) {
    guard faults.remainingOperations > 0 else { throw SystemError(operation: operation, subject: subject, errno: EIO) }
    faults.remainingOperations -= 1
  }

  func read(_ node: Int, at offset: Int, count: Int) -> ArraySlice<UInt8> {
    let bytes = nodes[node].current
    return offset < bytes.count ? bytes[offset...].prefix(count) : []
  }

  mutating func checkRead(_ name: String) throws(SystemError) {
    guard happens(\.readFailsPerMille) else { return }
    counts.readFailures += 1
    throw SystemError(operation: "read", subject: name, errno: EIO)
  }

  /// Writes the whole or a part; the number of bytes written.
  mutating func write(_ bytes: [UInt8], to node: Int, at offset: Int, name: String) throws(SystemError) -> Int {
    if faults.writesFail || writeFails() {
      counts.writeFailures += 1
      throw SystemError(operation: "write", subject: name, errno: EIO)
    }
    var count = bytes.count
    if var random = faults.shortWrites {
      count -= Int.random(in: 0..<count, using: &random)
      faults.shortWrites = random
    } else if bytes.count > 1, happens(\.shortWritesPerMille), var chances = faults.chances {
      count -= Int.random(in: 1..<count, using: &chances.random)
      faults.chances = chances
    }
    if count < bytes.count { counts.shortWrites += 1 }
    let size = nodes[node].current.count
    let growth = max(0, offset + count - size)
    let allowed = count - max(0, growth - max(0, faults.capacity - byteCount))
    if allowed <= 0 {
      counts.fullWrites += 1
      throw SystemError(operation: "write", subject: name, errno: faults.fullErrno)
    }
    if offset > size { nodes[node].current += Array(repeating: 0, count: offset - size) }
    let end = min(offset + allowed, nodes[node].current.count)
    nodes[node].current.replaceSubrange(offset..<end, with: bytes[..<allowed])
    if !nodes[node].forgotten.isEmpty {
      nodes[node].forgotten.subtract(offset / Self.sectorByteCount...(offset + allowed - 1) / Self.sectorByteCount)
    }
    return allowed
  }

  mutating func truncate(_ node: Int, to byteCount: Int, name: String) throws(SystemError) {
    if writeFails() {
      counts.writeFailures += 1
      throw SystemError(operation: "truncate", subject: name, errno: EIO)
    }
    let missing = byteCount - nodes[node].current.count
    if missing < 0 { nodes[node].current.removeLast(-missing) }
    if missing > 0 { nodes[node].current += Array(repeating: 0, count: missing) }
    // The sector that is cut through is written anew.
    nodes[node].forgotten = nodes[node].forgotten.filter { ($0 + 1) * Self.sectorByteCount <= byteCount }
  }

  mutating func synchronize(_ node: Int, name: String) throws(SystemError) {
    if faults.syncLies { return }
    faults.remainingSyncs -= 1
    if faults.remainingSyncs == -1 || happens(\.syncFailsPerMille) {
      counts.syncFailures += 1
      if var chances = faults.chances {
        failingWriteCount = Int.random(in: 0...2, using: &chances.random)
        faults.chances = chances
      }
      forget(node)
      // The kernel says it once; the next call finds nothing left to write and succeeds.
      throw SystemError(operation: "sync", subject: name, errno: EIO)
    }
    let kept = nodes[node].durable
    nodes[node].durable = nodes[node].current
    for sector in nodes[node].forgotten { nodes[node].durable.copySector(sector, from: kept) }
  }

  /// What a failed sync leaves: of what was to be written some is, and the rest the kernel takes for clean. It may still show.
  private mutating func forget(_ node: Int) {
    let before = nodes[node]
    let sectors = 0..<(before.current.count + Self.sectorByteCount - 1) / Self.sectorByteCount
    for sector in sectors where !before.current.hasSameSector(sector, as: before.durable) {
      guard var chances = faults.chances, !before.forgotten.contains(sector) else {
        nodes[node].forgotten.insert(sector)
        continue
      }
      switch Int.random(in: 0..<4, using: &chances.random) {
      case 0, 1: nodes[node].durable.copySector(sector, from: before.current)
      case 2: nodes[node].forgotten.insert(sector)
      default:
        // Thrown out of the cache, and read again.
        nodes[node].current.copySector(sector, from: before.durable)
      }
      faults.chances = chances
    }
  }
}

extension [UInt8] {
  private func sector(_ index: Int) -> ArraySlice<UInt8> {
    let begin = Swift.min(index * FaultyDisk.sectorByteCount, count)
    return self[begin..<Swift.min(begin + FaultyDisk.sectorByteCount, count)]
  }

  fileprivate func hasSameSector(_ index: Int, as other: [UInt8]) -> Bool {
    sector(index).elementsEqual(other.sector(index))
  }

  /// Makes one sector what it is in another state of the file, with zeros where that ends before; the length grows if need be, to
  /// no more than the other's.
  fileprivate mutating func copySector(_ index: Int, from other: [UInt8]) {
    let begin = index * FaultyDisk.sectorByteCount
    let source = other.sector(index)
    if count < begin + source.count { self += Array(repeating: 0, count: begin + source.count - count) }
    let end = Swift.min(begin + FaultyDisk.sectorByteCount, count)
    guard begin < end else { return }
    replaceSubrange(begin..<end, with: Array(source) + Array(repeating: 0, count: end - begin - source.count))
  }
}
