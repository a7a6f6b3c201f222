/// The nodes of one time bin, and the pairs that make their witnesses and sources distinct. It goes as a whole.
struct Bin {
  var firstNode = Node.none
  var pairs = PairSet()

  // MARK: State

  /// Its state, for a snapshot.
  mutating func code(_ coder: inout some StateCoder) throws(StateError) {
    try coder.code(&firstNode)
    try pairs.code(&coder)
  }
}
