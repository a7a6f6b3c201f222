import Glibc

/// The prospective space-time permutation scan over a square grid of cells, day by day; a day's score is the largest
/// log-likelihood ratio of any circle of cells over the last 1 to 7 days.
///
/// Kulldorff, Heffernan, Hartman, Assunção & Mostashari (2005): circles around every cell with up to half of the cases,
/// margins from the last days only (30 in the paper; with 60 it detects earlier at equal false alarms, so that is the
/// default). Equal to ``SpaceTimePermutationScan`` over those days, but faster: one vector holds the durations, and a bound
/// without logarithms tells which windows can beat the best so far.
package struct STPDetector: Sendable {
  package let side: Int
  /// Days of which the margins are known, today included.
  package let studyDays: Int
  /// The longest window, in days, 7 at most.
  package let maximumDays: Int
  /// The largest share of all cases in a circle.
  package let maximumShare: Double

  private let zones: CircularZones
  /// Counts by cell, oldest day first.
  private var history: [[Int]] = []
  /// Natural logarithms of whole numbers, 0 for 0.
  private var logarithms: [Double] = [0]

  /// - Parameter side: cells along the grid.
  package init(side: Int, studyDays: Int = 60, maximumDays: Int = 7, maximumShare: Double = 0.5) {
    precondition(side > 0 && (1...7).contains(maximumDays) && studyDays > maximumDays)
    (self.side, self.studyDays) = (side, studyDays)
    (self.maximumDays, self.maximumShare) = (maximumDays, maximumShare)
    zones = CircularZones(side: side)
  }

  /// Days before the first score.
  package var warmUpDays: Int { studyDays - 1 }

  /// Takes the newest day's counts, row by row, and gives the largest ratio; 0 in the warm-up.
  /// - Complexity: O(cells² · maximumDays).
  package mutating func score(day counts: [Int]) -> Double {
    precondition(counts.count == side * side)
    history.append(counts)
    if history.count > studyDays { history.removeFirst() }
    guard history.count == studyDays else { return 0 }
    let margins = margins()
    while logarithms.count <= Int(margins.total) { logarithms.append(log(Double(logarithms.count))) }
    return maximum(cells: margins.cells, daily: margins.daily, total: margins.total)
  }

  /// The largest ratio after one random permutation of the days over the cases now held: a draw of the null for Monte Carlo
  /// tests; 0 in the warm-up.
  /// - Complexity: that of ``score(day:)``, and O(cases).
  package func permutedScore(using generator: inout some RandomNumberGenerator) -> Double {
    guard history.count == studyDays else { return 0 }
    var (places, when): ([Int], [Int]) = ([], [])
    for (day, counts) in history.enumerated() {
      for (cell, count) in counts.enumerated() where count > 0 {
        places.append(contentsOf: repeatElement(cell, count: count))
        when.append(contentsOf: repeatElement(day, count: count))
      }
    }
    when.shuffle(using: &generator)
    let margins = margins()
    var cells = [Durations](repeating: .zero, count: side * side)
    for (cell, day) in zip(places, when) { add(1, on: day, to: &cells[cell]) }
    return maximum(cells: cells, daily: margins.daily, total: margins.total)
  }

  /// Lanes 0 to 6: the last 1 to 7 days; lane 7: all days. Unused durations hold 0.
  private typealias Durations = SIMD8<Double>

  private func margins() -> (cells: [Durations], daily: Durations, total: Double) {
    var cells = [Durations](repeating: .zero, count: side * side)
    for (day, counts) in history.enumerated() {
      for (cell, count) in counts.enumerated() where count > 0 { add(Double(count), on: day, to: &cells[cell]) }
    }
    let all = cells.reduce(into: Durations.zero) { $0 += $1 }
    return (cells, all, all[7])
  }

  private func add(_ count: Double, on day: Int, to durations: inout Durations) {
    durations[7] += count
    for duration in stride(from: studyDays - 1 - day, to: maximumDays, by: 1) { durations[duration] += count }
  }

  private func maximum(cells: [Durations], daily: Durations, total: Double) -> Double {
    guard total > 0 else { return 0 }
    let share = daily / total
    let largest = maximumShare * total
    var best = 0.0
    for center in 0..<cells.count {
      let order = zones.order[center]
      var inside = Durations.zero
      var taken = 0
      for ringEnd in zones.ringEnds[center] {
        while taken < Int(ringEnd) {
          inside += cells[Int(order[taken])]
          taken += 1
        }
        let zone = inside[7]
        if zone > largest { break }
        let expected = share * zone
        guard any(inside .> expected) else { continue }
        for duration in 0..<maximumDays where inside[duration] > expected[duration] && inside[duration] >= 2 {
          best = max(
            best, ratio(inside[duration], expected[duration], zone: zone, days: daily[duration], total: total, best: best))
        }
      }
    }
    return best
  }

  /// The ratio, or 0 where it cannot exceed the best: ln x ≤ x − 1 bounds its second term.
  private func ratio(
    _ observed: Double, _ expected: Double, zone: Double, days: Double, total: Double, best: Double
  ) -> Double {
    let logarithm =
      logarithms[Int(observed)] + logarithms[Int(total)] - logarithms[Int(zone)] - logarithms[Int(days)]
    let outside = total - observed
    let bound = observed * logarithm - outside * (observed - expected) / (total - expected)
    if bound <= best { return 0 }
    return LogLikelihoodRatio.conditional(observed: observed, expected: expected, total: total)
  }
}
