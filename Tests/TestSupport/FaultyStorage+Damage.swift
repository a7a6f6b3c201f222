import Synchronization

/// What the tests do to the disk.
extension FaultyStorage {
  /// The disk after a loss of power: of what was not synced, sectors in any order are there, gone or torn.
  package func crash(_ random: inout SeededGenerator) -> FaultyStorage {
    var after = FaultyDisk()
    let before = disk.withLock { $0 }
    after.counts = before.counts
    after.nodes = before.nodes.map { node in
      if node.durable == node.current { return node }
      let (node, count) = Self.crash(node, &random)
      after.counts.unsyncedSectors += count
      return node
    }
    after.names = before.history[Int.random(in: 0..<before.history.count, using: &random)]
    after.history = [after.names]
    return FaultyStorage(after)
  }

  private static func crash(
    _ node: FaultyDisk.Node, _ random: inout SeededGenerator
  ) -> (node: FaultyDisk.Node, unsyncedSectorCount: Int) {
    var bytes = node.durable
    var unsyncedSectorCount = 0
    let count = min(node.durable.count, node.current.count)...max(node.durable.count, node.current.count)
    let length = Int.random(in: count, using: &random)
    bytes = Array((bytes + Array(repeating: 0, count: max(0, length - bytes.count))).prefix(length))
    for sector in stride(from: 0, to: min(length, node.current.count), by: FaultyDisk.sectorByteCount) {
      let end = min(sector + FaultyDisk.sectorByteCount, length, node.current.count)
      if node.forgotten.contains(sector / FaultyDisk.sectorByteCount) || bytes[sector..<end] == node.current[sector..<end] {
        continue
      }
      unsyncedSectorCount += 1
      let kept =
        switch Int.random(in: 0..<4, using: &random) {
        case 0: sector
        case 1: Int.random(in: sector...end, using: &random)
        default: end
        }
      bytes.replaceSubrange(sector..<kept, with: node.current[sector..<kept])
    }
    return (FaultyDisk.Node(durable: bytes), unsyncedSectorCount)
  }

  /// The same disk after the program was killed and started again: everything is as the page cache shows it.
  package func restart() -> FaultyStorage {
    var copy = disk.withLock { $0 }
    copy.faults = Faults()
    return FaultyStorage(copy)
  }

  /// Ends the disk for whoever still holds it: every operation fails from now on.
  package func die() { disk.withLock { $0.faults.remainingOperations = 0 } }

  /// Flips one bit of what is on the disk and shows, in one of the named files.
  ///
  /// - Returns: where; nil where none of them holds anything that is synced.
  package func rot(_ names: [String], _ random: inout SeededGenerator) -> (name: String, offset: Int)? {
    disk.withLock { disk in
      let places = names.flatMap { name -> [(name: String, node: Int)] in disk.names[name].map { [(name, $0)] } ?? [] }
      guard let place = places.randomElement(using: &random) else { return nil }
      let node = disk.nodes[place.node]
      let count = min(node.durable.count, node.current.count)
      guard count > 0 else { return nil }
      let offset = Int.random(in: 0..<count, using: &random)
      guard node.durable[offset] == node.current[offset] else { return nil }
      let bit: UInt8 = 1 << UInt8.random(in: 0..<8, using: &random)
      disk.nodes[place.node].durable[offset] ^= bit
      disk.nodes[place.node].current[offset] ^= bit
      return (place.name, offset)
    }
  }

  /// The bytes of a file as they show.
  package subscript(name: String) -> [UInt8] {
    get { disk.withLock { disk in disk.names[name].map { disk.nodes[$0].current } ?? [] } }
    set {
      disk.withLock { disk in
        if disk.names[name] == nil {
          disk.nodes.append(FaultyDisk.Node())
          disk.names[name] = disk.nodes.count - 1
          disk.history = [disk.names]
        }
        guard let node = disk.names[name] else { return }
        disk.nodes[node] = FaultyDisk.Node(durable: newValue)
      }
    }
  }

  package var allNames: [String] { disk.withLock { $0.names.keys.sorted() } }

  /// Takes a file away behind the journal's back.
  package func discard(_ name: String) {
    disk.withLock { disk in
      disk.names[name] = nil
      disk.history = [disk.names]
    }
  }

  /// The bytes of all files together.
  package var byteCount: Int { disk.withLock { $0.byteCount } }
}
