import Archive
import Engine
import Glibc

/// How many reports an hour should bring by what came before, as detection learns it: a mean of the past in which recent days weigh more,
/// single hours count up to a cap, and the last day is left out, times the season of the week.
///
/// Detection learns witnesses in every cell; this is told of reports, and of whatever hours were added up.
struct TrendBaseline {
  /// Weeks that are needed before the season is believed, and that are looked at at most.
  static let (leastWeekCount, weekCount): (Int64, Int64) = (4, 26)
  /// An hour so old weighs half.
  private static let halfLifeHours = 28.0 * 24
  /// What is left out before an hour.
  private static let guardHours: Int64 = 24

  private let hours: [Int64: HourCount]
  private let localOffsetHours: Int64
  private let perHour = exp2(-1 / halfLifeHours)
  private let first: Int64
  /// The hour up to which everything was taken in.
  private var next: Int64
  private var (weight, exposure) = (0.0, 0.0)
  private var season = Season()
  private var factors = Season.flat
  private var factorsNext: Int64

  /// - Parameters:
  ///   - hours: counts by hours since the epoch; what is not there brought nothing.
  ///   - first: the first hour of which the counts tell.
  init(_ hours: [Int64: HourCount], from first: Int64, localOffsetHours: Int64) {
    self.hours = hours
    self.first = first
    self.localOffsetHours = localOffsetHours
    (next, factorsNext) = (first, .min)
  }

  /// Reports that are usual from an hour on, by what was known a day before it; nil where less than `leastWeekCount` weeks were.
  ///
  /// - Parameter hour: never less than that of the call before.
  /// - Complexity: O(hours since the call before + count).
  mutating func expectedCount(from hour: Int64, count: Int64) -> Double? {
    let end = hour - Self.guardHours
    guard end - first >= Self.leastWeekCount * 168 else { return nil }
    while next < end { absorb() }
    if factorsNext != next { (factors, factorsNext) = (season.factors(parent: nil, weight: 1), next) }
    let sum = (hour..<hour + count).reduce(0) { $0 + Season.factor(factors, slot: slot($1)) }
    return weight / exposure * sum
  }

  private func slot(_ hour: Int64) -> Int { Season.slot(localHour: Int(hour + localOffsetHours)) }

  /// Takes in the next hour.
  private mutating func absorb() {
    let count = Double(hours[next]?.reportCount ?? 0)
    // An hour that stands out far is an incident, and no rhythm.
    let mean = exposure >= 24 ? 2 * weight / exposure : .infinity
    let capped = mean.isFinite ? min(count, mean + 6 * (1.5 * mean).squareRoot() + 2) : count
    (weight, exposure) = (weight * perHour + capped, exposure * perHour + 1)
    season.add(capped, coverage: 1, slot: slot(next))
    next += 1
    if (next - first) % 168 == 0 { season.decay() }
  }
}
