/// A set of reports by the least 64 of their hashes: what two sets share can be told from it (bottom-k; Cohen & Kaplan 2007).
struct Sketch: Equatable, Sendable {
  static let capacity = 64

  /// Ascending, distinct.
  private(set) var hashes: [UInt32] = []

  mutating func insert(_ hash: UInt32) {
    if hashes.count == Self.capacity, hash >= hashes[Self.capacity - 1] { return }
    var (low, high) = (0, hashes.count)
    while low < high {
      let middle = (low + high) / 2
      if hashes[middle] < hash { low = middle + 1 } else { high = middle }
    }
    if low < hashes.count, hashes[low] == hash { return }
    hashes.insert(hash, at: low)
    if hashes.count > Self.capacity { hashes.removeLast() }
  }

  mutating func insert(_ other: Sketch) { for hash in other.hashes { insert(hash) } }

  /// How many distinct reports: exact below the capacity, else (k − 1)/(k-th least, as a fraction).
  var count: Double {
    guard hashes.count == Self.capacity, let last = hashes.last else { return Double(hashes.count) }
    return Double(Self.capacity - 1) / ((Double(last) + 1) / 4_294_967_296)
  }

  /// |A ∩ B| / min(|A|, |B|), by the hashes below the lesser of both bounds.
  func containment(_ other: Sketch) -> Double {
    let (shared, own, others) = compare(other)
    let least = min(own, others)
    return least == 0 ? 0 : Double(shared) / Double(least)
  }

  /// |A ∩ B| / |A ∪ B| (Broder 1997).
  func resemblance(_ other: Sketch) -> Double {
    let (shared, own, others) = compare(other)
    let union = own + others - shared
    return union == 0 ? 0 : Double(shared) / Double(union)
  }

  /// The share of this set that lies in the other.
  func share(in other: Sketch) -> Double {
    let (shared, own, _) = compare(other)
    return own == 0 ? 0 : Double(shared) / Double(own)
  }

  /// Hashes below the lesser bound: in both, in this one, in the other.
  private func compare(_ other: Sketch) -> (shared: Int, own: Int, others: Int) {
    var bound = UInt64(UInt32.max) + 1
    if hashes.count == Self.capacity, let last = hashes.last { bound = min(bound, UInt64(last) + 1) }
    if other.hashes.count == Self.capacity, let last = other.hashes.last { bound = min(bound, UInt64(last) + 1) }
    let own = hashes.prefix { UInt64($0) < bound }
    let others = other.hashes.prefix { UInt64($0) < bound }
    var shared = 0
    var position = others.startIndex
    for hash in own {
      while position < others.endIndex, others[position] < hash { position += 1 }
      if position < others.endIndex, others[position] == hash { shared += 1 }
    }
    return (shared, own.count, others.count)
  }
}
