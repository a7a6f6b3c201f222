import Configuration
import Engine
import Reports

/// One configuration's half of a backtest: an engine and what it has said of incidents, folded as a store would fold it.
struct BacktestRun: ~Copyable {
  private static let drainEventCount = 1 << 16

  private var engine: Engine
  private var names: [UInt32: String] = [:]
  private var incidents: [ClusterID: IncidentSummary] = [:]
  private var calibrations: [UInt32: CalibrationSummary] = [:]
  private var undrainedCount = 0
  private(set) var ledger = Ledger()
  /// Times of the first and the last report that was accepted; nil without one.
  private(set) var span: ClosedRange<Timestamp>?

  init(_ configuration: Configuration, identityKey: SipHash.Key) {
    var settings = configuration.engine
    settings.identityKey = identityKey
    engine = Engine(settings: settings)
  }

  mutating func apply(_ batch: ReportBatch, at range: Range<UInt64>) {
    for (row, verdict) in engine.apply(batch, at: range).enumerated() {
      ledger.count(verdict)
      guard case .accepted = verdict else { continue }
      let time = batch.times[row]
      span = span.map { min($0.lowerBound, time)...max($0.upperBound, time) } ?? time...time
    }
    undrainedCount += batch.count
    if undrainedCount >= Self.drainEventCount { drain() }
  }

  /// Takes what has changed; incidents that were joined go to the one that holds them.
  mutating func drain() {
    undrainedCount = 0
    let changes = engine.drain()
    for name in changes.keywords { names[name.number] = String(decoding: name.text, as: UTF8.self) }
    for merge in changes.incidentMerges { incidents[merge.absorbed] = nil }
    for incident in changes.incidents { incidents[incident.id] = incident }
    for calibration in changes.calibrations { calibrations[calibration.profile] = calibration }
  }

  /// Whether some profile has not seen enough to alert.
  var isLearning: Bool { calibrations.values.contains(where: \.isLearning) }

  /// What was alerted, by the time of the alert. Complete after `drain`.
  var alerts: [BacktestAlert.Side] {
    incidents.values.compactMap { incident in
      guard let alertedAt = incident.alertedAt else { return nil }
      return BacktestAlert.Side(
        incident: incident, alertedAt: alertedAt, keywords: incident.keywords.map { names[$0] ?? "" })
    }.sorted { ($0.alertedAt, $0.incident.id) < ($1.alertedAt, $1.incident.id) }
  }
}
