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

  /// Reports of a node whose text nearly repeats another's.
  func nearDuplicateCount(_ node: Node) -> UInt64 {
    var marks: [EvidencePool.Mark] = []
    evidence.forEachMark(node.firstMark) { marks.append($0) }
    return Gathering.nearDuplicates(marks, of: node.reportCount)
  }

  /// A cluster as it stands: its settled part and its live members.
  func summary(_ slot: UInt32, isClosed: Bool) -> ClusterSummary {
    let cluster = clusters[Int(slot)]
    var total = cluster.settled
    var nearDuplicates: UInt64 = 0
    var index = cluster.firstMember
    while index != Node.none {
      total.add(nodes[index], evidence)
      nearDuplicates += nearDuplicateCount(nodes[index])
      index = nodes[index].nextMember
    }
    total.normalize()
    let extent = total.extent
    var result = ClusterSummary(
      id: cluster.id, keyword: cluster.keyword, openedAt: total.firstTime, lastReportAt: total.lastTime, isClosed: isClosed,
      centroid: extent.centroid, boundingBox: extent.box, reportCount: total.parts.reduce(0) { $0 + $1.reportCount },
      witnessCount: total.parts.reduce(0) { $0 + $1.witnessCount }, sourceCount: UInt32(total.sources.count),
      cells: total.parts.map {
        ClusterSummary.CellCount(cell: $0.cell, reportCount: $0.reportCount, witnessCount: $0.witnessCount)
      },
      samples: total.samples.map {
        ClusterSummary.SampleReference(time: $0.time, position: $0.position, row: $0.row)
      })
    result.significance = cluster.significance
    result.episode = cluster.episode
    result.nearDuplicateCount = cluster.settledNearDuplicateCount + nearDuplicates
    return result
  }
}
