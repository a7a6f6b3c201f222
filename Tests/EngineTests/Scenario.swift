import Engine
import Oracle
import Reports

/// One event as a test writes it.
struct Event: Equatable {
  var source = "a"
  var id: String
  var seconds: Int64
  var latitude = 42.36
  var longitude = -71.06
  var hasPlace = true
  var keywords = ["snow"]
  var text = ""
  var subject = ""
  var reporter: UInt64 = 0

  var place: Coordinate? { hasPlace ? Coordinate(latitude: latitude, longitude: longitude) : nil }
}

extension Event {
  /// What makes its witness one, by the rule of detection's L0.
  var witness: [String] {
    reporter != 0 ? ["\(reporter)"] : subject != "" ? [source, subject] : [source, "", id]
  }

  var plain: PlainReport {
    PlainReport(
      source: source, id: id, microseconds: seconds * 1_000_000, place: place, keywords: keywords, text: text, witness: witness)
  }
}

extension BatchOracle {
  /// The oracle of events as tests write them.
  init(_ events: [Event], _ settings: EngineSettings) { self.init(events.map(\.plain), settings) }
}

func makeBatch(_ events: some Sequence<Event>, firstSequence: UInt64 = 1, epoch: UInt64 = 1) -> ReportBatch {
  var batch = ReportBatch(
    producer: Array("test".utf8), epoch: Epoch(high: 0, low: epoch), firstSequence: firstSequence,
    receivedAt: Timestamp(seconds: 0))
  for event in events {
    for keyword in event.keywords { batch.keywords.append(batch.store(keyword.utf8)) }
    batch.appendReport(
      time: Timestamp(seconds: event.seconds), place: event.place, accuracyMeters: 0, reporter: event.reporter,
      source: batch.store(event.source.utf8), id: batch.store(event.id.utf8), subject: batch.store(event.subject.utf8),
      text: batch.store(event.text.utf8))
  }
  return batch
}

/// What a store would hold after every drain: the receiving end of `Changes`.
struct Store: Equatable {
  var clusters: [ClusterID: ClusterSummary] = [:]
  var merges: [ClusterID: ClusterID] = [:]
  var rollups: [PlainHour: [UInt64]] = [:]
  var keywords: [UInt32: String] = [:]
  var sources: [String: SourceLedger] = [:]
  var episodes: [ClusterID: EpisodeSummary] = [:]
  var incidents: [ClusterID: IncidentSummary] = [:]
  var incidentMerges: [ClusterID: ClusterID] = [:]
  var outages: [String: SourceOutage] = [:]
  var calibrations: [UInt32: CalibrationSummary] = [:]
  var history: [HistoryPoint] = []

  mutating func take(_ changes: Changes) {
    for name in changes.keywords { keywords[name.number] = String(decoding: name.text, as: UTF8.self) }
    for merge in changes.merges {
      clusters[merge.absorbed] = nil
      merges[merge.absorbed] = merge.into
    }
    for cluster in changes.clusters { clusters[cluster.id] = cluster }
    for rollup in changes.rollups {
      let key = PlainHour(
        keyword: keywords[rollup.keyword] ?? "?", cell: rollup.cell.rawValue, hour: Int64(rollup.hour))
      let old = rollups[key] ?? [0, 0]
      rollups[key] = [old[0] + UInt64(rollup.reportCount), old[1] + UInt64(rollup.witnessCount)]
    }
    for source in changes.sources { sources[String(decoding: source.name, as: UTF8.self)] = source }
    for episode in changes.episodes { episodes[episode.id] = episode }
    for merge in changes.incidentMerges {
      incidents[merge.absorbed] = nil
      incidentMerges[merge.absorbed] = merge.into
    }
    for incident in changes.incidents { incidents[incident.id] = incident }
    for outage in changes.outages { outages["\(outage.source) \(outage.startedAt.microseconds)"] = outage }
    history += changes.history
    for calibration in changes.calibrations { calibrations[calibration.profile] = calibration }
  }
}

/// Feeds events in batches of the given sizes, draining now and then, and gives the store and all verdicts.
func run(
  _ events: [Event], settings: EngineSettings, batchSizes: [Int] = [256], drainEvery: Int = 1
) -> (store: Store, verdicts: [Verdict]) {
  var engine = Engine(settings: settings)
  var store = Store()
  var verdicts: [Verdict] = []
  var start = 0
  var turn = 0
  while start < events.count {
    let end = min(events.count, start + batchSizes[turn % batchSizes.count])
    let position = UInt64(turn)
    verdicts += engine.apply(
      makeBatch(events[start..<end], firstSequence: UInt64(start + 1)), at: position..<position + 1)
    turn += 1
    if turn % drainEvery == 0 { store.take(engine.drain()) }
    start = end
  }
  store.take(engine.drain())
  return (store, verdicts)
}
