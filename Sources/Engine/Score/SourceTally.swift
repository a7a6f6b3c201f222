/// Witnesses by source, of one set of nodes after another: emptied in the time that it takes to name those that were counted.
struct SourceTally {
  private var counts: [UInt64] = []
  private var numbers: [UInt32] = []

  @inline(__always)
  mutating func add(_ count: UInt32, to number: UInt32) {
    while counts.count <= Int(number) { counts.append(0) }
    guard count > 0 else { return }
    if counts[Int(number)] == 0 { numbers.append(number) }
    counts[Int(number)] += UInt64(count)
  }

  /// The source with the most witnesses, of several the first by number, and begins anew; nil where nothing was counted.
  mutating func takeGreatest() -> (number: UInt32, witnessCount: UInt64)? {
    var greatest: (number: UInt32, witnessCount: UInt64)?
    for number in numbers {
      let count = counts[Int(number)]
      counts[Int(number)] = 0
      if let best = greatest, (count, best.number) <= (best.witnessCount, number) { continue }
      greatest = (number, count)
    }
    numbers.removeAll(keepingCapacity: true)
    return greatest
  }
}
