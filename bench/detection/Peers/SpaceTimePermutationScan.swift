/// The space-time permutation scan: are there more cases in a circle and interval than the margins of the table explain?
///
/// Kulldorff, Heffernan, Hartman, Assunção & Mostashari, A space-time permutation scan statistic for disease outbreak
/// detection, PLoS Medicine 2 (2005), e59. Only cases are needed: expected is (cases of the circle, all days) × (cases
/// of the days, everywhere) / (all cases). Circles hold at most half of the cases, as in SaTScan.
package struct SpaceTimePermutationScan: Sendable {
  /// Which intervals are tried.
  package enum Intervals: Sendable {
    /// Those that end on the last day: what is going on now.
    case prospective
    /// All.
    case retrospective
  }

  package let zones: CircularZones
  package let days: Int
  /// Cases by place and day: place · days + day.
  package private(set) var cases: [Int]
  /// The longest interval, in days.
  package let maximumDays: Int
  /// The largest share of all cases in a circle.
  package let maximumShare: Double

  package init(zones: CircularZones, days: Int, cases: [Int], maximumDays: Int, maximumShare: Double = 0.5) {
    precondition(cases.count == zones.count * days && cases.allSatisfy { $0 >= 0 } && (1...days).contains(maximumDays))
    (self.zones, self.days, self.cases) = (zones, days, cases)
    (self.maximumDays, self.maximumShare) = (maximumDays, maximumShare)
  }

  /// The best cluster of each center, for those that have one with two cases or more.
  /// - Complexity: O(places² · intervals).
  package func clusters(_ intervals: Intervals) -> [ScanCluster] {
    var before = [Int](repeating: 0, count: days + 1)
    for day in 0..<days {
      before[day + 1] = before[day] + stride(from: day, to: cases.count, by: days).reduce(0) { $0 + cases[$1] }
    }
    return (0..<zones.count).compactMap { best(around: $0, casesBefore: before, intervals) }
  }

  /// The rank of the likeliest cluster among random permutations of the days over the cases: (1 + as large) / (1 + replicates).
  /// - Complexity: that of ``clusters(_:)``, once and for each replicate.
  package func pValue(_ intervals: Intervals, replicates: Int, using generator: inout some RandomNumberGenerator) -> Double {
    let found = clusters(intervals).map(\.logLikelihoodRatio).max() ?? 0
    var (places, when): ([Int], [Int]) = ([], [])
    for index in cases.indices {
      for _ in 0..<cases[index] {
        places.append(index / days)
        when.append(index % days)
      }
    }
    var shuffled = self
    var atLeast = 1
    for _ in 0..<replicates {
      when.shuffle(using: &generator)
      shuffled.cases = [Int](repeating: 0, count: cases.count)
      for (place, day) in zip(places, when) { shuffled.cases[place * days + day] += 1 }
      if (shuffled.clusters(intervals).map(\.logLikelihoodRatio).max() ?? 0) >= found { atLeast += 1 }
    }
    return Double(atLeast) / Double(replicates + 1)
  }

  private func best(around center: Int, casesBefore before: [Int], _ intervals: Intervals) -> ScanCluster? {
    let total = before[days]
    let firstEnd = intervals == .prospective ? days : 1
    var inside = [Int](repeating: 0, count: days)
    var (best, taken) = (Window(), 0)
    for ringEnd in zones.ringEnds[center] {
      while taken < ringEnd {
        let place = Int(zones.order[center][taken])
        for day in 0..<days { inside[day] += cases[place * days + day] }
        taken += 1
      }
      let zoneCases = inside.reduce(0, +)
      if Double(zoneCases) > maximumShare * Double(total) { break }
      if zoneCases < 2 { continue }
      for end in firstEnd...days {
        var observed = 0
        for start in stride(from: end - 1, through: max(0, end - maximumDays), by: -1) {
          observed += inside[start]
          let expected = Double(zoneCases) * Double(before[end] - before[start]) / Double(total)
          guard observed >= 2, Double(observed) > expected else { continue }
          let ratio = LogLikelihoodRatio.conditional(
            observed: Double(observed), expected: expected, total: Double(total))
          if ratio > best.ratio {
            best = Window(ratio: ratio, places: taken, start: start, end: end, observed: observed, expected: expected)
          }
        }
      }
    }
    guard best.places > 0 else { return nil }
    return ScanCluster(
      center: center, locations: zones.order[center].prefix(best.places).map(Int.init), periods: best.start...best.end - 1,
      observed: Double(best.observed), expected: best.expected, logLikelihoodRatio: best.ratio)
  }

  private struct Window {
    var ratio = 0.0
    var places = 0
    var start = 0
    var end = 0
    var observed = 0
    var expected = 0.0
  }
}
