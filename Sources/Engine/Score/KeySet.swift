/// Blocks or windows, each once, in the order in which they came; emptied in O(1).
struct KeySet {
  private(set) var keys: [WindowGeometry.Key] = []
  /// High half: the stamp of those that hold; low half: an index of `keys`. Linear probing, at most half full.
  private var slots = [UInt64](repeating: 0, count: 1_024)
  private var stamp: UInt64 = 1

  var count: Int { keys.count }

  mutating func removeAll() {
    keys.removeAll(keepingCapacity: true)
    stamp += 1
    if stamp >> 32 != 0 {
      stamp = 1
      for slot in slots.indices { slots[slot] = 0 }
    }
  }

  /// Makes it those that are given, of which none is there twice; nothing may be inserted before it is emptied.
  mutating func load(_ keys: ArraySlice<WindowGeometry.Key>) {
    self.keys.removeAll(keepingCapacity: true)
    self.keys += keys
  }

  @inline(__always)
  private static func hash(_ key: WindowGeometry.Key) -> Int {
    Int(truncatingIfNeeded: (key.rawValue &* 0x9e37_79b9_7f4a_7c15) >> 32)
  }

  /// The index of a key, which is added where it is new.
  @inline(__always)
  mutating func insert(_ key: WindowGeometry.Key) -> Int {
    let mask = slots.count - 1
    var slot = Self.hash(key) & mask
    while slots[slot] >> 32 == stamp {
      let index = Int(slots[slot] & 0xffff_ffff)
      if keys[index] == key { return index }
      slot = (slot + 1) & mask
    }
    let index = keys.count
    slots[slot] = stamp << 32 | UInt64(index)
    keys.append(key)
    if keys.count * 2 > slots.count { grow() }
    return index
  }

  private mutating func grow() {
    slots = [UInt64](repeating: 0, count: slots.count * 2)
    let mask = slots.count - 1
    for (index, key) in keys.enumerated() {
      var slot = Self.hash(key) & mask
      while slots[slot] != 0 { slot = (slot + 1) & mask }
      slots[slot] = stamp << 32 | UInt64(index)
    }
  }
}
