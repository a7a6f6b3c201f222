package import Engine
package import Platform
import Reports

extension Study {
  /// What somebody does to a stream in which nothing new happens.
  package enum Disturbance: String, CaseIterable, Sendable {
    /// The stream as it is: what the others are compared with.
    case none = "nothing"
    /// One reporter sends 100,000 reports into one node.
    case floodOfReporter = "100,000 reports of one reporter"
    /// A source whose reports are one witness sends 100,000 of them into one node.
    case floodOfSource = "100,000 reports of a staff source"
    /// The same from a source whose every report counts: cannot be told from an event, except by its robust interval.
    case floodOfEvents = "100,000 reports, each a witness"
    /// Every event comes twice.
    case resent = "every event sent twice"
    /// Every report is written twice, under another id by the same reporter.
    case rewritten = "every report entered twice"
  }

  /// The episodes of a disturbed stream.
  package struct Disturbed: Sendable {
    package var disturbance: Disturbance
    /// Ids ascending.
    package var episodes: [ClusterID]
    /// The longest robust recurrence interval, in bins, of those that touch the flooded bin; zero where none does.
    package var floodedRobustBins: Double
  }

  /// Runs one and the same Poisson stream with each of some disturbances.
  package func disturbed(_ all: [Disturbance] = Disturbance.allCases) throws(SystemError) -> [Disturbed] {
    let settings = settings
    return try parallelMap(all.count, threadCount: settings.threadCount) { index in
      var run = DisturbedRun(all[index], settings: settings)
      return run.finish()
    }
  }
}

/// One run of the engine over a disturbed stream.
private struct DisturbedRun: ~Copyable {
  private static let batchCount = 4_096
  private static let measuredBins = 200
  private static let falseAlarmsPerBin = 1.0 / 20

  private let disturbance: Study.Disturbance
  private let settings: StudySettings
  private let grid: StudyGrid
  private var engine: Engine
  private var random: Random
  private var serial: UInt64 = 0
  private var sequence: UInt64 = 1
  private var position: UInt64 = 0
  private var last: [ClusterID: EpisodeSummary] = [:]

  init(_ disturbance: Study.Disturbance, settings: StudySettings) {
    self.disturbance = disturbance
    self.settings = settings
    grid = StudyGrid(side: settings.side)
    var engineSettings = EngineDriver.settings(.poisson, falseAlarmsPerBin: Self.falseAlarmsPerBin)
    engineSettings.sources = [SourceRule(prefix: "staff", role: .staff, witness: .source)]
    engine = Engine(settings: engineSettings)
    random = Random(seed: settings.seed, stream: 4)
  }

  mutating func finish() -> Study.Disturbed {
    var stream = NullStream(.poisson, side: settings.side, seed: settings.seed)
    let floodBin = settings.learnBins + Self.measuredBins / 2
    for bin in 0..<settings.learnBins + Self.measuredBins {
      advance(bin, stream.next(), isFlooded: bin == floodBin)
    }
    let start = Self.time(floodBin, 0)
    let end = Self.time(floodBin + 1, 0)
    let flooded = last.values.filter { $0.firstSeenAt > start && $0.openedAt < end && $0.lastReportAt >= start }
    return Study.Disturbed(
      disturbance: disturbance, episodes: last.keys.sorted(),
      floodedRobustBins: (flooded.map(\.significance.recurrenceIntervalRobustDays).max() ?? 0) * EngineDriver.binsPerDay)
  }

  private static func time(_ bin: Int, _ microseconds: Int64) -> Timestamp {
    Timestamp(microseconds: EngineDriver.epoch.microseconds + Int64(bin) * EngineDriver.binMicroseconds + microseconds)
  }

  private mutating func advance(_ bin: Int, _ counts: [Int], isFlooded: Bool) {
    var cells: [Int] = []
    for (cell, count) in counts.enumerated() { for _ in 0..<count { cells.append(cell) } }
    random.shuffle(&cells)
    var reports = builder(bin)
    let step = EngineDriver.binMicroseconds / Int64(cells.count + 2)
    for (index, cell) in cells.enumerated() {
      let time = Self.time(bin, Int64(index + 1) * step)
      serial += 1
      reports.append(serial: serial, time: time, place: grid.places[cell], reporter: serial)
      // Twice the same, or another id by the same reporter.
      if disturbance == .resent { reports.append(serial: serial, time: time, place: grid.places[cell], reporter: serial) }
      if disturbance == .rewritten {
        reports.append(serial: serial | 1 << 62, time: time, place: grid.places[cell], reporter: serial)
      }
    }
    apply(reports.batch)
    if isFlooded { flood(bin) }
    serial += 1
    var end = builder(bin)
    end.appendTime(serial: serial, time: Self.time(bin + 1, 0))
    apply(end.batch)
  }

  private func builder(_ bin: Int, source: String = "study") -> ReportBuilder {
    ReportBuilder(firstSequence: sequence, at: Self.time(bin, 0), source: source)
  }

  /// In the last microsecond of a bin, so that it takes nothing else's turn.
  private mutating func flood(_ bin: Int) {
    let source: String
    switch disturbance {
    case .none, .resent, .rewritten: return
    case .floodOfReporter, .floodOfEvents: source = "flood"
    case .floodOfSource: source = "staff-flood"
    }
    let time = Self.time(bin + 1, -1)
    for start in stride(from: 0, to: settings.floodCount, by: Self.batchCount) {
      var reports = builder(bin, source: source)
      for index in start..<min(start + Self.batchCount, settings.floodCount) {
        reports.append(
          serial: UInt64(index) | 1 << 63, time: time, place: grid.places[grid.places.count / 2],
          reporter: disturbance == .floodOfReporter ? .max : 0)
      }
      apply(reports.batch)
    }
  }

  private mutating func apply(_ batch: ReportBatch) {
    _ = engine.apply(batch, at: position..<position + 1)
    position += 1
    sequence += UInt64(batch.count)
    for episode in engine.drain().episodes { last[episode.id] = episode }
  }
}
