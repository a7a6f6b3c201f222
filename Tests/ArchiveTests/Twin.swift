import Archive
import Engine
import Reports

/// The store's slow honest twin: dictionaries, and sorting whenever asked.
struct Twin: Equatable {
  struct RollupKey: Hashable {
    var keyword: UInt32
    var cell: CellID
    var hour: Int32
  }

  var position: UInt64 = 0
  var watermark: Timestamp?
  var keywords: [UInt32: [UInt8]] = [:]
  var sources: [UInt32: SourceLedger] = [:]
  var producers: [UInt32: ProducerLedger] = [:]
  var clusters: [ClusterID: ClusterSummary] = [:]
  var merges: [ClusterID: ClusterID] = [:]
  var rollups: [RollupKey: [UInt64]] = [:]
  var episodes: [ClusterID: EpisodeSummary] = [:]
  var incidents: [ClusterID: IncidentSummary] = [:]
  var incidentMerges: [ClusterID: ClusterID] = [:]
  var outages: [SourceOutage] = []
  var calibrations: [UInt32: CalibrationSummary] = [:]

  mutating func apply(_ changes: Changes) {
    position = changes.throughPosition
    watermark = changes.watermark
    for name in changes.keywords { keywords[name.number] = name.text }
    for source in changes.sources { sources[source.number] = source }
    for producer in changes.producers { producers[producer.number] = producer }
    for merge in changes.merges {
      clusters[merge.absorbed] = nil
      merges[merge.absorbed] = merge.into
    }
    for summary in changes.clusters { clusters[summary.id] = summary }
    for rollup in changes.rollups {
      let key = RollupKey(keyword: rollup.keyword, cell: rollup.cell, hour: rollup.hour)
      let old = rollups[key] ?? [0, 0]
      rollups[key] = [old[0] + UInt64(rollup.reportCount), old[1] + UInt64(rollup.witnessCount)]
    }
    applyDetection(changes)
  }

  private mutating func applyDetection(_ changes: Changes) {
    for merge in changes.incidentMerges {
      incidents[merge.absorbed] = nil
      incidentMerges[merge.absorbed] = merge.into
      for (id, episode) in episodes where episode.incident == merge.absorbed { episodes[id]?.incident = merge.into }
      for (id, incident) in incidents where incident.explainedBy == merge.absorbed { incidents[id]?.explainedBy = merge.into }
    }
    for incident in changes.incidents { incidents[incident.id] = incident }
    for episode in changes.episodes { episodes[episode.id] = episode }
    for outage in changes.outages {
      outages.removeAll { $0.source == outage.source && $0.startedAt == outage.startedAt }
      outages.append(outage)
    }
    for calibration in changes.calibrations { calibrations[calibration.profile] = calibration }
  }

  /// The text of a report, a function of where it stands; every seventh is gone from the journal.
  static func sample(_ reference: ClusterSummary.SampleReference) -> (source: [UInt8], id: [UInt8], text: [UInt8])? {
    if reference.position % 7 == 0 { return nil }
    let name = "\(reference.position).\(reference.row)"
    return (Array("/source/\(name)".utf8), Array("id '\(name)'".utf8), Array("text \"\(name)\"".utf8))
  }

  func keyword(_ number: UInt32) -> String { String(decoding: keywords[number] ?? [], as: UTF8.self) }

  /// Every cluster's row, most recent first.
  var recent: [ClusterSummary] {
    clusters.values.sorted { ($1.lastReportAt, $0.id) < ($0.lastReportAt, $1.id) }
  }

  /// Every cluster's row, largest first.
  var largest: [ClusterSummary] {
    clusters.values.sorted {
      ($1.witnessCount, $1.reportCount, $0.openedAt, $0.id) < ($0.witnessCount, $0.reportCount, $1.openedAt, $1.id)
    }
  }

  /// Every episode, most recent first.
  var recentEpisodes: [EpisodeSummary] {
    episodes.values.sorted { ($1.lastReportAt, $0.id) < ($0.lastReportAt, $1.id) }
  }

  /// Every incident, most recent first.
  var recentIncidents: [IncidentSummary] {
    incidents.values.sorted { ($1.lastReportAt, $0.id) < ($0.lastReportAt, $1.id) }
  }

  /// The given ones, the least usual first.
  static func strongest<Summary>(
    _ summaries: [Summary], _ key: (Summary) -> (Significance, Timestamp, ClusterID)
  ) -> [Summary] {
    summaries.sorted { a, b in
      let ((left, leftOpened, leftID), (right, rightOpened, rightID)) = (key(a), key(b))
      return (right.recurrenceIntervalDays, right.observed, leftOpened, leftID)
        < (left.recurrenceIntervalDays, left.observed, rightOpened, rightID)
    }
  }

  /// What `rollups` lists, as tuples in words.
  func rollupLines(where isIncluded: (RollupKey) -> Bool = { _ in true }) -> [String] {
    rollups.keys.filter(isIncluded).sorted { a, b in
      let (left, right) = (keywords[a.keyword] ?? [], keywords[b.keyword] ?? [])
      if left != right { return left.lexicographicallyPrecedes(right) }
      return (a.hour, Int64(bitPattern: a.cell.rawValue)) < (b.hour, Int64(bitPattern: b.cell.rawValue))
    }.map { "\(keyword($0.keyword)) \($0.hour) \($0.cell) \(rollups[$0] ?? [])" }
  }
}

extension RollupRow {
  var line: String { "\(keyword) \(hour) \(cell) \([reportCount, witnessCount])" }
}

extension ClusterRow {
  /// Whether the row says what a summary says.
  func says(_ summary: ClusterSummary, keyword: String) -> Bool {
    id == summary.id && keywords == [keyword] && openedAt == summary.openedAt && lastReportAt == summary.lastReportAt
      && state == (summary.isClosed ? .closed : .open) && location == summary.centroid && boundingBox == summary.boundingBox
      && reportCount == summary.reportCount && witnessCount == summary.witnessCount && sourceCount == summary.sourceCount
      && cellCount == summary.cells.count && nearDuplicateCount == summary.nearDuplicateCount
      && significance == summary.significance && episode == summary.episode
  }
}
