/// The entries of all series' young bins: one array, in pages that each belong to one bin, so that a bin is read in one go when it
/// grows old, and let go of without touching the series' lists.
struct YoungBins {
  private static let pageSize = 128

  /// The pages of one bin, in order, and how many entries the last one holds.
  private struct Pages {
    var numbers: [UInt32] = []
    var lastCount = YoungBins.pageSize

    mutating func reserve() -> Int {
      defer { lastCount += 1 }
      return Int(numbers[numbers.count - 1]) * YoungBins.pageSize + lastCount
    }
  }

  private var entries: [Series.Entry] = []
  private var pages: [Int32: Pages] = [:]
  private var freePages: [UInt32] = []
  private(set) var count = 0
  /// Bins up to this one are past: links to them are void.
  private(set) var pastBin = Int32.min

  @inline(__always)
  func isYoung(_ link: Series.Link) -> Bool { link.bin > pastBin }

  @inline(__always)
  subscript(link: Series.Link) -> Series.Entry {
    _read { yield entries[Int(link.index)] }
    _modify { yield &entries[Int(link.index)] }
  }

  /// Adds an entry to a bin that is not past.
  mutating func append(_ entry: Series.Entry, bin: Int32) -> Series.Link {
    if pages[bin, default: Pages()].lastCount == Self.pageSize {
      let number = freePages.popLast() ?? makePage()
      pages[bin, default: Pages()].numbers.append(number)
      pages[bin, default: Pages()].lastCount = 0
    }
    let index = pages[bin, default: Pages()].reserve()
    entries[index] = entry
    count += 1
    return Series.Link(bin: bin, index: UInt32(index))
  }

  private mutating func makePage() -> UInt32 {
    let number = UInt32(entries.count / Self.pageSize)
    let empty = Series.Entry(series: Series.none, count: 0, next: .none)
    entries.append(contentsOf: repeatElement(empty, count: Self.pageSize))
    return number
  }

  /// The ranges of `entry(at:)` in which the entries of a bin lie, in the order in which they came.
  func ranges(ofBin bin: Int32) -> [Range<Int>] {
    guard let own = pages[bin] else { return [] }
    return own.numbers.indices.map { position in
      let start = Int(own.numbers[position]) * Self.pageSize
      return start..<start + (position == own.numbers.count - 1 ? own.lastCount : Self.pageSize)
    }
  }

  @inline(__always)
  func entry(at index: Int) -> Series.Entry { entries[index] }

  /// Lets go of a bin and whatever lies before it.
  mutating func pass(_ bin: Int32) {
    pastBin = max(pastBin, bin)
    if let own = pages.removeValue(forKey: bin) { free(own) }
  }

  private mutating func free(_ own: Pages) {
    count -= (own.numbers.count - 1) * Self.pageSize + own.lastCount
    freePages += own.numbers
  }

  /// Forgets every bin: new ones may begin anywhere.
  mutating func removeAll() { self = YoungBins() }

  // MARK: State

  /// Its state, for a snapshot.
  mutating func code(_ coder: inout some StateCoder) throws(StateError) {
    try coder.code(&entries)
    try coder.code(&pages, new: Pages()) { (own, coder) throws(StateError) in
      try coder.code(&own.numbers)
      try coder.code(&own.lastCount)
    }
    try coder.code(&freePages)
    try coder.code(&count)
    try coder.code(&pastBin)
  }
}
