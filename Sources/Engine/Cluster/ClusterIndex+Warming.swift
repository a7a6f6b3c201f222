import Reports

/// Reading ahead: what many reports will touch is asked for at once, pass by pass, so that the waits for memory overlap.
extension ClusterIndex {
  /// Where a report will be counted, as far as it is known before those ahead of it are.
  struct Prospect {
    var keyword: UInt32
    var cell: CellID
    var bin: Int32
    var witness: UInt64?
    var node = Node.none
  }

  /// Notes a report that is to come.
  @inline(__always)
  mutating func expect(_ time: Timestamp, _ place: Coordinate?, keyword: UInt32, witness: UInt64?) {
    prospects.append(
      Prospect(keyword: keyword, cell: place.map(grid.cell) ?? .nowhere, bin: bin(of: time), witness: witness))
  }

  /// Reads what those that are expected will touch, and expects nobody any more. It changes nothing that shows.
  ///
  /// - Complexity: O(expected reports).
  mutating func warm() {
    var sum: UInt64 = 0
    for prospect in prospects { sum &+= nodes.home(keyword: prospect.keyword, cell: prospect.cell, bin: prospect.bin) }
    for index in prospects.indices {
      let prospect = prospects[index]
      guard let node = nodes.find(keyword: prospect.keyword, cell: prospect.cell, bin: prospect.bin) else { continue }
      prospects[index].node = node
      // Where a node ends lies in another line than where it begins.
      sum &+= UInt64(truncatingIfNeeded: nodes[node].lastTime.microseconds) &+ UInt64(nodes[node].previousOfKeyword)
    }
    for prospect in prospects where prospect.node != Node.none {
      let node = prospect.node
      sum &+= evidence.glance(at: nodes[node])
      if nodes[node].cluster != Cluster.none { sum &+= UInt64(clusters[Int(nodes[node].cluster)].parent) }
      if let witness = prospect.witness, let place = bins.find(prospect.bin) {
        sum &+= bins[place].witnesses.home(fingerprint(node, witness))
      }
    }
    prospects.removeAll(keepingCapacity: true)
    warmth = sum
  }
}
