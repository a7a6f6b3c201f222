import Configuration
import Decode
import Engine
import JSON
import Oracle
import Platform
import Reports
import SQLite
import Wire

/// The same events told to the engine, to the whole service behind its socket, and to the slow oracle that the tests hold the engine
/// against: one hash of each for verdicts, clusters and roll-ups, and the run fails where they differ.
enum OracleStage {
  private static let batchSize = 256
  /// Batches between two drains, and from one batch that is told to the engine twice to the next.
  private static let drainCount = 16

  /// - Parameters:
  ///   - stream: shorter than the window of deduplication, and without a season.
  ///   - name: what the stream is called.
  ///   - isCanary: has the oracle take more witnesses for a core, and leaves its last report out: then the run is to fail.
  static func run(
    _ stream: EventStream, name: String, hasSeason: Bool, isCanary: Bool, folder: String, into report: inout BenchReport
  ) throws {
    var configuration = BenchStore.configuration
    configuration.engine.profiles[0].hasSeason = hasSeason
    let settings = BenchStore.engineSettings(of: configuration)
    var told = settings
    told.minimumWitnesses += isCanary ? 1 : 0
    var reports = try (0..<stream.count).map { try PlainReport(line: stream.bytes[stream.range($0..<$0 + 1)]) }
    if isCanary { reports.removeLast() }
    var oracle = BatchOracle([], told)
    var clusters: Set<PlainCluster> = []
    let usage = Usage.of {
      oracle = BatchOracle(reports, told)
      clusters = oracle.clusters()
    }
    report.add(name, "oracle", verdicts: oracle.verdicts, clusters: clusters, hours: oracle.hours)
    let engine = try engine(stream, settings)
    report.add(name, "engine", verdicts: engine.verdicts, clusters: engine.clusters, hours: engine.hours)
    let served = try PathStage.serve(
      Puts(stream, batchSize: batchSize), folder: folder + "/oracle", configuration: configuration, eventsPerSecond: nil)
    report.add("verdicts of \(name)", "path", served.fold.value)
    let store = try Connection(path: folder + "/oracle/summaries.sqlite", mode: .readOnly)
    report.add("clusters of \(name)", "path", PlainLines.hash(try PlainLines.clusters(in: store)))
    report.add("roll-ups of \(name)", "path", PlainLines.hash(try PlainLines.hours(in: store)))
    report.add(Figure("oracle, \(name)", "CPU of the oracle", "ns/event", usage.cpuNanoseconds(per: stream.count)))
    report.add(Figure("oracle, \(name)", "events", "events", Double(stream.count)))
    report.add(Figure("oracle, \(name)", "clusters", "clusters", Double(clusters.count)))
    report.add(Figure("oracle, \(name)", "clusters of several cells", "clusters", Double(clusters.count { $0.cells.count > 1 })))
    report.add(Figure("oracle, \(name)", "clusters that are closed", "clusters", Double(clusters.count(where: \.isClosed))))
    report.add(Figure("oracle, \(name)", "roll-ups", "rows", Double(oracle.hours.count)))
    report.add(Figure("oracle, \(name)", "greatest θ", "witnesses", Double(oracle.greatestThreshold)))
    report.add(Figure("oracle, \(name)", "duplicates", "events", Double(oracle.verdicts.count { $0 == .duplicateOfIdentity })))
    report.add(Figure("oracle, \(name)", "late", "events", Double(oracle.verdicts.count { $0 == .late })))
    report.add(Figure("oracle, \(name)", "refused", "events", Double(oracle.verdicts.count { $0.isRejection })))
  }

  private typealias Outcome = (verdicts: [Verdict], clusters: Set<PlainCluster>, hours: [PlainHour: [UInt64]])

  /// What an engine gives out, added up as a store adds it up.
  private static func engine(_ stream: EventStream, _ settings: EngineSettings) throws -> Outcome {
    var engine = Engine(settings: settings)
    var decoder = try BenchStore.decoder()
    var keywords: [UInt32: String] = [:]
    var clusters: [ClusterID: ClusterSummary] = [:]
    var outcome: Outcome = ([], [], [:])
    func take(_ changes: Changes) {
      for name in changes.keywords { keywords[name.number] = String(decoding: name.text, as: UTF8.self) }
      for merge in changes.merges { clusters[merge.absorbed] = nil }
      for cluster in changes.clusters { clusters[cluster.id] = cluster }
      for rollup in changes.rollups {
        let hour = PlainHour(
          keyword: keywords[rollup.keyword] ?? "?", cell: rollup.cell.rawValue, hour: Int64(rollup.hour))
        let old = outcome.hours[hour] ?? [0, 0]
        outcome.hours[hour] = [old[0] + UInt64(rollup.reportCount), old[1] + UInt64(rollup.witnessCount)]
      }
    }
    for (index, events) in stream.batches(of: batchSize).enumerated() {
      var batch = BenchStore.batch(at: events.lowerBound)
      let body = stream.bytes.span.extracting(stream.range(events))
      try decoder.decode(body, format: .ndjson, expectedCount: events.count, into: &batch)
      outcome.verdicts += engine.apply(batch, at: UInt64(2 * index)..<UInt64(2 * index) + 1)
      guard index % drainCount == drainCount - 1 else { continue }
      let again = engine.apply(batch, at: UInt64(2 * index) + 1..<UInt64(2 * index) + 2)
      try BenchFailure.unless(
        again.allSatisfy { $0 == .duplicateOfCursor }, "a batch that came again was not told by its sequences")
      take(engine.drain())
    }
    take(engine.drain())
    outcome.clusters = Set(clusters.values.map { PlainCluster($0, keyword: keywords[$0.keyword] ?? "?") })
    return outcome
  }
}

extension BenchReport {
  fileprivate mutating func add(
    _ name: String, _ stage: String, verdicts: [Verdict], clusters: Set<PlainCluster>, hours: [PlainHour: [UInt64]]
  ) {
    var fold = Fold()
    for verdict in verdicts { fold.add(EventException(sequence: 1, verdict)) }
    add("verdicts of \(name)", stage, fold.value)
    add("clusters of \(name)", stage, PlainLines.hash(clusters.map(PlainLines.line)))
    add("roll-ups of \(name)", stage, PlainLines.hash(hours.map { PlainLines.line($0.key, $0.value) }))
  }
}
