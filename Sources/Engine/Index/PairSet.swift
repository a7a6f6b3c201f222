/// A set of 64-bit fingerprints of pairs, such as (node, witness): it answers "is this the first?".
///
/// Two pairs share a fingerprint with probability n²/2⁶⁵: 3 · 10⁻⁶ at ten million pairs.
struct PairSet {
  private var slots: [UInt64] = []
  private(set) var count = 0

  /// Adds a fingerprint; false where it was there.
  ///
  /// - Complexity: O(1) expected, amortised.
  mutating func insert(_ fingerprint: UInt64) -> Bool {
    if count * 2 >= slots.count { grow() }
    let stored = fingerprint == 0 ? 1 : fingerprint
    var slot = Int(truncatingIfNeeded: stored) & (slots.count - 1)
    while slots[slot] != 0 {
      if slots[slot] == stored { return false }
      slot = (slot + 1) & (slots.count - 1)
    }
    slots[slot] = stored
    count += 1
    return true
  }

  /// What stands where a fingerprint is looked for first.
  @inline(__always)
  func home(_ fingerprint: UInt64) -> UInt64 {
    slots.isEmpty ? 0 : slots[Int(truncatingIfNeeded: fingerprint) & (slots.count - 1)]
  }

  /// Forgets all of them; the room that they took is kept, unless it was too much for them.
  ///
  /// - Complexity: O(room).
  mutating func removeAll() {
    if count * 8 < slots.count { slots = [] }
    for slot in slots.indices { slots[slot] = 0 }
    count = 0
  }

  private mutating func grow() {
    let old = slots
    slots = Array(huge: 0, count: max(16, old.count * 2))
    for stored in old where stored != 0 {
      var slot = Int(truncatingIfNeeded: stored) & (slots.count - 1)
      while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = stored
    }
  }

  // MARK: State

  /// Its state, for a snapshot.
  mutating func code(_ coder: inout some StateCoder) throws(StateError) {
    try coder.code(&slots)
    try coder.code(&count)
  }
}
