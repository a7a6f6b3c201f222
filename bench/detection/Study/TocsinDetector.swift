import Engine
import Glibc

/// Tocsin as one method among others: its score of a bin is the logarithm of the longest recurrence interval of that bin's windows.
///
/// The engine only looks closely at windows that its dial lets through, so the dial is loose here and the threshold decides.
/// Intervals are nominal: thresholds are found on the null, for all methods alike, so a factor that all of them share changes nothing.
package struct TocsinDetector: ~Copyable, DayDetector {
  private var driver: EngineDriver

  /// A detector that has seen nothing.
  ///
  /// - Parameters:
  ///   - dialBins: Bins between false episodes.
  ///   - squaredVariation: v of the variance φ·m + v·m² that it takes for granted; nil for the product's default.
  package init(_ null: Null, dialBins: Int, squaredVariation: Double? = nil, grid: StudyGrid, seed: UInt64) {
    var settings = EngineDriver.settings(null, falseAlarmsPerBin: 1 / Double(dialBins))
    if let squaredVariation { settings.profiles[0].squaredVariation = squaredVariation }
    driver = EngineDriver(settings, grid: grid, seed: seed, hasOneLook: true)
  }

  /// ln of the longest nominal interval, in bins, of any window that ends with this bin; −∞ where none is of note.
  package mutating func score(day counts: [Int]) -> Double {
    _ = driver.advance(counts)
    return log(driver.rarestNominalDays * EngineDriver.binsPerDay)
  }
}
