import Reports

extension ClusterIndex {
  /// Moves everything that changed since the last drain into `changes`.
  ///
  /// - Complexity: O(n log n) of the dirty clusters' members; independent of what did not change.
  mutating func drain(into changes: inout Changes) {
    changes.rollups += departedRollups
    departedRollups.removeAll(keepingCapacity: true)
    for index in dirtyNodes {
      if let rollup = takeRollup(index) { changes.rollups.append(rollup) }
    }
    dirtyNodes.removeAll(keepingCapacity: true)
    changes.clusters += departedSummaries
    departedSummaries.removeAll(keepingCapacity: true)
    for slot in dirtyClusters where clusters[Int(slot)].isDirty && clusters[Int(slot)].parent == slot {
      clusters[Int(slot)].isDirty = false
      changes.clusters.append(summary(slot, isClosed: false))
    }
    dirtyClusters.removeAll(keepingCapacity: true)
    changes.merges += merges
    merges.removeAll(keepingCapacity: true)
  }

  /// A node's counts since they were last taken; nil where nothing came.
  mutating func takeRollup(_ index: UInt32) -> Changes.Rollup? {
    let node = nodes[index]
    guard node.isDirty else { return nil }
    nodes[index].drainedReportCount = node.reportCount
    nodes[index].drainedWitnessCount = node.witnessCount
    nodes[index].isDirty = false
    let start = Timestamp(microseconds: Int64(node.bin) * binMicroseconds)
    return Changes.Rollup(
      keyword: node.keyword, cell: node.cell, hour: Int32(start.bin(ofMicroseconds: 3_600_000_000)),
      reportCount: node.reportCount - node.drainedReportCount, witnessCount: node.witnessCount - node.drainedWitnessCount)
  }

  /// Reports of a node whose text nearly repeats another's; scaled where not all marks were kept.
  ///
  /// - Complexity: O(1), and once after its marks have changed O(n²) of them.
  mutating func nearDuplicateCount(_ index: UInt32) -> UInt64 {
    if !nodes[index].areNearDuplicatesCounted {
      evidence.sortMarks(nodes[index].marks, into: &marks)
      nodes[index].nearDuplicateCount = Gathering.nearDuplicates(marks, &leaders)
      nodes[index].areNearDuplicatesCounted = true
    }
    let node = nodes[index]
    return Gathering.scaled(node.nearDuplicateCount, markCount: node.marks.count, to: node.reportCount)
  }

  /// A cluster as it stands: its settled part and its live members.
  ///
  /// - Complexity: O(n log n) of its live members and its settled cells.
  mutating func summary(_ slot: UInt32, isClosed: Bool) -> ClusterSummary {
    addUp(slot)
    var nearDuplicates: UInt64 = 0
    for member in members { nearDuplicates += nearDuplicateCount(member.node) }
    let cluster = clusters[Int(slot)]
    let extent = sum.extent
    var result = ClusterSummary(
      id: cluster.id, keyword: cluster.keyword, openedAt: sum.totals.firstTime, lastReportAt: sum.totals.lastTime,
      isClosed: isClosed, centroid: extent.centroid, boundingBox: extent.box, reportCount: sum.totals.reportCount,
      witnessCount: sum.totals.witnessCount, sourceCount: UInt32(sum.sources.count),
      cells: sum.parts.map {
        ClusterSummary.CellCount(cell: $0.cell, reportCount: $0.reportCount, witnessCount: $0.witnessCount)
      },
      samples: sum.samples.map {
        ClusterSummary.SampleReference(time: $0.time, position: $0.position, row: $0.row)
      })
    result.significance = cluster.significance
    result.episode = cluster.episode
    result.nearDuplicateCount = cluster.settledNearDuplicateCount + nearDuplicates
    return result
  }

  /// Where a cluster lies in the mean, right across the antimeridian.
  mutating func centroid(ofCluster slot: UInt32) -> Coordinate {
    addUp(slot)
    return sum.centroid
  }

  /// Leaves a cluster's live members in `members`, and what they and its settled part add up to in `sum`.
  private mutating func addUp(_ slot: UInt32) {
    members.removeAll(keepingCapacity: true)
    var index = clusters[Int(slot)].firstMember
    while index != Node.none {
      members.append(Member(cell: nodes[index].cell, node: index))
      index = nodes[index].nextMember
    }
    // In the order of cells, so that what lies in one comes together.
    members.sort()
    sum.restart(with: clusters[Int(slot)].settled)
    for member in members { sum.add(nodes[member.node], evidence) }
    sum.normalize()
  }

  /// What a cluster's settled part and its live members add up to, without their evidence.
  ///
  /// - Complexity: O(1); O(live members) where one of them has left since.
  mutating func totals(ofCluster slot: UInt32) -> PlaceTotals {
    if clusters[Int(slot)].areTotalsStale {
      var totals = clusters[Int(slot)].settled.totals
      forEachMember(ofCluster: slot) { totals.add(nodes[$0]) }
      clusters[Int(slot)].totals = totals
      clusters[Int(slot)].areTotalsStale = false
    }
    return clusters[Int(slot)].totals
  }

  /// Calls `body` with every live member of a cluster.
  @inline(__always)
  func forEachMember(ofCluster slot: UInt32, _ body: (UInt32) -> Void) {
    var index = clusters[Int(slot)].firstMember
    while index != Node.none {
      body(index)
      index = nodes[index].nextMember
    }
  }
}
