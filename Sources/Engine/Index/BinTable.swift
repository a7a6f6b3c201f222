/// The bins that are held. They are few, and one of them is asked for again and again.
struct BinTable {
  private var bins: [Bin] = []
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
    if recent == bins.count { bins.append(Bin(number: number)) }
    return recent
  }

  /// No bin that is held is older.
  var oldest: Int32? { bins.lazy.map(\.number).min() }

  /// Removes the bins through one.
  ///
  /// - Returns: The heads of the lists of their nodes, the oldest bin's first.
  mutating func remove(through number: Int32) -> [UInt32] {
    let gone = bins.filter { $0.number <= number }.sorted { $0.number < $1.number }
    bins.removeAll { $0.number <= number }
    return gone.map(\.firstNode)
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
