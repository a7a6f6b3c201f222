/// The young bins of the series that have many, once more as rings: what a window of time adds up to is read in one go.
///
/// Beside the lists of `YoungBins`, which stay the whole truth: a ring only saves the walk.
struct DenseBins {
  /// Sums of young bins from which a series is worth a ring, and below which it is not.
  static let promoteCount: UInt32 = 32
  private static let demoteCount: UInt32 = 8

  /// A power of two above the bins that are young at once.
  private let ringSize: Int
  private var counts: [UInt32] = []
  private var freeRings: [UInt32] = []
  /// A bit for each series.
  private var bits: [UInt64] = []
  /// Ring by series, by linear probing: high half the series plus one, low half its ring.
  private var slots: [UInt64] = Array(repeating: 0, count: 64)
  private var ringCount = 0

  init(youngBins: Int) {
    var size = 16
    while size <= youngBins { size *= 2 }
    ringSize = size
  }

  @inline(__always)
  func isDense(_ series: UInt32) -> Bool {
    let word = Int(series >> 6)
    return word < bits.count && bits[word] >> UInt64(series & 63) & 1 != 0
  }

  @inline(__always)
  private func slot(_ series: UInt32) -> Int {
    var slot = Int(truncatingIfNeeded: (UInt64(series) &* 0x9e37_79b9_7f4a_7c15) >> 32) & (slots.count - 1)
    while slots[slot] != 0, UInt32(truncatingIfNeeded: slots[slot] >> 32) != series + 1 { slot = (slot + 1) & (slots.count - 1) }
    return slot
  }

  @inline(__always)
  private func start(_ series: UInt32) -> Int { Int(UInt32(truncatingIfNeeded: slots[slot(series)])) * ringSize }

  /// Whether a ring can tell the bins from the first that is not past up to one.
  @inline(__always)
  func reaches(_ bin: Int32, pastBin: Int32) -> Bool { pastBin != .min && Int(bin) - Int(pastBin) < ringSize }

  /// Adds to a bin of a dense series.
  @inline(__always)
  mutating func add(_ count: UInt32, bin: Int32, _ series: UInt32) {
    let place = start(series) + Int(bin) & (ringSize - 1)
    let sum = counts[place].addingReportingOverflow(count)
    counts[place] = sum.overflow ? .max : sum.partialValue
  }

  /// Takes a bin out of a dense series that is left with so much.
  @inline(__always)
  mutating func take(_ bin: Int32, _ series: UInt32, left: UInt32) {
    counts[start(series) + Int(bin) & (ringSize - 1)] = 0
    if left < Self.demoteCount { remove(series) }
  }

  /// Gives a series an empty ring.
  mutating func insert(_ series: UInt32) {
    if (ringCount + 1) * 2 > slots.count { grow() }
    let ring = freeRings.popLast() ?? UInt32(counts.count / ringSize)
    if Int(ring) * ringSize == counts.count { counts.append(contentsOf: repeatElement(0, count: ringSize)) }
    slots[slot(series)] = UInt64(series + 1) << 32 | UInt64(ring)
    ringCount += 1
    let word = Int(series >> 6)
    while bits.count <= word { bits.append(0) }
    bits[word] |= 1 << UInt64(series & 63)
  }

  mutating func remove(_ series: UInt32) {
    var hole = slot(series)
    let ring = UInt32(truncatingIfNeeded: slots[hole])
    for place in Int(ring) * ringSize..<(Int(ring) + 1) * ringSize { counts[place] = 0 }
    freeRings.append(ring)
    ringCount -= 1
    bits[Int(series >> 6)] &= ~(1 << UInt64(series & 63))
    // Backward shift (Knuth 6.4 R).
    var probe = hole
    let mask = slots.count - 1
    while true {
      probe = (probe + 1) & mask
      if slots[probe] == 0 { break }
      let owner = UInt32(truncatingIfNeeded: slots[probe] >> 32) - 1
      let home = Int(truncatingIfNeeded: (UInt64(owner) &* 0x9e37_79b9_7f4a_7c15) >> 32) & mask
      if (probe - home) & mask >= (probe - hole) & mask {
        slots[hole] = slots[probe]
        hole = probe
      }
    }
    slots[hole] = 0
  }

  private mutating func grow() {
    let old = slots
    slots = Array(repeating: 0, count: old.count * 2)
    for stored in old where stored != 0 { slots[slot(UInt32(truncatingIfNeeded: stored >> 32) - 1)] = stored }
  }

  /// Forgets every ring.
  mutating func removeAll() {
    counts.removeAll(keepingCapacity: true)
    freeRings.removeAll(keepingCapacity: true)
    bits.removeAll(keepingCapacity: true)
    for slot in slots.indices { slots[slot] = 0 }
    ringCount = 0
  }

  /// The count of a bin of a dense series.
  @inline(__always)
  func count(bin: Int32, ofRingAt start: Int) -> UInt32 { counts[start + Int(bin) & (ringSize - 1)] }

  @inline(__always)
  func ringStart(_ series: UInt32) -> Int { start(series) }
}
