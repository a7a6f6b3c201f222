import Reports

/// The nodes, their clusters and the rule that joins them (L1 of detection).
///
/// A node (keyword, cell, bin) is core once θ distinct witnesses stand in it. Two core nodes of one keyword are linked where
/// their cells are neighbours and their bins differ by at most one; a cluster is a connected component of core nodes. A node that is
/// not core but beside core nodes is border and belongs to the least of them, by bin and cell. Counts only grow and θ is
/// constant, so the clusters are a pure function of the reports, whatever their order (Ester et al. 1996 for core and border;
/// union-find: Tarjan 1975).
struct ClusterIndex: ~Copyable {
  /// One admitted report, as the index needs it.
  struct Sighting {
    var time: Timestamp
    var place: Coordinate?
    var source: UInt32
    /// What makes its witness one; nil where the report itself is the witness.
    var witness: UInt64?
    var sample: EvidencePool.Sample?
    var mark: EvidencePool.Mark
  }

  /// A node as a part of its cluster, in the order of cells.
  struct Member: Comparable {
    var cell: CellID
    var node: UInt32

    static func < (a: Self, b: Self) -> Bool { a.cell < b.cell }
  }

  /// The witness of a report that counts as none.
  static let nobody: UInt64 = 0

  let grid: CellGrid
  let binMicroseconds: Int64
  /// Bins that a node is kept for the scan after the watermark has passed it.
  let scanBins: Int64
  private let pairKey: SipHash.Key

  var nodes: NodeTable
  var evidence = EvidencePool()
  var clusters: [Cluster] = []
  var freeClusters: [UInt32] = []
  var openRoots: [UInt32] = []
  var bins = BinTable()
  /// The bin that a time was last found to lie in, and where it begins.
  private var recentBin = (start: Int64.max, number: Int32(0))
  /// The bin of the watermark when clusters were last closed: within one none more can be.
  var closedAt = Int64.min
  /// Live core nodes by keyword: where there are none, a new node needs no look around.
  var coreCounts: [UInt32] = []
  /// Heads of the lists of a keyword's live nodes.
  private var firstNodeOfKeyword: [UInt32] = []
  private var neighbors = NeighborCache()
  /// What lies around the node that is looked at, and what a keyword's tiles there are found by.
  private var around: [TileMap.Patch] = []
  private var aroundMarks: [UInt64] = []
  /// The clusters that a new core node joins.
  private var joining: [UInt32] = []
  /// Reports that are expected, and what was read for them, so that it is read.
  var prospects: [Prospect] = []
  var warmth: UInt64 = 0
  /// The members of the cluster that is summed up, and their sum: kept for the room that they take.
  var members: [Member] = []
  var sum = Accumulation()
  /// The marks of the node that is looked at, and the texts among them that repeat none.
  var marks: [EvidencePool.Mark] = []
  var leaders: [UInt64] = []
  /// Nodes with witnesses that the scan has not seen.
  var nodesAwaitingScan: [UInt32] = []
  /// Clusters that have changed since they were last scored.
  var clustersAwaitingScore: [UInt32] = []

  var dirtyNodes: [UInt32] = []
  var dirtyClusters: [UInt32] = []
  var merges: [Changes.Merge] = []
  /// Roll-ups of nodes and summaries of clusters that have left since the last drain.
  var departedRollups: [Changes.Rollup] = []
  var departedSummaries: [ClusterSummary] = []

  init(profile: Profile, key: SipHash.Key) {
    grid = CellGrid(cellMeters: profile.cellMeters)
    binMicroseconds = Int64(profile.binMinutes) * 60_000_000
    scanBins = Int64(profile.durationBins.last ?? 1) + 1
    pairKey = key
    nodes = NodeTable(key: key)
  }

  /// Cells and open clusters that are held.
  var liveNodeCount: Int { nodes.count }
  var openClusterCount: Int { openRoots.count }
  /// Bytes in use of the tables of nodes and of their evidence.
  var tableByteCount: Int { nodes.byteCount + evidence.byteCount }

  // MARK: Reports

  /// The bin that holds a time.
  @inline(__always)
  mutating func bin(of time: Timestamp) -> Int32 {
    if UInt64(bitPattern: time.microseconds &- recentBin.start) < UInt64(binMicroseconds) { return recentBin.number }
    let number = time.bin(ofMicroseconds: binMicroseconds)
    recentBin = (number * binMicroseconds, Int32(truncatingIfNeeded: number))
    return recentBin.number
  }

  /// Counts one report under one keyword.
  ///
  /// - Parameter detector: Only read; `inout`, because the compiler copies a borrowed field of the caller, retains and all.
  /// - Complexity: O(1) expected; O(neighbours) when its node becomes core or is new beside core nodes.
  mutating func add(_ sighting: Sighting, keyword: UInt32, name: ArraySlice<UInt8>, detector: inout Detector) {
    let bin = bin(of: sighting.time)
    let cell = sighting.place.map(grid.cell) ?? .nowhere
    let index =
      nodes.find(keyword: keyword, cell: cell, bin: bin)
      ?? makeNode(keyword: keyword, cell: cell, bin: bin, detector: &detector)
    let place = bins.insert(bin)
    let outcome = Self.take(
      sighting, into: &nodes[index], fingerprint: sighting.witness.map { fingerprint(index, $0) }, &bins[place].witnesses,
      &evidence)
    if outcome.becameDirty { dirtyNodes.append(index) }
    if outcome.awaitsScan { nodesAwaitingScan.append(index) }
    if outcome.cluster != Cluster.none, let place = sighting.place {
      let root = root(of: outcome.cluster)
      clusters[Int(root)].totals.add(
        time: sighting.time, latitude: place.latitudeE7, longitude: place.longitudeE7, bringsWitness: outcome.bringsWitness)
      markDirty(root)
    }
    if outcome.becomesCore { makeCore(index, name: name, detector: &detector) }
  }

  /// What a report makes of its node, beyond the node itself.
  private struct Outcome {
    var becameDirty = false
    var awaitsScan = false
    var becomesCore = false
    var bringsWitness = false
    var cluster = Cluster.none
  }

  /// Counts a report in its node, and keeps what it is evidence of.
  ///
  /// - Parameter fingerprint: Of its witness, as a pair with the node.
  @inline(__always)
  private static func take(
    _ sighting: Sighting, into node: inout Node, fingerprint: UInt64?, _ witnesses: inout PairSet, _ evidence: inout EvidencePool
  ) -> Outcome {
    var outcome = Outcome()
    node.add(
      time: sighting.time, latitude: sighting.place?.latitudeE7 ?? 0, longitude: sighting.place?.longitudeE7 ?? 0)
    var bringsWitness = sighting.witness != nobody
    if bringsWitness, let fingerprint { bringsWitness = witnesses.insert(fingerprint) }
    if node.witnessCount == .max { bringsWitness = false }
    evidence.addSource(sighting.source, bringsWitness: bringsWitness, to: &node.sources)
    if bringsWitness {
      node.witnessCount += 1
      if !node.awaitsScan { (node.awaitsScan, outcome.awaitsScan) = (true, true) }
    }
    if evidence.addMark(sighting.mark, to: &node.marks) { node.areNearDuplicatesCounted = false }
    if let sample = sighting.sample { evidence.addSample(sample, to: &node.samples) }
    if !node.isDirty { (node.isDirty, outcome.becameDirty) = (true, true) }
    outcome.becomesCore = !node.isCore && node.witnessCount >= node.coreThreshold && node.cell != .nowhere
    outcome.bringsWitness = bringsWitness
    outcome.cluster = node.cluster
    return outcome
  }

  private mutating func makeNode(keyword: UInt32, cell: CellID, bin: Int32, detector: inout Detector) -> UInt32 {
    let threshold = cell == .nowhere ? .max : detector.coreThreshold(keyword: keyword, cell: cell, bin: bin)
    let place = bins.insert(bin)
    var node = Node(keyword: keyword, cell: cell, bin: bin, coreThreshold: threshold)
    node.nextInBin = bins[place].firstNode
    while firstNodeOfKeyword.count <= Int(keyword) { firstNodeOfKeyword.append(Node.none) }
    node.nextOfKeyword = firstNodeOfKeyword[Int(keyword)]
    let index = nodes.insert(node)
    if node.nextOfKeyword != Node.none { nodes[node.nextOfKeyword].previousOfKeyword = index }
    firstNodeOfKeyword[Int(keyword)] = index
    bins[place].firstNode = index
    guard cell != .nowhere else { return index }
    bins[place].tiles.add(keyword, cell, isCore: false, seed: nodes.seed)
    if Int(keyword) < coreCounts.count, coreCounts[Int(keyword)] > 0 {
      // The least of them at once: a cluster that a node passes through on its way would be scored anew for nothing.
      var least = Node.none
      forEachNeighbor(of: index, .core) { core, clusters in
        let node = clusters.nodes[core]
        if node.isCore, least == Node.none || clusters.nodes[least].isAfter(bin: node.bin, cell: node.cell) { least = core }
      }
      if least != Node.none { offerCore(least, to: index, detector: &detector) }
    }
    return index
  }

  mutating func unlink(_ node: Node) {
    if node.previousOfKeyword == Node.none {
      firstNodeOfKeyword[Int(node.keyword)] = node.nextOfKeyword
    } else {
      nodes[node.previousOfKeyword].nextOfKeyword = node.nextOfKeyword
    }
    if node.nextOfKeyword != Node.none { nodes[node.nextOfKeyword].previousOfKeyword = node.previousOfKeyword }
  }

  /// Calls `body` with every live node of a keyword.
  func forEachNode(ofKeyword keyword: UInt32, _ body: (UInt32) -> Void) {
    guard Int(keyword) < firstNodeOfKeyword.count else { return }
    var index = firstNodeOfKeyword[Int(keyword)]
    while index != Node.none {
      body(index)
      index = nodes[index].nextOfKeyword
    }
  }

  /// The slots of the open clusters of a keyword, ascending.
  ///
  /// - Complexity: O(n log n) of the keyword's live nodes.
  mutating func openClusters(ofKeyword keyword: UInt32) -> [UInt32] {
    guard Int(keyword) < coreCounts.count, coreCounts[Int(keyword)] > 0 else { return [] }
    var slots: [UInt32] = []
    var index = firstNodeOfKeyword[Int(keyword)]
    while index != Node.none {
      let slot = nodes[index].isCore ? nodes[index].cluster : Cluster.none
      if slot != Cluster.none {
        let root = root(of: slot)
        if slots.last != root { slots.append(root) }
      }
      index = nodes[index].nextOfKeyword
    }
    slots.sort()
    var kept = 0
    for slot in slots where kept == 0 || slots[kept - 1] != slot {
      slots[kept] = slot
      kept += 1
    }
    slots.removeLast(slots.count - kept)
    return slots
  }

  /// A keyed mix, as of `NodeTable`: a witness is a keyed hash itself, so nobody can aim for collisions.
  func fingerprint(_ node: UInt32, _ witness: UInt64) -> UInt64 {
    let first = (witness ^ pairKey.first).multipliedFullWidth(by: 0x9e37_79b9_7f4a_7c15)
    let mixed = first.high ^ first.low ^ UInt64(node) &* 0xd6e8_feb8_6659_fd93
    let second = (mixed ^ pairKey.second).multipliedFullWidth(by: 0xa076_1d64_78bd_642f)
    return second.high ^ second.low
  }

  // MARK: Joining

  /// Which nodes are looked for around another.
  private enum Neighbors { case core, notCore }

  /// Calls `body` with the live nodes of the same keyword beside a node in place and time, either those that are core or the others.
  @inline(__always)
  private mutating func forEachNeighbor(
    of index: UInt32, _ wanted: Neighbors, _ body: (UInt32, inout ClusterIndex) -> Void
  ) {
    let (keyword, own, ownBin) = (nodes[index].keyword, nodes[index].cell, nodes[index].bin)
    neighbors.find(around: own, grid, into: &around)
    aroundMarks.removeAll(keepingCapacity: true)
    for patch in around { aroundMarks.append(patch.mark(keyword, seed: nodes.seed)) }
    for bin in (ownBin &- 1)...(ownBin &+ 1) {
      guard let place = bins.find(bin) else { continue }
      for position in around.indices {
        let patch = around[position]
        let known = bins[place].tiles.cells(aroundMarks[position])
        var found = (wanted == .core ? known >> 32 : known & ~(known >> 32)) & patch.cells
        while found != 0 {
          let cell = patch.cell(found.trailingZeroBitCount)
          found &= found &- 1
          if cell == own && bin == ownBin { continue }
          if let neighbor = nodes.find(keyword: keyword, cell: cell, bin: bin) { body(neighbor, &self) }
        }
      }
    }
  }

  /// Makes `candidate`'s cluster that of the border node `index`, where `candidate` is core and comes first.
  private mutating func offerCore(_ candidate: UInt32, to index: UInt32, detector: inout Detector) {
    let core = nodes[candidate]
    guard core.isCore, !nodes[index].isCore, nodes[index].prefersCore(bin: core.bin, cell: core.cell) else { return }
    moveMember(index, to: root(of: core.cluster), detector: &detector)
    nodes[index].coreBin = core.bin
    nodes[index].coreCell = core.cell
  }

  private mutating func makeCore(_ index: UInt32, name: ArraySlice<UInt8>, detector: inout Detector) {
    let keyword = Int(nodes[index].keyword)
    if keyword >= coreCounts.count { coreCounts.append(contentsOf: repeatElement(0, count: keyword + 1 - coreCounts.count)) }
    coreCounts[keyword] += 1
    nodes[index].isCore = true
    let place = bins.insert(nodes[index].bin)
    bins[place].tiles.add(nodes[index].keyword, nodes[index].cell, isCore: true, seed: nodes.seed)
    joining.removeAll(keepingCapacity: true)
    forEachNeighbor(of: index, .core) { neighbor, clusters in
      guard clusters.nodes[neighbor].isCore else { return }
      let root = clusters.root(of: clusters.nodes[neighbor].cluster)
      if !clusters.joining.contains(root) { clusters.join(root) }
    }
    let joined = joinAll()
    let (bin, cell) = (nodes[index].bin, nodes[index].cell)
    let slot = joined ?? open(keyword: UInt32(keyword), id: makeID(name, bin, cell), bin: bin, cell: cell)
    if joined != nil { extend(slot, bin: bin, cell: cell, name: name) }
    moveMember(index, to: slot, detector: &detector)
    nodes[index].cluster = slot
    forEachNeighbor(of: index, .notCore) { neighbor, clusters in
      clusters.offerCore(index, to: neighbor, detector: &detector)
    }
  }

  private mutating func open(keyword: UInt32, id: ClusterID, bin: Int32, cell: CellID) -> UInt32 {
    let slot = freeClusters.popLast() ?? UInt32(clusters.count)
    let cluster = Cluster(keyword: keyword, slot: slot, id: id, bin: bin, cell: cell)
    if Int(slot) == clusters.count { clusters.append(cluster) } else { clusters[Int(slot)] = cluster }
    clusters[Int(slot)].openIndex = openRoots.count
    openRoots.append(slot)
    return slot
  }

  /// Tells a cluster of a new core node, which may be its least.
  private mutating func extend(_ slot: UInt32, bin: Int32, cell: CellID, name: ArraySlice<UInt8>) {
    let cluster = clusters[Int(slot)]
    clusters[Int(slot)].lastCoreBin = max(cluster.lastCoreBin, bin)
    guard (bin, cell.rawValue) < (cluster.leastBin, cluster.leastCell.rawValue) else { return }
    let id = makeID(name, bin, cell)
    merges.append(Changes.Merge(absorbed: cluster.id, into: id))
    clusters[Int(slot)].id = id
    clusters[Int(slot)].leastBin = bin
    clusters[Int(slot)].leastCell = cell
  }

  /// Puts a root into `joining`, which is ascending by least core node.
  private mutating func join(_ root: UInt32) {
    let (bin, cell) = (clusters[Int(root)].leastBin, clusters[Int(root)].leastCell)
    var place = joining.count
    while place > 0, case let other = clusters[Int(joining[place - 1])], (bin, cell) < (other.leastBin, other.leastCell) {
      place -= 1
    }
    joining.insert(root, at: place)
  }

  /// Joins the roots in `joining`, all into the first; nil where there are none.
  private mutating func joinAll() -> UInt32? {
    for place in joining.indices.dropFirst() { _ = merge(joining[0], joining[place]) }
    return joining.first
  }

  /// Joins two roots; the one with the lesser core node keeps its id.
  private mutating func merge(_ first: UInt32, _ second: UInt32) -> UInt32 {
    guard first != second else { return first }
    let (a, b) = (clusters[Int(first)], clusters[Int(second)])
    let isFirstLeast = (a.leastBin, a.leastCell.rawValue) < (b.leastBin, b.leastCell.rawValue)
    let (kept, gone) = isFirstLeast ? (first, second) : (second, first)
    let absorbed = clusters[Int(gone)]
    clusters[Int(gone)].parent = kept
    merges.append(Changes.Merge(absorbed: absorbed.id, into: clusters[Int(kept)].id))
    clusters[Int(kept)].lastCoreBin = max(a.lastCoreBin, b.lastCoreBin)
    clusters[Int(kept)].settled.add(absorbed.settled)
    clusters[Int(kept)].settledExpected += absorbed.settledExpected
    clusters[Int(kept)].settledNearDuplicateCount += absorbed.settledNearDuplicateCount
    clusters[Int(kept)].totals.add(absorbed.totals)
    if absorbed.areTotalsStale { clusters[Int(kept)].areTotalsStale = true }
    clusters[Int(gone)].settled = Accumulation()
    clusters[Int(kept)].absorbed += absorbed.absorbed
    clusters[Int(kept)].absorbed.append(gone)
    clusters[Int(gone)].absorbed = []
    if absorbed.firstMember != Node.none {
      if clusters[Int(kept)].lastMember == Node.none {
        clusters[Int(kept)].firstMember = absorbed.firstMember
      } else {
        nodes[clusters[Int(kept)].lastMember].nextMember = absorbed.firstMember
        nodes[absorbed.firstMember].previousMember = clusters[Int(kept)].lastMember
      }
      clusters[Int(kept)].lastMember = absorbed.lastMember
    }
    removeOpenRoot(gone)
    markDirty(kept)
    return kept
  }

  mutating func removeOpenRoot(_ slot: UInt32) {
    let position = clusters[Int(slot)].openIndex
    let last = openRoots.removeLast()
    if last != slot {
      openRoots[position] = last
      clusters[Int(last)].openIndex = position
    }
  }

  /// The root of a slot, with path halving.
  mutating func root(of slot: UInt32) -> UInt32 {
    var slot = slot
    while clusters[Int(slot)].parent != slot {
      clusters[Int(slot)].parent = clusters[Int(clusters[Int(slot)].parent)].parent
      slot = clusters[Int(slot)].parent
    }
    return slot
  }

  mutating func markDirty(_ slot: UInt32) {
    awaitScore(slot)
    guard !clusters[Int(slot)].isDirty else { return }
    clusters[Int(slot)].isDirty = true
    dirtyClusters.append(slot)
  }

  private mutating func awaitScore(_ slot: UInt32) {
    guard !clusters[Int(slot)].awaitsScore else { return }
    clusters[Int(slot)].awaitsScore = true
    clustersAwaitingScore.append(slot)
  }

  private func makeID(_ name: ArraySlice<UInt8>, _ bin: Int32, _ cell: CellID) -> ClusterID {
    var hasher = SipHash(key: .published)
    hasher.combine(name.span)
    hasher.combine(UInt64(name.count))
    hasher.combine(UInt64(bitPattern: Int64(bin) * binMicroseconds))
    hasher.combine(cell.rawValue)
    return ClusterID(rawValue: hasher.finish())
  }

  // MARK: Members

  /// Puts a node at the end of a cluster's list, after taking it out of the one that it was in.
  private mutating func moveMember(_ index: UInt32, to slot: UInt32, detector: inout Detector) {
    if nodes[index].cluster == Cluster.none {
      let node = nodes[index]
      nodes[index].expected = Float(detector.expectedCount(keyword: node.keyword, cell: node.cell, bin: node.bin))
    }
    let before = nodes[index].cluster == Cluster.none ? Cluster.none : root(of: nodes[index].cluster)
    if before != slot {
      if before != Cluster.none { clusters[Int(before)].areTotalsStale = true }
      clusters[Int(slot)].totals.add(nodes[index])
    }
    removeMember(index)
    let last = clusters[Int(slot)].lastMember
    nodes[index].previousMember = last
    nodes[index].nextMember = Node.none
    if last == Node.none { clusters[Int(slot)].firstMember = index } else { nodes[last].nextMember = index }
    clusters[Int(slot)].lastMember = index
    nodes[index].cluster = slot
    markDirty(slot)
  }

  mutating func removeMember(_ index: UInt32) {
    guard nodes[index].cluster != Cluster.none else { return }
    let slot = root(of: nodes[index].cluster)
    let (previous, next) = (nodes[index].previousMember, nodes[index].nextMember)
    if previous == Node.none { clusters[Int(slot)].firstMember = next } else { nodes[previous].nextMember = next }
    if next == Node.none { clusters[Int(slot)].lastMember = previous } else { nodes[next].previousMember = previous }
    nodes[index].cluster = Cluster.none
    markDirty(slot)
  }

  // MARK: State

  /// Its state, for a snapshot.
  mutating func code(_ coder: inout some StateCoder) throws(StateError) {
    try nodes.code(&coder)
    try evidence.code(&coder)
    let cluster = Cluster(keyword: 0, slot: 0, id: ClusterID(rawValue: 0), bin: 0, cell: .nowhere)
    try coder.code(&clusters, new: cluster) { (cluster, coder) throws(StateError) in try cluster.code(&coder) }
    try coder.code(&freeClusters)
    try coder.code(&openRoots)
    try bins.code(&coder)
    try coder.code(&coreCounts)
    try coder.code(&firstNodeOfKeyword)
    try coder.code(&nodesAwaitingScan)
    try coder.code(&clustersAwaitingScore)
    try coder.code(&dirtyNodes)
    try coder.code(&dirtyClusters)
    try coder.code(&merges)
    try coder.code(&departedRollups)
    try coder.code(&departedSummaries, new: .blank) { (summary, coder) throws(StateError) in try summary.code(&coder) }
  }
}
