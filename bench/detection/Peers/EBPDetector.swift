/// The expectation-based Poisson scan over a square grid of cells, day by day; a day's score is the largest log-likelihood
/// ratio of any square over the last 1 to 7 days.
///
/// Neill (2009), with the moving-average baseline of 28 days of his comparison (An empirical comparison of spatial scan
/// statistics for outbreak detection, International Journal of Health Geographics 8 (2009), 20), taken from before the
/// longest window so that an outbreak does not raise its own baseline, and optionally with his city-wide day-of-week factors.
package struct EBPDetector: Sendable {
  package let windows: SquareWindows
  package let baselineDays: Int
  package let maximumDays: Int
  /// Whether each day of the week has its share of all reports, of the whole area, instead of a seventh.
  package let followsWeek: Bool
  /// The least a square is taken to have had over the baseline's days, in reports.
  package let minimumReports: Double

  /// Counts by cell, oldest first: the baseline's days, then those of the windows.
  private var history: [[Int]] = []
  private var totals: [Int] = []
  /// Sums by cell over the baseline's days.
  private var baseline: [Int]

  /// - Parameters:
  ///   - side: cells along the grid.
  ///   - baselineDays: whole weeks, if the week is followed.
  package init(
    side: Int, baselineDays: Int = 28, maximumDays: Int = 7, maximumSide: Int? = nil, followsWeek: Bool = false,
    minimumReports: Double = 0.5
  ) {
    precondition(baselineDays > 0 && maximumDays > 0 && (!followsWeek || baselineDays % 7 == 0))
    windows = SquareWindows(gridSide: side, maximumSide: maximumSide ?? side)
    baseline = [Int](repeating: 0, count: side * side)
    (self.baselineDays, self.maximumDays, self.followsWeek) = (baselineDays, maximumDays, followsWeek)
    self.minimumReports = minimumReports
  }

  /// Days before the first score.
  package var warmUpDays: Int { baselineDays + maximumDays - 1 }

  /// Takes the newest day's counts, row by row, and gives the largest ratio; 0 in the warm-up.
  /// - Complexity: O(maximumDays · (cells + squares)).
  package mutating func score(day counts: [Int]) -> Double {
    history.append(counts)
    totals.append(counts.reduce(0, +))
    if history.count <= maximumDays + baselineDays, history.count > maximumDays {
      add(history[history.count - maximumDays - 1], sign: 1)
    } else if history.count > maximumDays + baselineDays {
      add(history[baselineDays], sign: 1)
      add(history.removeFirst(), sign: -1)
      totals.removeFirst()
    }
    guard history.count == maximumDays + baselineDays else { return 0 }
    let expectedSums = windows.sums(of: baseline).map { max(minimumReports, Double($0)) / Double(baselineDays) }
    var recent = [Int](repeating: 0, count: baseline.count)
    var (days, best) = (0.0, 0.0)
    for back in 1...maximumDays {
      let day = history.count - back
      for cell in recent.indices { recent[cell] += history[day][cell] }
      days += weight(of: day)
      for (observed, daily) in zip(windows.sums(of: recent), expectedSums) {
        let (observed, expected) = (Double(observed), daily * days)
        guard observed > expected else { continue }
        best = max(best, LogLikelihoodRatio.expectationBased(observed: observed, expected: expected))
      }
    }
    return best
  }

  /// How many ordinary days this day of the week is worth.
  private func weight(of day: Int) -> Double {
    guard followsWeek else { return 1 }
    let total = totals[..<baselineDays].reduce(0, +)
    guard total > 0 else { return 1 }
    let alike = stride(from: day % 7, to: baselineDays, by: 7).reduce(0) { $0 + totals[$1] }
    return 7 * Double(alike) / Double(total)
  }

  private mutating func add(_ counts: [Int], sign: Int) {
    for cell in baseline.indices { baseline[cell] += sign * counts[cell] }
  }
}
