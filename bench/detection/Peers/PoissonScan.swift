/// The spatial scan for counts over known populations: is the risk inside a circle higher than outside?
///
/// Kulldorff, A spatial scan statistic, Communications in Statistics 26 (1997), 1481–1496, Poisson model; expected is the
/// population's share of all cases.
package struct PoissonScan: Sendable {
  package let zones: CircularZones
  /// One a place; whole or not.
  package let cases: [Double]
  package let populations: [Double]
  /// The largest share of the population in a circle.
  package let maximumShare: Double

  package init(zones: CircularZones, cases: [Double], populations: [Double], maximumShare: Double = 0.5) {
    precondition(cases.count == zones.count && populations.count == zones.count)
    (self.zones, self.cases, self.populations) = (zones, cases, populations)
    self.maximumShare = maximumShare
  }

  /// The best circle of each center, for those with more cases than expected, two at least.
  /// - Complexity: O(places²).
  package func clusters() -> [ScanCluster] {
    let total = cases.reduce(0, +)
    let people = populations.reduce(0, +)
    return (0..<zones.count).compactMap { center in
      var (observed, inside, taken) = (0.0, 0.0, 0)
      var best: (ratio: Double, places: Int, observed: Double, expected: Double)?
      for ringEnd in zones.ringEnds[center] {
        while taken < ringEnd {
          let place = Int(zones.order[center][taken])
          observed += cases[place]
          inside += populations[place]
          taken += 1
        }
        if inside > maximumShare * people { break }
        let expected = total * inside / people
        guard observed >= 2, observed > expected else { continue }
        let ratio = LogLikelihoodRatio.conditional(observed: observed, expected: expected, total: total)
        if ratio > best?.ratio ?? 0 { best = (ratio, taken, observed, expected) }
      }
      return best.map {
        ScanCluster(
          center: center, locations: zones.order[center].prefix($0.places).map(Int.init), periods: 0...0,
          observed: $0.observed, expected: $0.expected, logLikelihoodRatio: $0.ratio)
      }
    }
  }
}
