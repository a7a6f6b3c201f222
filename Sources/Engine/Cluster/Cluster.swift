import Reports

/// A component of core nodes with its border: a slot of the union-find forest.
struct Cluster {
  static let none = UInt32.max

  private(set) var keyword: UInt32
  /// The root's own slot or a slot nearer to the root.
  var parent: UInt32
  var id: ClusterID
  /// Its least core node, by bin and cell: what its id is made of.
  var leastBin: Int32
  var leastCell: CellID
  var lastCoreBin: Int32
  /// Live members, core and border, as a doubly linked list through the nodes.
  var firstMember = Node.none
  var lastMember = Node.none
  /// Slots that were merged into this one: given back with it.
  var absorbed: [UInt32] = []
  var isDirty = false
  var awaitsScore = false
  /// As of the last tick at which it had changed; nil while learning.
  var significance: Significance?
  var episode: ClusterID?
  /// The place of this root in the list of open clusters.
  var openIndex = 0
  /// What the members that have left the table came to.
  var settled = Accumulation()
  /// In units of 2⁻²⁰, so that sums do not depend on their order.
  var settledExpected: UInt64 = 0
  var settledNearDuplicateCount: UInt64 = 0
  /// What its settled part and its live members add up to, kept as they grow; not to be used where one of them has left for another
  /// cluster since, for extremes cannot be taken back, nor after it was read from a snapshot.
  var totals = PlaceTotals()
  var areTotalsStale = true
  /// The mark of its last point of history; zero before the first.
  var recordedMark: UInt64 = 0

  init(keyword: UInt32, slot: UInt32, id: ClusterID, bin: Int32, cell: CellID) {
    self.keyword = keyword
    parent = slot
    self.id = id
    leastBin = bin
    leastCell = cell
    lastCoreBin = bin
  }

  // MARK: State

  /// Its state, for a snapshot.
  mutating func code(_ coder: inout some StateCoder) throws(StateError) {
    try coder.code(&keyword)
    try coder.code(&parent)
    try coder.code(&id)
    try coder.code(&leastBin)
    try coder.code(&leastCell)
    try coder.code(&lastCoreBin)
    try coder.code(&firstMember)
    try coder.code(&lastMember)
    try coder.code(&absorbed)
    try coder.code(&isDirty)
    try coder.code(&awaitsScore)
    try coder.code(&significance)
    try coder.code(&episode)
    try coder.code(&openIndex)
    try settled.code(&coder)
    try coder.code(&settledExpected)
    try coder.code(&settledNearDuplicateCount)
    try coder.code(&recordedMark)
  }
}
