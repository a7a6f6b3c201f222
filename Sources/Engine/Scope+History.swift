import Reports

/// What of a scope's clusters goes into the history.
extension Scope {
  /// Notes the clusters that have changed since the last tick, and those that were merged.
  ///
  /// - Parameter slots: Of clusters; those that say what they said before are left out.
  mutating func record(_ slots: [UInt32], at now: Timestamp, into log: inout HistoryLog) {
    noteMerges()
    for merge in mergesToRecord { log.append(HistoryPoint(.cluster, merge, at: now)) }
    mergesToRecord.removeAll(keepingCapacity: true)
    for slot in slots where index.clusters[Int(slot)].parent == slot {
      let point = point(ofCluster: slot, at: now)
      let mark = point.mark
      guard index.clusters[Int(slot)].recordedMark != mark else { continue }
      index.clusters[Int(slot)].recordedMark = mark
      log.append(point)
    }
  }

  /// Notes the clusters that were closed and have not been given out yet, from an index on.
  func recordClosed(from start: Int, at now: Timestamp, into log: inout HistoryLog) {
    for summary in index.departedSummaries[start...] { log.append(HistoryPoint(summary, at: now)) }
  }

  /// Keeps what was merged until the next tick, beside what is given out to the store.
  private mutating func noteMerges() {
    mergesToRecord += index.merges[notedMergeCount...]
    notedMergeCount = index.merges.count
  }

  /// Moves what has changed into `changes`.
  mutating func drain(into changes: inout Changes) {
    noteMerges()
    index.drain(into: &changes)
    notedMergeCount = 0
  }

  /// A cluster as it stands, without what only its evidence tells.
  private func point(ofCluster slot: UInt32, at now: Timestamp) -> HistoryPoint {
    let cluster = index.clusters[Int(slot)]
    var total = cluster.settled.places
    var member = cluster.firstMember
    while member != Node.none {
      total.addPlace(index.nodes[member])
      member = index.nodes[member].nextMember
    }
    total.normalize()
    var point = HistoryPoint(.cluster, cluster.id, at: now, state: .open)
    point.keyword = cluster.keyword
    (point.openedAt, point.lastReportAt) = (total.firstTime, total.lastTime)
    point.centroid = total.centroid
    for part in total.parts {
      point.reportCount += part.reportCount
      point.witnessCount += part.witnessCount
    }
    point.significance = cluster.significance
    point.above = cluster.episode
    return point
  }
}
