/// The days that stand out most, as far as a limit.
struct DayRanking {
  struct Day {
    let keyword: KeywordTotal
    /// Since the epoch.
    let number: Int64
    let reportCount: UInt64
    let witnessCount: UInt64
    let usualCount: Double

    var excess: Double { Double(reportCount) - usualCount }
  }

  private let limit: Int
  private var held: [Day] = []
  /// An excess that as many days as the limit have or surpass; nil where any day is among them.
  private(set) var threshold: Double?

  init(limit: Int) { self.limit = limit }

  /// - Complexity: O(log limit) on average.
  mutating func add(_ day: Day) {
    if let threshold, day.excess < threshold { return }
    held.append(day)
    if limit < .max / 2, held.count >= 2 * limit { cut() }
  }

  /// The greatest excess first, then the earliest day, then by the keyword.
  var days: [Day] {
    var copy = self
    copy.cut()
    return copy.held
  }

  private mutating func cut() {
    held.sort { $0.excess != $1.excess ? $0.excess > $1.excess : ($0.number, $0.keyword.text) < ($1.number, $1.keyword.text) }
    if held.count < limit { return }
    held.removeLast(held.count - limit)
    threshold = held.last?.excess
  }
}
