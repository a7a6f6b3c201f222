/// The nodes of one time bin, the pairs that make their witnesses distinct, and where they lie. It goes as a whole.
struct Bin {
  private(set) var number: Int32
  var firstNode = Node.none
  /// Pairs of a node and a witness.
  var witnesses = PairSet()
  var tiles = TileMap()

  init(number: Int32) { self.number = number }

  /// Becomes another bin, which is empty; the room for its pairs and tiles is used again.
  mutating func begin(_ number: Int32) {
    self.number = number
    firstNode = Node.none
    witnesses.removeAll()
    tiles.removeAll()
  }

  // MARK: State

  /// Its state, for a snapshot.
  mutating func code(_ coder: inout some StateCoder) throws(StateError) {
    try coder.code(&firstNode)
    try witnesses.code(&coder)
    try tiles.code(&coder)
  }
}
