/// The nodes of one time bin, the pairs that make their witnesses distinct, and which of them are core. It goes as a
/// whole.
struct Bin {
  let number: Int32
  var firstNode = Node.none
  /// Pairs of a node and a witness.
  var witnesses = PairSet()
  /// Marks of the core nodes; most cells beside a node have none, and are not looked for.
  private var cores = PairSet()

  init(number: Int32) { self.number = number }

  private static func mark(_ keyword: UInt32, _ cell: CellID) -> UInt64 {
    let product = (cell.rawValue ^ UInt64(keyword) << 24).multipliedFullWidth(by: 0x9e37_79b9_7f4a_7c15)
    return product.high ^ product.low
  }

  mutating func addCore(_ keyword: UInt32, _ cell: CellID) { _ = cores.insert(Self.mark(keyword, cell)) }

  /// False only where a keyword has no core node in a cell.
  @inline(__always)
  func mayHaveCore(_ keyword: UInt32, _ cell: CellID) -> Bool { cores.contains(Self.mark(keyword, cell)) }

  // MARK: State

  /// Its state, for a snapshot.
  mutating func code(_ coder: inout some StateCoder) throws(StateError) {
    try coder.code(&firstNode)
    try witnesses.code(&coder)
    try cores.code(&coder)
  }
}
