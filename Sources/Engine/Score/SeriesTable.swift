import Reports

/// The series of all keywords and blocks, found in O(1), with their young bins.
///
/// 32 bytes a series and what `YoungCounts` takes, beside the slots. A series is registered by its first report and forgotten when nothing is
/// left of it.
struct SeriesTable: ~Copyable {
  /// Every keyword together: where people report at all.
  static let everyKeyword = UInt32.max

  /// High half: the key's hash; low half: the index plus one. Linear probing, at most five eighths full.
  private var slots = MappedArray<UInt64>(zeros: 1_024)
  private var series = MappedArray<Series>()
  private(set) var young: YoungCounts
  private let seed: UInt64

  /// - Parameter youngBins: How many bins are young at once, as a rule.
  init(key: SipHash.Key, youngBins: Int) {
    seed = key.second ^ (key.first << 1)
    young = YoungCounts(binCount: youngBins)
  }

  var count: Int { series.count }

  subscript(index: UInt32) -> Series {
    _read { yield series[Int(index)] }
    _modify { yield &series[Int(index)] }
  }

  @inline(__always)
  private func hash(_ keyword: UInt32, _ key: WindowGeometry.Key) -> UInt32 {
    let first = (key.rawValue ^ seed).multipliedFullWidth(by: 0x9e37_79b9_7f4a_7c15)
    let mixed = first.high ^ first.low ^ UInt64(keyword) &* 0xd6e8_feb8_6659_fd93
    let second = mixed.multipliedFullWidth(by: 0xa076_1d64_78bd_642f)
    return UInt32(truncatingIfNeeded: second.high ^ second.low)
  }

  /// The index of a series, or `Series.none`.
  @inline(__always)
  func find(_ keyword: UInt32, _ key: WindowGeometry.Key) -> UInt32 {
    let hash = hash(keyword, key)
    let mask = slots.count - 1
    var slot = Int(hash) & mask
    while slots[slot] != 0 {
      if UInt32(slots[slot] >> 32) == hash {
        let index = UInt32(truncatingIfNeeded: slots[slot]) - 1
        if series[Int(index)].key == key, series[Int(index)].keyword == keyword { return index }
      }
      slot = (slot + 1) & mask
    }
    return Series.none
  }

  /// Adds a series that `find` did not find.
  mutating func insert(_ new: Series) -> UInt32 {
    if (series.count + 1) * 8 > slots.count * 5 { rehash(slotCount: slots.count * 2) }
    let index = UInt32(series.count)
    series.append(new)
    place(UInt64(hash(new.keyword, new.key)) << 32 | UInt64(index + 1))
    return index
  }

  private mutating func place(_ stored: UInt64) {
    var slot = Int(stored >> 32) & (slots.count - 1)
    while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
    slots[slot] = stored
  }

  private mutating func rehash(slotCount: Int) {
    slots = MappedArray(zeros: slotCount)
    for index in series.indices {
      place(UInt64(hash(series[index].keyword, series[index].key)) << 32 | UInt64(index + 1))
    }
  }

  /// Keeps only the series that `keeps` admits or that have young bins, in their order; indices change.
  mutating func compact(keeping keeps: (Series) -> Bool) {
    var number = [UInt32](repeating: Series.none, count: series.count)
    for waiting in young.ahead.values { for one in waiting { number[Int(one.series)] = 0 } }
    var keptCount = 0
    for index in series.indices where number[index] == 0 || series[index].youngCount > 0 || keeps(series[index]) {
      number[index] = UInt32(keptCount)
      series[keptCount] = series[index]
      keptCount += 1
    }
    series.shorten(to: keptCount)
    young.renumber(number)
    var size = 1_024
    while series.count * 2 > size { size *= 2 }
    rehash(slotCount: size)
  }

  // MARK: Young bins

  /// Adds to the count of one bin, which must not be past.
  @inline(__always)
  mutating func add(_ count: UInt32, bin: Int32, to index: UInt32) {
    young.add(count, bin: bin, to: index, &series[Int(index)])
  }

  /// Calls `body` with bin and count of the young bins, the newest first, from a bin on until it gives false.
  @inline(__always)
  func forEachEntry(of index: UInt32, from newest: Int32, _ body: (Int32, UInt32) -> Bool) {
    young.forEach(of: series[Int(index)].ring, from: newest, body)
  }

  /// What a series' counts add up to by duration.
  ///
  /// - Returns: Whether it has a count in a bin before the newest.
  @inline(__always)
  func addUp(_ index: UInt32, _ bands: RingBands, into sums: inout [Double], at start: Int) -> Bool {
    young.addUp(index == Series.none ? YoungCounts.noRing : series[Int(index)].ring, bands, into: &sums, at: start)
  }

  /// Takes one of the counts of a bin that is about to `pass` out of its series.
  @inline(__always)
  mutating func take(_ position: Int, ofBin bin: Int32) -> (series: UInt32, count: UInt32) {
    let index = young.member(position, ofBin: bin)
    return (index, young.take(bin: bin, &series[Int(index)]))
  }

  /// Takes a bin, and all before it, out of every series.
  mutating func pass(_ bin: Int32) { young.pass(bin, &series) }

  /// Says that no report will be of a bin or of one before it, where nothing was counted yet.
  mutating func begin(after bin: Int32) { if young.pastBin == .min { young.begin(after: bin) } }

  /// Forgets every young bin; the past stays.
  mutating func clearEntries() {
    for index in series.indices {
      series[index].ring = YoungCounts.noRing
      series[index].youngCount = 0
    }
    young.removeAll()
  }

  /// Bytes in use of slots, series and rings.
  var tableByteCount: Int { slots.byteCount + series.byteCount + young.ringByteCount }

  /// Bytes that series and entries take, without the tables' slack.
  var byteCount: Int { series.count * MemoryLayout<Series>.stride + young.byteCount }

  // MARK: State

  /// Its state, for a snapshot.
  mutating func code(_ coder: inout some StateCoder) throws(StateError) {
    try coder.code(&slots)
    try coder.code(&series)
    try young.code(&coder)
  }
}
