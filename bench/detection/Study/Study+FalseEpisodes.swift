import Engine
package import Platform
import Reports

extension Study {
  /// Recurrence intervals that are checked, in bins.
  package static let recurrenceIntervals = [30.0, 50, 100, 200]
  /// The dial: well below the shortest interval that is checked.
  private static let falseAlarmsPerBin = 1.0 / 20

  /// Measured over stated false episodes of one null.
  package struct FalseEpisodes: Sendable {
    package var null: Null
    /// One run's episodes at each of `recurrenceIntervals`, run by run.
    package var counts: [[Int]]
    package var binsPerRun: Int

    /// Measured ÷ stated at one of the intervals, with the standard error between runs.
    package func ratio(_ index: Int) -> Estimate {
      let stated = Double(binsPerRun) / Study.recurrenceIntervals[index]
      return Estimate(counts.map { Double($0[index]) / stated })
    }
  }

  /// Runs the engine on a null and counts its episodes by the recurrence interval that it states at last.
  package func falseEpisodes(_ null: Null) throws(SystemError) -> FalseEpisodes {
    let settings = settings
    let counts = try parallelMap(settings.episodeRuns, threadCount: settings.threadCount) { run in
      Self.falseEpisodeCounts(null, seed: settings.seed + UInt64(run), settings: settings)
    }
    return FalseEpisodes(null: null, counts: counts, binsPerRun: settings.episodeBins)
  }

  private static func falseEpisodeCounts(_ null: Null, seed: UInt64, settings: StudySettings) -> [Int] {
    let engineSettings = EngineDriver.settings(null, falseAlarmsPerBin: falseAlarmsPerBin)
    var driver = EngineDriver(engineSettings, grid: StudyGrid(side: settings.side), seed: seed)
    var stream = NullStream(null, side: settings.side, seed: seed)
    for _ in 0..<settings.learnBins { _ = driver.advance(stream.next()) }
    let start = driver.now
    // By id: what is said last replaces what was said before, so an episode counts once.
    var intervals: [ClusterID: Double] = [:]
    for _ in 0..<settings.episodeBins {
      for episode in driver.advance(stream.next()).episodes where episode.firstSeenAt > start {
        intervals[episode.id] = episode.significance.recurrenceIntervalDays * EngineDriver.binsPerDay
      }
    }
    return recurrenceIntervals.map { limit in intervals.values.count { $0 >= limit } }
  }
}
