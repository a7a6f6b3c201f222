import Reports

/// Letting go of what no report can reach any more.
extension ClusterIndex {
  /// Lets go of what the watermark has passed: clusters that nothing can reach any more, then bins that no scan needs.
  ///
  /// No admitted report can touch any of it, so when this is called changes no result.
  mutating func settle(watermark: Timestamp) {
    let bin = watermark.bin(ofMicroseconds: binMicroseconds)
    guard bin != closedAt else { return }
    closedAt = bin
    closeClusters(limit: Int32(clamping: bin - 2))
    let limit = Int32(clamping: bin - 1 - scanBins)
    while let first = bins.removeOldest(through: limit) {
      var index = first
      while index != Node.none {
        let next = nodes[index].nextInBin
        settleNode(index)
        index = next
      }
    }
  }

  private mutating func settleNode(_ index: UInt32) {
    if let rollup = takeRollup(index) { departedRollups.append(rollup) }
    let node = nodes[index]
    if node.cluster != Cluster.none {
      let slot = root(of: node.cluster)
      clusters[Int(slot)].settled.add(node, evidence)
      clusters[Int(slot)].settledExpected += node.expectedUnits
      clusters[Int(slot)].settledNearDuplicateCount += nearDuplicateCount(index)
      removeMember(index)
    }
    if node.isCore { coreCounts[Int(node.keyword)] -= 1 }
    unlink(node)
    evidence.removeAll(of: &nodes[index])
    nodes.remove(index)
  }

  private mutating func closeClusters(limit: Int32) {
    // From the end: the last takes the place of one that goes.
    for position in openRoots.indices.reversed() {
      let slot = openRoots[position]
      guard clusters[Int(slot)].lastCoreBin < limit else { continue }
      departedSummaries.append(summary(slot, isClosed: true))
      removeOpenRoot(slot)
      release(slot)
      freeClusters += clusters[Int(slot)].absorbed
      freeClusters.append(slot)
      clusters[Int(slot)].absorbed = []
      clusters[Int(slot)].settled = Accumulation()
      clusters[Int(slot)].isDirty = false
      clusters[Int(slot)].awaitsScore = false
    }
  }

  /// Lets the members of a closed cluster live on without it.
  private mutating func release(_ slot: UInt32) {
    var index = clusters[Int(slot)].firstMember
    while index != Node.none {
      let next = nodes[index].nextMember
      nodes[index].cluster = Cluster.none
      nodes[index].nextMember = Node.none
      nodes[index].previousMember = Node.none
      index = next
    }
    clusters[Int(slot)].firstMember = Node.none
    clusters[Int(slot)].lastMember = Node.none
  }

  /// The least position of a sample's batch; `.max` without any.
  var oldestPosition: UInt64 {
    var least = evidence.oldestPosition
    for cluster in clusters { for sample in cluster.settled.samples { least = min(least, sample.position) } }
    for summary in departedSummaries { for sample in summary.samples { least = min(least, sample.position) } }
    return least
  }
}
