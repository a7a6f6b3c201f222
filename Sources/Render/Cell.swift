package import Reports

/// One typed value of a table, from which each format makes its own text.
package enum Cell: Equatable, Sendable {
  case text(String)
  /// Several texts: an array in JSON, joined by `, ` in the table and in CSV.
  case words([String])
  case integer(UInt64)
  /// A number that is not finite is as good as missing.
  case number(Double)
  /// A number that people read with two significant digits.
  case estimate(Double)
  /// Days between two events of which the longest is as good as never: in words for people, elsewhere at most 10⁹.
  case interval(days: Double)
  /// True is a mark in the table.
  case flag(Bool)
  case time(Timestamp)
  case place(Coordinate)
  case box(BoundingBox)
  /// Past this a recurrence interval is told as this.
  package static let longestIntervalDays = 1e9

  /// `null` in JSON, nothing in the table and in CSV.
  case missing
}
