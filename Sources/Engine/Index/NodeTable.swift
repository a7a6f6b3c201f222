import Reports

/// The live nodes, found by (keyword, cell, bin) in O(1): one array of nodes, one of hash slots.
struct NodeTable: ~Copyable {
  /// High half: the key's hash; low half: the node's index plus one. Linear probing, at most five eighths full.
  private var slots = MappedArray<UInt64>(zeros: 1_024)
  private var nodes = MappedArray<Node>()
  private var free: [UInt32] = []
  /// The store's own: nobody outside can aim for keys that meet.
  let seed: UInt64

  private(set) var count = 0
  /// Bytes in use of slots and nodes.
  var byteCount: Int { slots.byteCount + nodes.byteCount }

  init(key: SipHash.Key) { seed = key.first ^ (key.second << 1) }

  subscript(index: UInt32) -> Node {
    _read { yield nodes[Int(index)] }
    _modify { yield &nodes[Int(index)] }
  }

  /// A keyed mix of two 64-bit multiplications; the seed is the store's own.
  private func hash(_ keyword: UInt32, _ cell: CellID, _ bin: Int32) -> UInt32 {
    let first = (cell.rawValue ^ seed).multipliedFullWidth(by: 0x9e37_79b9_7f4a_7c15)
    let mixed = first.high ^ first.low ^ (UInt64(keyword) << 32 | UInt64(UInt32(bitPattern: bin)))
    let second = (mixed ^ seed &* 0xd6e8_feb8_6659_fd93).multipliedFullWidth(by: 0xa076_1d64_78bd_642f)
    return UInt32(truncatingIfNeeded: second.high ^ second.low)
  }

  /// What stands where a node is looked for first.
  @inline(__always)
  func home(keyword: UInt32, cell: CellID, bin: Int32) -> UInt64 {
    slots[Int(hash(keyword, cell, bin)) & (slots.count - 1)]
  }

  /// The index of a node, or nil.
  func find(keyword: UInt32, cell: CellID, bin: Int32) -> UInt32? {
    let hash = hash(keyword, cell, bin)
    var slot = Int(hash) & (slots.count - 1)
    while slots[slot] != 0 {
      if UInt32(slots[slot] >> 32) == hash {
        let index = UInt32(truncatingIfNeeded: slots[slot]) - 1
        if nodes[Int(index)].keyword == keyword, nodes[Int(index)].cell == cell, nodes[Int(index)].bin == bin { return index }
      }
      slot = (slot + 1) & (slots.count - 1)
    }
    return nil
  }

  /// Adds a node that `find` did not find.
  mutating func insert(_ node: Node) -> UInt32 {
    if (count + 1) * 8 > slots.count * 5 { grow() }
    let index: UInt32
    if let recycled = free.popLast() {
      index = recycled
      nodes[Int(index)] = node
    } else {
      index = UInt32(nodes.count)
      nodes.append(node)
    }
    place(UInt64(hash(node.keyword, node.cell, node.bin)) << 32 | UInt64(index + 1))
    count += 1
    return index
  }

  /// Removes a node; its index is given out again.
  mutating func remove(_ index: UInt32) {
    let (keyword, cell, bin) = (nodes[Int(index)].keyword, nodes[Int(index)].cell, nodes[Int(index)].bin)
    var hole = Int(hash(keyword, cell, bin)) & (slots.count - 1)
    while UInt32(truncatingIfNeeded: slots[hole]) != index + 1 { hole = (hole + 1) & (slots.count - 1) }
    // Backward shift (Knuth 6.4 R): no tombstones, so probing never slows down.
    var slot = hole
    while true {
      slot = (slot + 1) & (slots.count - 1)
      if slots[slot] == 0 { break }
      let home = Int(slots[slot] >> 32) & (slots.count - 1)
      if (slot - home) & (slots.count - 1) >= (slot - hole) & (slots.count - 1) {
        slots[hole] = slots[slot]
        hole = slot
      }
    }
    slots[hole] = 0
    free.append(index)
    count -= 1
  }

  private mutating func place(_ stored: UInt64) {
    var slot = Int(stored >> 32) & (slots.count - 1)
    while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
    slots[slot] = stored
  }

  private mutating func grow() {
    var old = MappedArray<UInt64>(zeros: slots.count * 2)
    swap(&old, &slots)
    for slot in old.indices where old[slot] != 0 { place(old[slot]) }
  }

  // MARK: State

  /// Its state, for a snapshot.
  mutating func code(_ coder: inout some StateCoder) throws(StateError) {
    try coder.code(&slots)
    try coder.code(&nodes)
    try coder.code(&free)
    try coder.code(&count)
  }
}
