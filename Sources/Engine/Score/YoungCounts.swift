/// The counts of all series' young bins: a ring of bytes for each series that has any, so that what a window of time adds up to
/// is read in one go; and by bin the series that have a count in it, so that a bin is taken in one go when it grows old.
///
/// A ring holds the bins (pastBin, pastBin + reach]; what lies further ahead waits until a ring reaches it. A series with a count
/// that a byte cannot hold has a ring of whole counts. Memory: `reach` bytes a series with young bins, and 4 an entry.
struct YoungCounts: ~Copyable {
  /// A count that lies ahead of what rings hold.
  struct Ahead {
    var series: UInt32
    var count: UInt32
  }

  /// No ring; and what marks the number of a ring of whole counts.
  static let noRing = UInt32.max
  private static let wideMark: UInt32 = 1 << 31

  /// Bins that a ring holds.
  let reach: Int
  private var words = MappedArray<UInt64>()
  private var freeRings: [UInt32] = []
  private var counts: [UInt32] = []
  private var freeWideRings: [UInt32] = []
  /// By place in a ring: the series with a count in that bin, in the order in which they came.
  private var members: [[UInt32]]
  private(set) var ahead: [Int32: [Ahead]] = [:]
  /// Bins up to this one are past.
  private(set) var pastBin = Int32.min
  /// The place in a ring of the bin after `pastBin`.
  private var firstPlace = 0

  /// - Parameter binCount: How many bins are young at once, as a rule.
  init(binCount: Int) {
    reach = (binCount + 8) & ~7
    members = Array(repeating: [], count: reach)
  }

  /// Where a bin lies in a ring; nil where it is past, or too far ahead.
  @inline(__always)
  private func place(_ bin: Int32) -> Int? {
    let distance = Int(bin) - Int(pastBin) - 1
    guard UInt(bitPattern: distance) < UInt(bitPattern: reach) else { return nil }
    return wrapped(firstPlace + distance)
  }

  @inline(__always)
  private func wrapped(_ place: Int) -> Int { place < reach ? place : place - reach }

  /// Counts that are held: series times bins.
  var entryCount: Int { members.reduce(0) { $0 + $1.count } + ahead.values.reduce(0) { $0 + $1.count } }

  /// Bytes of all rings of bytes, in use or not.
  var ringByteCount: Int { words.byteCount }

  /// Bytes that rings and entries take, without slack.
  var byteCount: Int {
    8 * words.count - freeRings.count * reach + 4 * (counts.count - freeWideRings.count * reach) + 4 * entryCount
  }

  // MARK: Rings

  private var wordCount: Int { reach / 8 }

  private mutating func makeRing() -> UInt32 {
    if let free = freeRings.popLast() { return free }
    words.appendZeros(wordCount)
    return UInt32(words.count / wordCount - 1)
  }

  /// Puts a series' counts into a ring of whole counts.
  private mutating func widen(_ ring: inout UInt32) {
    let wide: UInt32
    if let free = freeWideRings.popLast() {
      wide = free
    } else {
      counts.append(contentsOf: repeatElement(0, count: reach))
      wide = UInt32(counts.count / reach - 1)
    }
    for place in 0..<reach {
      counts[Int(wide) * reach + place] = count(at: place, of: ring)
      setByte(0, at: place, of: ring)
    }
    freeRings.append(ring)
    ring = wide | Self.wideMark
  }

  /// Gives a ring back, which is empty.
  private mutating func free(_ ring: inout UInt32) {
    if ring & Self.wideMark != 0 { freeWideRings.append(ring & ~Self.wideMark) } else { freeRings.append(ring) }
    ring = Self.noRing
  }

  @inline(__always)
  private func count(at place: Int, of ring: UInt32) -> UInt32 {
    guard ring & Self.wideMark == 0 else { return counts[Int(ring & ~Self.wideMark) * reach + place] }
    return UInt32(UInt8(truncatingIfNeeded: words[Int(ring) * wordCount + place >> 3] >> (UInt64(place & 7) * 8)))
  }

  @inline(__always)
  private mutating func setByte(_ count: UInt32, at place: Int, of ring: UInt32) {
    let shift = UInt64(place & 7) * 8
    let word = Int(ring) * wordCount + place >> 3
    words[word] = words[word] & ~(0xff << shift) | UInt64(count) << shift
  }

  @inline(__always)
  private mutating func set(_ count: UInt32, at place: Int, of ring: UInt32) {
    if ring & Self.wideMark == 0 {
      setByte(count, at: place, of: ring)
    } else {
      counts[Int(ring & ~Self.wideMark) * reach + place] = count
    }
  }

  private func sum(of ring: UInt32) -> UInt32 {
    UInt32(clamping: (0..<reach).reduce(UInt64(0)) { $0 + UInt64(count(at: $1, of: ring)) })
  }

  // MARK: Counting

  /// Adds to the count of one bin of a series, which must not be past; sums stay at the greatest number that there is. The first of
  /// all is taken for the newest, unless it was said where to `begin`.
  @inline(__always)
  mutating func add(_ count: UInt32, bin: Int32, to index: UInt32, _ series: inout Series) {
    if pastBin == .min { begin(after: bin &- Int32(reach)) }
    if let place = place(bin) {
      put(count, at: place, index, &series)
    } else if bin > pastBin {
      ahead[bin, default: []].append(Ahead(series: index, count: count))
    }
  }

  @inline(__always)
  private mutating func put(_ count: UInt32, at place: Int, _ index: UInt32, _ series: inout Series) {
    let total = series.youngCount.addingReportingOverflow(count)
    series.youngCount = total.overflow ? .max : total.partialValue
    if series.ring == Self.noRing { series.ring = makeRing() }
    let before = self.count(at: place, of: series.ring)
    if before == 0 { members[place].append(index) }
    let sum = before.addingReportingOverflow(count)
    let after = sum.overflow ? .max : sum.partialValue
    if after > 255, series.ring & Self.wideMark == 0 { widen(&series.ring) }
    set(after, at: place, of: series.ring)
  }

  /// Series with a count in a bin.
  func memberCount(ofBin bin: Int32) -> Int { place(bin).map { members[$0].count } ?? 0 }

  /// One of them, in the order in which they came.
  @inline(__always)
  func member(_ position: Int, ofBin bin: Int32) -> UInt32 { place(bin).map { members[$0][position] } ?? Series.none }

  /// Takes the count of a bin that is about to `pass` out of a series.
  @inline(__always)
  mutating func take(bin: Int32, _ series: inout Series) -> UInt32 {
    guard series.ring != Self.noRing, let place = place(bin) else { return 0 }
    let taken = count(at: place, of: series.ring)
    set(0, at: place, of: series.ring)
    // What was cut off cannot be counted down.
    series.youngCount = series.youngCount == .max ? sum(of: series.ring) : series.youngCount - taken
    if series.youngCount == 0 { free(&series.ring) }
    return taken
  }

  /// Calls `body` with bin and count of a ring, the newest first, from a bin on until it gives false.
  @inline(__always)
  func forEach(of ring: UInt32, from newest: Int32, _ body: (Int32, UInt32) -> Bool) {
    guard ring != Self.noRing else { return }
    var bin = min(Int(newest), Int(pastBin) + reach)
    var place = wrapped(firstPlace + max(0, bin - Int(pastBin) - 1))
    while bin > Int(pastBin) {
      let count = count(at: place, of: ring)
      if count > 0, !body(Int32(bin), count) { return }
      place = place == 0 ? reach - 1 : place - 1
      bin -= 1
    }
  }

  /// Calls `body` with bin and count of a ring, the oldest first, through a bin.
  @inline(__always)
  func forEachAscending(of ring: UInt32, through newest: Int32, _ body: (Int32, UInt32) -> Void) {
    guard ring != Self.noRing, newest > pastBin else { return }
    var place = firstPlace
    for bin in Int(pastBin) + 1...max(Int(pastBin) + 1, min(Int(newest), Int(pastBin) + reach)) {
      let count = count(at: place, of: ring)
      if count > 0 { body(Int32(bin), count) }
      place = wrapped(place + 1)
    }
  }

  /// Finds where rings hold what durations, ascending, that end with a bin add up to.
  func find(_ bands: inout RingBands, endingWith bin: Int32, over durations: [Int]) {
    let held = pastBin == .min ? 0 : max(0, Int(bin) - Int(pastBin))
    bands.set(durations: durations, ages: max(0, held - reach)..<held) { age in wrapped(firstPlace + held - 1 - age) }
  }

  /// What a ring's counts add up to by duration.
  ///
  /// - Returns: Whether it has a count in a bin before the newest.
  @inline(__always)
  func addUp(_ ring: UInt32, _ bands: RingBands, into sums: inout [Double], at start: Int) -> Bool {
    guard ring != Self.noRing else {
      for index in 0..<bands.durationCount { sums[start + index] = 0 }
      return false
    }
    return ring & Self.wideMark == 0
      ? bands.addUp(words, from: Int(ring) * wordCount, into: &sums, at: start)
      : bands.addUp(counts: counts, from: Int(ring & ~Self.wideMark) * reach, into: &sums, at: start)
  }

  // MARK: Passing

  /// Lets go of a bin and whatever lies before it, and takes what lay ahead into the rings that reach it now.
  mutating func pass(_ bin: Int32, _ series: inout MappedArray<Series>) {
    guard bin > pastBin else { return }
    if pastBin == .min { begin(after: bin) }
    // What is in no ring need not be walked over.
    if Int(bin) - Int(pastBin) > reach {
      for _ in 0..<reach { passOne(&series) }
      begin(after: bin)
    }
    while pastBin < bin { passOne(&series) }
    guard !ahead.isEmpty else { return }
    for reached in ahead.keys.filter({ Int($0) <= Int(pastBin) + reach }).sorted() {
      for one in ahead.removeValue(forKey: reached) ?? [] {
        if let place = place(reached) { put(one.count, at: place, one.series, &series[Int(one.series)]) }
      }
    }
  }

  private mutating func passOne(_ series: inout MappedArray<Series>) {
    for index in members[firstPlace] { _ = take(bin: pastBin + 1, &series[Int(index)]) }
    members[firstPlace].removeAll(keepingCapacity: true)
    pastBin += 1
    firstPlace = wrapped(firstPlace + 1)
  }

  /// Makes a bin the last that is past, where nothing is held.
  mutating func begin(after bin: Int32) { (pastBin, firstPlace) = (bin, 0) }

  /// Forgets everything: new bins may begin anywhere. The series must forget their rings.
  mutating func removeAll() { self = YoungCounts(reach: reach) }

  private init(reach: Int) {
    self.reach = reach
    members = Array(repeating: [], count: reach)
  }

  /// Gives the series that are kept their new numbers: those by bin in ascending order.
  ///
  /// - Parameter number: The new number of each, or `Series.none`. What is let go of has no ring.
  mutating func renumber(_ number: [UInt32]) {
    for place in members.indices {
      members[place] = members[place].map { number[Int($0)] }.sorted()
    }
    for (bin, waiting) in ahead {
      ahead[bin] = waiting.map { Ahead(series: number[Int($0.series)], count: $0.count) }
    }
  }

  // MARK: State

  /// Its state, for a snapshot.
  mutating func code(_ coder: inout some StateCoder) throws(StateError) {
    try coder.code(&words)
    try coder.code(&freeRings)
    try coder.code(&counts)
    try coder.code(&freeWideRings)
    guard try coder.code(count: members.count) == members.count else { throw .malformed("it has rings of another length") }
    for place in members.indices { try coder.code(&members[place]) }
    try coder.code(&ahead, new: []) { (waiting, coder) throws(StateError) in try coder.code(&waiting) }
    try coder.code(&pastBin)
    try coder.code(&firstPlace)
  }
}
