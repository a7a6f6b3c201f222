/// The expectation-based Poisson scan: is there more in a circle, up to now, than was forecast for it?
///
/// Neill, Expectation-based scan statistics for monitoring spatial time series data, International Journal of Forecasting
/// 25 (2009), 498–517. Counts outside of the window play no part: they are taken to be as forecast.
package struct ExpectationBasedScan: Sendable {
  package let zones: CircularZones
  package let periods: Int
  /// Counts by place and period: place · periods + period.
  package let counts: [Double]
  /// What was expected of each count, from a model of the past.
  package let baselines: [Double]
  /// At most so many places in a circle.
  package let maximumPlaces: Int

  package init(zones: CircularZones, periods: Int, counts: [Double], baselines: [Double], maximumPlaces: Int) {
    precondition(counts.count == zones.count * periods && baselines.count == counts.count && maximumPlaces > 0)
    (self.zones, self.periods, self.counts, self.baselines) = (zones, periods, counts, baselines)
    self.maximumPlaces = maximumPlaces
  }

  /// The best cluster of each center among the intervals that end with the last period.
  /// - Complexity: O(places · maximumPlaces · periods).
  package func clusters() -> [ScanCluster] {
    (0..<zones.count).compactMap { center in
      var seen = [Double](repeating: 0, count: periods)
      var forecast = seen
      var best: (ratio: Double, places: Int, start: Int, observed: Double, expected: Double)?
      for taken in 1...min(maximumPlaces, zones.count) {
        let place = Int(zones.order[center][taken - 1])
        for period in 0..<periods {
          seen[period] += counts[place * periods + period]
          forecast[period] += baselines[place * periods + period]
        }
        var (observed, expected) = (0.0, 0.0)
        for start in stride(from: periods - 1, through: 0, by: -1) {
          observed += seen[start]
          expected += forecast[start]
          let ratio = LogLikelihoodRatio.expectationBased(observed: observed, expected: expected)
          if ratio > best?.ratio ?? 0 { best = (ratio, taken, start, observed, expected) }
        }
      }
      return best.map {
        ScanCluster(
          center: center, locations: zones.order[center].prefix($0.places).map(Int.init), periods: $0.start...periods - 1,
          observed: $0.observed, expected: $0.expected, logLikelihoodRatio: $0.ratio)
      }
    }
  }
}
