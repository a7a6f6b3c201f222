/// A circle of places over an interval of time, and how unusual it is.
package struct ScanCluster: Sendable, Equatable {
  /// The place at the middle.
  package let center: Int
  /// The places, by distance from the center.
  package let locations: [Int]
  /// Periods (days, years) from the start of the study, both ends included.
  package let periods: ClosedRange<Int>
  package let observed: Double
  package let expected: Double
  package let logLikelihoodRatio: Double
}

extension [ScanCluster] {
  /// The likeliest clusters of which no two share a place, likeliest first: the usual report of secondary clusters.
  /// - Parameter limit: at most so many.
  /// - Complexity: O(n log n + n · places).
  package func nonOverlapping(limit: Int) -> [ScanCluster] {
    let ordered = enumerated().sorted {
      $0.element.logLikelihoodRatio == $1.element.logLikelihoodRatio
        ? ($0.element.locations.count, $0.offset) < ($1.element.locations.count, $1.offset)
        : $0.element.logLikelihoodRatio > $1.element.logLikelihoodRatio
    }
    var taken: Set<Int> = []
    var chosen: [ScanCluster] = []
    for (_, cluster) in ordered where chosen.count < limit && taken.isDisjoint(with: cluster.locations) {
      taken.formUnion(cluster.locations)
      chosen.append(cluster)
    }
    return chosen
  }
}
