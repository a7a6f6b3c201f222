import Reports

/// What of a scope's clusters goes into the history.
extension Scope {
  /// Notes the clusters that have changed since the last tick, but for those that say what they said before, and those that were merged.
  mutating func record(at now: Timestamp, into log: inout HistoryLog) {
    noteMerges()
    for merge in mergesToRecord { log.append(HistoryPoint(.cluster, merge, at: now)) }
    mergesToRecord.removeAll(keepingCapacity: true)
    for (slot, totals) in scored where index.clusters[Int(slot)].parent == slot {
      let point = point(ofCluster: slot, totals, at: now)
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
  private mutating func point(ofCluster slot: UInt32, _ totals: PlaceTotals, at now: Timestamp) -> HistoryPoint {
    let cluster = index.clusters[Int(slot)]
    var point = HistoryPoint(.cluster, cluster.id, at: now, state: .open)
    point.keyword = cluster.keyword
    (point.openedAt, point.lastReportAt) = (totals.firstTime, totals.lastTime)
    point.centroid = totals.centroid ?? index.centroid(ofCluster: slot)
    (point.reportCount, point.witnessCount) = (totals.reportCount, totals.witnessCount)
    point.significance = cluster.significance
    point.above = cluster.episode
    return point
  }
}
