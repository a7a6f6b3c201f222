/// A set of reports by the least 64 of their hashes: what two sets share can be told from it (bottom-k; Cohen & Kaplan 2007).
struct Sketch: Equatable, Sendable {
  static let capacity = 64

  /// Ascending, distinct.
  private(set) var hashes: [UInt32] = []
  /// A bit for each hash that was ever in: sets whose bits are disjoint share nothing.
  private var filter: (UInt64, UInt64) = (0, 0)

  mutating func insert(_ hash: UInt32) {
    if hashes.count == Self.capacity, hash >= hashes[Self.capacity - 1] { return }
    var (low, high) = (0, hashes.count)
    while low < high {
      let middle = (low + high) / 2
      if hashes[middle] < hash { low = middle + 1 } else { high = middle }
    }
    if low < hashes.count, hashes[low] == hash { return }
    hashes.insert(hash, at: low)
    if hash & 64 == 0 { filter.0 |= 1 << UInt64(hash & 63) } else { filter.1 |= 1 << UInt64(hash & 63) }
    if hashes.count > Self.capacity { hashes.removeLast() }
  }

  mutating func insert(_ other: Sketch) { for hash in other.hashes { insert(hash) } }

  /// False only where the two share no hash.
  func mayShare(_ other: Sketch) -> Bool { filter.0 & other.filter.0 | filter.1 & other.filter.1 != 0 }

  static func == (a: Self, b: Self) -> Bool { a.hashes == b.hashes }

  /// How many distinct reports: exact below the capacity, else (k − 1)/(k-th least, as a fraction).
  var count: Double {
    guard hashes.count == Self.capacity, let last = hashes.last else { return Double(hashes.count) }
    return Double(Self.capacity - 1) / ((Double(last) + 1) / 4_294_967_296)
  }

  /// |A ∩ B| / min(|A|, |B|), by the hashes below the lesser of both bounds; nil where one has none there, as few reports beside
  /// thousands may.
  func containment(_ other: Sketch) -> Double? {
    let (shared, own, others) = compare(other)
    let least = min(own, others)
    return least == 0 ? nil : Double(shared) / Double(least)
  }

  /// |A ∩ B| / |A ∪ B| (Broder 1997).
  func resemblance(_ other: Sketch) -> Double {
    let (shared, own, others) = compare(other)
    let union = own + others - shared
    return union == 0 ? 0 : Double(shared) / Double(union)
  }

  /// The share of this set that lies in the other; nil where it has no hash below the other's bound.
  func share(in other: Sketch) -> Double? {
    let (shared, own, _) = compare(other)
    return own == 0 ? nil : Double(shared) / Double(own)
  }

  /// Hashes below the lesser bound: in both, in this one, in the other.
  private func compare(_ other: Sketch) -> (shared: Int, own: Int, others: Int) {
    // Where one is full it knows nothing of what lies above its last.
    let own = hashes.count == Self.capacity ? hashes[Self.capacity - 1] : .max
    let others = other.hashes.count == Self.capacity ? other.hashes[Self.capacity - 1] : .max
    let bound = min(own, others)
    var (mine, theirs, shared) = (0, 0, 0)
    while mine < hashes.count, hashes[mine] <= bound, theirs < other.hashes.count, other.hashes[theirs] <= bound {
      let (a, b) = (hashes[mine], other.hashes[theirs])
      if a == b { shared += 1 }
      if a <= b { mine += 1 }
      if b <= a { theirs += 1 }
    }
    while mine < hashes.count, hashes[mine] <= bound { mine += 1 }
    while theirs < other.hashes.count, other.hashes[theirs] <= bound { theirs += 1 }
    return (shared, mine, theirs)
  }

  // MARK: State

  /// Its state, for a snapshot.
  mutating func code(_ coder: inout some StateCoder) throws(StateError) {
    try coder.code(&hashes)
    try coder.code(&filter.0)
    try coder.code(&filter.1)
  }
}
