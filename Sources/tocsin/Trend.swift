import Archive
import Arguments
import Engine
import Glibc
import Reports

/// How many reports each stretch of time brought, and how many are usual.
///
/// The usual is the season's: see `TrendBaseline`. Where the store does not reach back far enough for that it is the mean of the same
/// stretch in the weeks before; with fewer than two nobody knows it.
struct Trend {
  /// What the usual is made of.
  enum Basis: String { case season, weeks }

  struct Bin {
    var start: Timestamp
    var end: Timestamp
    var count = HourCount()
    /// Nil where fewer than `leastWeekCount` weeks precede.
    var usualCount: Double?
    var basis: Basis?
  }

  private static let weekCount: Int64 = 8
  private static let leastWeekCount: Int64 = 2
  static let binBound = 10_000
  private static let hour: Int64 = 3_600_000_000
  private static let week: Int64 = 168 * hour
  /// 1970-01-05, a Monday.
  private static let monday: Int64 = 96 * hour

  private(set) var bins: [Bin] = []

  /// - Parameters:
  ///   - every: microseconds, a whole number of hours.
  ///   - interval: what is asked for; bins begin at whole multiples, weeks on Monday, UTC.
  init(
    _ filter: ClusterFilter, every: Int64, interval: Range<Timestamp>, coverage: Range<Timestamp>,
    _ reader: borrowing ArchiveReader
  ) throws {
    let origin = every % Self.week == 0 ? Self.monday : 0
    let first = Self.floor(interval.lowerBound.microseconds - origin, every) + origin
    let count = (interval.upperBound.microseconds - first + every - 1) / every
    guard count <= Self.binBound else {
      throw ArgumentError(
        "--every: makes \(count) stretches, and \(Self.binBound) are drawn at most; write a longer one, or a shorter time with --since"
      )
    }
    // The same hours of the week: as many weeks back as a stretch is long.
    let shift = (every + Self.week - 1) / Self.week * Self.week
    let start = Timestamp(
      microseconds: first
        - max(Self.weekCount * shift, min(TrendBaseline.weekCount * Self.week, first - coverage.lowerBound.microseconds)))
    let hours = try reader.hours(filter, start..<Timestamp(microseconds: first + count * every))
    func sum(_ from: Int64) -> HourCount {
      var sum = HourCount()
      for hour in from / Self.hour..<(from + every) / Self.hour {
        guard let count = hours[hour] else { continue }
        sum.reportCount += count.reportCount
        sum.witnessCount += count.witnessCount
      }
      return sum
    }
    // The first whole hour of which everything is known.
    let known = max(start.microseconds, coverage.lowerBound.microseconds + Self.hour - 1)
    var baseline = TrendBaseline(
      hours, from: Self.floor(known, Self.hour) / Self.hour, localOffsetHours: try reader.localOffsetHours(filter))
    for index in 0..<count {
      let from = first + index * every
      var bin = Bin(start: Timestamp(microseconds: from), end: Timestamp(microseconds: from + every), count: sum(from))
      let weeks = (1...Self.weekCount).filter { from - $0 * shift >= coverage.lowerBound.microseconds }
      if let usual = baseline.expectedCount(from: from / Self.hour, count: every / Self.hour) {
        (bin.usualCount, bin.basis) = (usual, .season)
      } else if weeks.count >= Self.leastWeekCount {
        bin.basis = .weeks
        bin.usualCount = Double(weeks.reduce(0) { $0 + sum(from - $1 * shift).reportCount }) / Double(weeks.count)
      }
      bins.append(bin)
    }
  }

  private static func floor(_ value: Int64, _ step: Int64) -> Int64 {
    let quotient = value / step
    return (value % step < 0 ? quotient - 1 : quotient) * step
  }
}
