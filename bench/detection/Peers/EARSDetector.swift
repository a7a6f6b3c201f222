/// EARS over a square grid of cells, day by day; a day's score is the largest statistic of any cell or square.
///
/// Hutwagner, Thompson, Seeman & Treadwell (2003). C1 and C2 are (count − mean) / standard deviation over seven days just
/// before, or with two days between; C3 is the sum of max(0, C2 − 1) over today and the two days before.
package struct EARSDetector: Sendable {
  package let method: EARSMethod
  package let windows: SquareWindows
  package let baselineDays: Int
  /// The least standard deviation, in reports: without it an empty week makes one report infinitely unusual.
  /// The default detects earliest at 0.4 reports a cell and day.
  package let minimumSigma: Double

  /// Counts by square of the days before, oldest first.
  private var history: [[Int]] = []
  /// C2 excesses by square of the two days before, oldest first.
  private var excesses: [[Double]] = []

  /// - Parameters:
  ///   - side: cells along the grid.
  ///   - maximumSide: of the squares watched: 1 for cells only, `side` for squares of all sizes.
  package init(
    side: Int, method: EARSMethod = .c2, maximumSide: Int = 1, baselineDays: Int = 7, minimumSigma: Double = 1.5
  ) {
    precondition(baselineDays >= 3 && minimumSigma > 0)
    windows = SquareWindows(gridSide: side, maximumSide: maximumSide)
    (self.method, self.baselineDays, self.minimumSigma) = (method, baselineDays, minimumSigma)
  }

  /// Days before the first score.
  package var warmUpDays: Int { baselineDays + method.lag }

  /// Takes the newest day's counts, row by row, and gives the largest statistic; 0 in the warm-up.
  /// - Complexity: O(squares · baselineDays).
  package mutating func score(day counts: [Int]) -> Double {
    let today = windows.sums(of: counts)
    defer {
      history.append(today)
      if history.count > warmUpDays { history.removeFirst() }
    }
    guard history.count == warmUpDays else { return 0 }
    var statistics = today.indices.map { statistic(of: $0, today: today[$0]) }
    if method == .c3 {
      let new = statistics.map { max(0, $0 - 1) }
      statistics = new.indices.map { square in excesses.reduce(new[square]) { $0 + $1[square] } }
      excesses = excesses.suffix(1) + [new]
    }
    return max(0, statistics.max() ?? 0)
  }

  private func statistic(of square: Int, today: Int) -> Double {
    var (sum, squares) = (0, 0)
    for day in 0..<baselineDays {
      let count = history[day][square]
      sum += count
      squares += count * count
    }
    let mean = Double(sum) / Double(baselineDays)
    let variance = (Double(squares) - mean * Double(sum)) / Double(baselineDays - 1)
    return (Double(today) - mean) / max(minimumSigma, max(0, variance).squareRoot())
  }
}
