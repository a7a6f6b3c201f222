import Reports

/// The series of all keywords and blocks, found in O(1), with their young bins.
///
/// 32 bytes a series and 16 an entry, beside the slots. A series is registered by its first report and forgotten when nothing is
/// left of it.
struct SeriesTable {
  /// Every keyword together: where people report at all.
  static let everyKeyword = UInt32.max

  /// High half: the key's hash; low half: the index plus one. Linear probing, at most five eighths full.
  private var slots: [UInt64] = Array(repeating: 0, count: 1_024)
  private(set) var series: [Series] = []
  private(set) var young = YoungBins()
  private(set) var dense: DenseBins
  private let seed: UInt64

  /// - Parameter youngBins: How many bins are young at once, as a rule.
  init(key: SipHash.Key, youngBins: Int) {
    seed = key.second ^ (key.first << 1)
    dense = DenseBins(youngBins: youngBins)
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
    slots = Array(repeating: 0, count: slotCount)
    for (index, one) in series.enumerated() { place(UInt64(hash(one.keyword, one.key)) << 32 | UInt64(index + 1)) }
  }

  /// Keeps only the series that `keeps` admits, in their order; indices change.
  mutating func compact(keeping keeps: (Series) -> Bool) {
    let old = young
    young.removeAll()
    young.pass(old.pastBin)
    dense.removeAll()
    series = series.filter(keeps)
    var size = 1_024
    while series.count * 2 > size { size *= 2 }
    rehash(slotCount: size)
    var links: [Series.Link] = []
    for index in series.indices {
      links.removeAll(keepingCapacity: true)
      var link = series[index].first
      while old.isYoung(link) {
        links.append(link)
        link = old[link].next
      }
      var next = Series.Link.none
      for link in links.reversed() {
        next = young.append(Series.Entry(series: UInt32(index), count: old[link].count, next: next), bin: link.bin)
      }
      series[index].first = next
    }
  }

  // MARK: Young bins

  /// Adds to the count of one bin, which must not be past.
  mutating func add(_ count: UInt32, bin: Int32, to index: UInt32) {
    let isDense = dense.isDense(index)
    if isDense {
      if dense.reaches(bin, pastBin: young.pastBin) { dense.add(count, bin: bin, index) } else { dense.remove(index) }
    }
    defer { if !isDense, series[Int(index)].youngCount >= DenseBins.promoteCount { promote(index) } }
    if !young.isYoung(series[Int(index)].first) { series[Int(index)].youngCount = 0 }
    let total = series[Int(index)].youngCount.addingReportingOverflow(count)
    series[Int(index)].youngCount = total.overflow ? .max : total.partialValue
    var previous = Series.Link.none
    var link = series[Int(index)].first
    while link.bin > bin, young.isYoung(link) {
      previous = link
      link = young[link].next
    }
    if link.bin == bin, young.isYoung(link) {
      let sum = young[link].count.addingReportingOverflow(count)
      young[link].count = sum.overflow ? .max : sum.partialValue
      return
    }
    let added = young.append(Series.Entry(series: index, count: count, next: link), bin: bin)
    if previous.bin == .min { series[Int(index)].first = added } else { young[previous].next = added }
  }

  /// Gives a series a ring, filled from its list, where its newest bin lies within the ring's reach.
  private mutating func promote(_ index: UInt32) {
    var link = series[Int(index)].first
    guard series[Int(index)].youngCount < .max, dense.reaches(link.bin, pastBin: young.pastBin) else { return }
    dense.insert(index)
    while young.isYoung(link) {
      dense.add(young[link].count, bin: link.bin, index)
      link = young[link].next
    }
  }

  /// Calls `body` with bin and count of the young bins, the newest first, until it gives false.
  @inline(__always)
  func forEachEntry(of index: UInt32, _ body: (Int32, UInt32) -> Bool) {
    var link = series[Int(index)].first
    while young.isYoung(link) {
      let one = young[link]
      guard body(link.bin, one.count) else { return }
      link = one.next
    }
  }

  /// Takes one entry of a bin that is about to `pass` out of its series' sum.
  @inline(__always)
  mutating func take(at position: Int, bin: Int32) -> (series: UInt32, count: UInt32) {
    let entry = young.entry(at: position)
    // What was saturated cannot be counted down: it stays an upper bound until the series is quiet.
    if series[Int(entry.series)].youngCount < .max { series[Int(entry.series)].youngCount -= entry.count }
    if dense.isDense(entry.series) { dense.take(bin, entry.series, left: series[Int(entry.series)].youngCount) }
    return (entry.series, entry.count)
  }

  /// Takes a bin, and all before it, out of every list.
  mutating func pass(_ bin: Int32) { young.pass(bin) }

  /// Forgets every young bin; the past stays.
  mutating func clearEntries() {
    for index in series.indices {
      series[index].first = .none
      series[index].youngCount = 0
    }
    young.removeAll()
    dense.removeAll()
  }

  /// Bytes that series and entries take, without the tables' slack.
  var byteCount: Int { series.count * MemoryLayout<Series>.stride + young.count * MemoryLayout<Series.Entry>.stride }

  // MARK: State

  /// Its state, for a snapshot.
  mutating func code(_ coder: inout some StateCoder) throws(StateError) {
    try coder.code(&slots)
    try coder.code(&series)
    try young.code(&coder)
    try dense.code(&coder)
  }
}
