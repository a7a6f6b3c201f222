/// The bins that are held. They are few, and one of them is asked for again and again.
struct BinTable {
  private var bins: [Bin] = []
  /// Bins that are gone, whose room the next ones take: as many as go at once, as a rule.
  private var spare: [Bin] = []
  private static let spareCount = 2
  private var recent = 0

  subscript(index: Int) -> Bin {
    _read { yield bins[index] }
    _modify { yield &bins[index] }
  }

  /// The index of a bin, or nil; it holds until a bin is removed.
  @inline(__always)
  func find(_ number: Int32) -> Int? {
    if recent < bins.count, bins[recent].number == number { return recent }
    return bins.firstIndex { $0.number == number }
  }

  /// The index of a bin, which is added where it is new.
  @inline(__always)
  mutating func insert(_ number: Int32) -> Int {
    if recent < bins.count, bins[recent].number == number { return recent }
    recent = find(number) ?? bins.count
    if recent == bins.count { add(number) }
    return recent
  }

  private mutating func add(_ number: Int32) {
    guard var bin = spare.popLast() else { return bins.append(Bin(number: number)) }
    bin.begin(number)
    bins.append(bin)
  }

  /// Removes the oldest bin, where it is not after another.
  ///
  /// - Returns: The head of the list of its nodes; nil where no bin is so old.
  mutating func removeOldest(through number: Int32) -> UInt32? {
    guard let index = bins.indices.min(by: { bins[$0].number < bins[$1].number }), bins[index].number <= number else {
      return nil
    }
    let gone = bins.remove(at: index)
    if spare.count < Self.spareCount { spare.append(gone) }
    return gone.firstNode
  }

  // MARK: State

  /// Its state, for a snapshot.
  mutating func code<Coder: StateCoder>(_ coder: inout Coder) throws(StateError) {
    var numbers = bins.map(\.number)
    try coder.code(passing: &numbers)
    if Coder.isReading { bins = numbers.map { Bin(number: $0) } }
    for index in bins.indices { try bins[index].code(&coder) }
  }
}
