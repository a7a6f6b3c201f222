import Reports

/// The series of all keywords and blocks, found in O(1), with their young bins.
///
/// 32 bytes a series and 12 an entry, beside the slots. A series is registered by its first report and forgotten when nothing is
/// left of it.
struct SeriesTable {
  /// Every keyword together: where people report at all.
  static let everyKeyword = UInt32.max

  /// High half: the key's hash; low half: the index plus one. Linear probing, at most five eighths full.
  private var slots: [UInt64] = Array(repeating: 0, count: 1_024)
  private(set) var series: [Series] = []
  private var entries: [Series.Entry] = []
  private var freeEntry = Series.none
  private(set) var entryCount = 0
  private let seed: UInt64

  init(key: SipHash.Key) { seed = key.second ^ (key.first << 1) }

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

  /// Keeps only the series that `keeps` admits, in their order; indices change, and the lists of keywords are void.
  mutating func compact(keeping keeps: (Series) -> Bool) {
    series = series.filter(keeps)
    var size = 1_024
    while series.count * 2 > size { size *= 2 }
    rehash(slotCount: size)
  }

  // MARK: Young bins

  /// Adds to the count of one bin.
  ///
  /// - Returns: Whether the bin is new to the series.
  @inline(__always)
  mutating func add(_ count: UInt32, bin: Int32, to index: UInt32) -> Bool {
    var previous = Series.none
    var entry = series[Int(index)].firstEntry
    while entry != Series.none, entries[Int(entry)].bin > bin {
      previous = entry
      entry = entries[Int(entry)].next
    }
    if entry != Series.none, entries[Int(entry)].bin == bin {
      entries[Int(entry)].count =
        entries[Int(entry)].count.addingReportingOverflow(count).overflow
        ? .max : entries[Int(entry)].count + count
      return false
    }
    let added = makeEntry(Series.Entry(bin: bin, count: count, next: entry))
    if previous == Series.none { series[Int(index)].firstEntry = added } else { entries[Int(previous)].next = added }
    return true
  }

  private mutating func makeEntry(_ entry: Series.Entry) -> UInt32 {
    entryCount += 1
    if freeEntry == Series.none {
      entries.append(entry)
      return UInt32(entries.count - 1)
    }
    let index = freeEntry
    freeEntry = entries[Int(index)].next
    entries[Int(index)] = entry
    return index
  }

  /// An entry of a list that begins at a series' `firstEntry`.
  @inline(__always)
  func entry(_ index: UInt32) -> Series.Entry { entries[Int(index)] }

  /// Calls `body` with bin and count of the young bins, the newest first, until it gives false.
  @inline(__always)
  func forEachEntry(of index: UInt32, _ body: (Int32, UInt32) -> Bool) {
    var entry = series[Int(index)].firstEntry
    while entry != Series.none {
      let one = entries[Int(entry)]
      guard body(one.bin, one.count) else { return }
      entry = one.next
    }
  }

  /// The bin of the oldest entry; nil where there is none.
  func oldestBin(of index: UInt32) -> Int32? {
    var oldest: Int32?
    forEachEntry(of: index) { bin, _ in
      oldest = bin
      return true
    }
    return oldest
  }

  /// Takes the count of one bin, and all before it, out of the list.
  mutating func take(bin: Int32, of index: UInt32) -> UInt32 {
    var previous = Series.none
    var entry = series[Int(index)].firstEntry
    while entry != Series.none, entries[Int(entry)].bin > bin {
      previous = entry
      entry = entries[Int(entry)].next
    }
    guard entry != Series.none else { return 0 }
    let count = entries[Int(entry)].bin == bin ? entries[Int(entry)].count : 0
    if previous == Series.none { series[Int(index)].firstEntry = Series.none } else { entries[Int(previous)].next = Series.none }
    while entry != Series.none {
      let next = entries[Int(entry)].next
      entries[Int(entry)].next = freeEntry
      freeEntry = entry
      entryCount -= 1
      entry = next
    }
    return count
  }

  /// Forgets every young bin; the past stays.
  mutating func clearEntries() {
    for index in series.indices { series[index].firstEntry = Series.none }
    entries.removeAll(keepingCapacity: true)
    freeEntry = Series.none
    entryCount = 0
  }

  /// Bytes that series and entries take, without the tables' slack.
  var byteCount: Int { series.count * MemoryLayout<Series>.stride + entryCount * MemoryLayout<Series.Entry>.stride }
}
