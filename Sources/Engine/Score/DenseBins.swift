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
  /// A bit for each series: most have no ring, and are asked for often.
  private var bits: [UInt64] = []
  private var ringOfSeries: [UInt32: UInt32] = [:]

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

  /// Whether a ring can tell the bins from the first that is not past up to one.
  @inline(__always)
  func reaches(_ bin: Int32, pastBin: Int32) -> Bool { pastBin != .min && Int(bin) - Int(pastBin) < ringSize }

  /// Adds to a bin of a dense series.
  @inline(__always)
  mutating func add(_ count: UInt32, bin: Int32, _ series: UInt32) {
    let place = ringStart(series) + Int(bin) & (ringSize - 1)
    let sum = counts[place].addingReportingOverflow(count)
    counts[place] = sum.overflow ? .max : sum.partialValue
  }

  /// Takes a bin out of a dense series that is left with so much.
  @inline(__always)
  mutating func take(_ bin: Int32, _ series: UInt32, left: UInt32) {
    counts[ringStart(series) + Int(bin) & (ringSize - 1)] = 0
    if left < Self.demoteCount { remove(series) }
  }

  /// Gives a series an empty ring.
  mutating func insert(_ series: UInt32) {
    let ring = freeRings.popLast() ?? UInt32(counts.count / ringSize)
    if Int(ring) * ringSize == counts.count { counts.append(contentsOf: repeatElement(0, count: ringSize)) }
    ringOfSeries[series] = ring
    let word = Int(series >> 6)
    while bits.count <= word { bits.append(0) }
    bits[word] |= 1 << UInt64(series & 63)
  }

  mutating func remove(_ series: UInt32) {
    guard let ring = ringOfSeries.removeValue(forKey: series) else { return }
    for place in Int(ring) * ringSize..<(Int(ring) + 1) * ringSize { counts[place] = 0 }
    freeRings.append(ring)
    bits[Int(series >> 6)] &= ~(1 << UInt64(series & 63))
  }

  /// Forgets every ring.
  mutating func removeAll() {
    counts.removeAll(keepingCapacity: true)
    freeRings.removeAll(keepingCapacity: true)
    bits.removeAll(keepingCapacity: true)
    ringOfSeries.removeAll(keepingCapacity: true)
  }

  /// The count of a bin of a dense series.
  @inline(__always)
  func count(bin: Int32, ofRingAt start: Int) -> UInt32 { counts[start + Int(bin) & (ringSize - 1)] }

  /// Where `count(bin:ofRingAt:)` finds the ring of a dense series.
  @inline(__always)
  func ringStart(_ series: UInt32) -> Int { Int(ringOfSeries[series] ?? 0) * ringSize }

  // MARK: State

  /// Its state, for a snapshot.
  mutating func code(_ coder: inout some StateCoder) throws(StateError) {
    try coder.code(&counts)
    try coder.code(&freeRings)
    try coder.code(&bits)
    try coder.code(&ringOfSeries)
  }
}
