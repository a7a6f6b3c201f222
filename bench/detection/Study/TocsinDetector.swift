package import Engine
import Glibc
package import Reports

/// Tocsin as one method among others: its score of a bin is the logarithm of the longest recurrence interval of that bin's windows.
///
/// An episode keeps a window only where it is its best of that place and duration. Where it was seen in a bin and has no window of
/// that bin, some window of an earlier bin was as good: the bin then gets the episode's best, which errs against Tocsin.
///
/// The engine only speaks of windows that its dial lets through, so the dial is loose here and the threshold decides. Intervals
/// are nominal: thresholds are found on the null, for all methods alike, so a factor that all of them share changes nothing.
package struct TocsinDetector: ~Copyable, DayDetector {
  private var driver: EngineDriver

  /// A detector that has seen nothing, with a false episode every `dialBins` bins for its dial.
  package init(_ null: Null, dialBins: Int, grid: StudyGrid, seed: UInt64) {
    let settings = EngineDriver.settings(null, falseAlarmsPerBin: 1 / Double(dialBins))
    driver = EngineDriver(settings, grid: grid, seed: seed)
  }

  package mutating func score(day counts: [Int]) -> Double {
    let start = driver.now
    let changes = driver.advance(counts)
    return Self.score(changes.episodes, after: start)
  }

  /// ln of the longest nominal interval, in bins, of what was seen after `start`; −∞ where nothing was.
  package static func score(_ episodes: [EpisodeSummary], after start: Timestamp) -> Double {
    var longest = 0.0
    for episode in episodes where episode.lastSeenAt > start {
      let fresh = episode.windows.filter { $0.testedAt > start }
      for window in fresh.isEmpty ? episode.windows : fresh { longest = max(longest, window.nominalRecurrenceIntervalDays) }
    }
    return log(longest * EngineDriver.binsPerDay)
  }
}
