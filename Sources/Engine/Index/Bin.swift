/// The nodes of one time bin, the pairs that make their witnesses distinct, and where they lie. It goes as a whole.
struct Bin {
  let number: Int32
  var firstNode = Node.none
  /// Pairs of a node and a witness.
  var witnesses = PairSet()
  var tiles = TileMap()

  init(number: Int32) { self.number = number }

  // MARK: State

  /// Its state, for a snapshot.
  mutating func code(_ coder: inout some StateCoder) throws(StateError) {
    try coder.code(&firstNode)
    try witnesses.code(&coder)
    try tiles.code(&coder)
  }
}
