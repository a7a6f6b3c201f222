package import Engine
import Glibc
package import Reports

/// Tocsin as one method among others: its score is the logarithm of the longest recurrence interval of a bin's windows.
///
/// The engine only speaks of windows that its dial lets through, so the dial is loose here and the threshold decides. Intervals
/// are nominal: thresholds are found on the null, for all methods alike, so a factor that all of them share changes nothing.
package struct TocsinDetector: ~Copyable, DayDetector {
  /// The dial of comparisons: a false episode every third bin.
  package static let falseAlarmsPerBin = 1.0 / 3

  private var driver: EngineDriver

  /// A detector that has seen nothing.
  package init(_ null: Null, grid: StudyGrid, seed: UInt64) {
    let settings = EngineDriver.settings(null, falseAlarmsPerBin: Self.falseAlarmsPerBin)
    driver = EngineDriver(settings, grid: grid, seed: seed)
  }

  package mutating func score(day counts: [Int]) -> Double {
    let start = driver.now
    let changes = driver.advance(counts)
    return Self.score(changes.episodes, after: start)
  }

  /// ln of the longest recurrence interval, in bins, of the windows that were tested after `start`; −∞ where none fired.
  package static func score(_ episodes: [EpisodeSummary], after start: Timestamp) -> Double {
    var longest = 0.0
    for episode in episodes where episode.lastSeenAt > start {
      for window in episode.windows where window.testedAt > start {
        longest = max(longest, window.nominalRecurrenceIntervalDays)
      }
    }
    return log(longest * EngineDriver.binsPerDay)
  }
}
