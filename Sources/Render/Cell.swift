package import Reports

/// One typed value of a table, from which each format makes its own text.
package enum Cell: Equatable, Sendable {
  case text(String)
  /// Several texts: an array in JSON, joined by `, ` in the table and in CSV.
  case words([String])
  case integer(UInt64)
  /// A number that is not finite is as good as missing.
  case number(Double)
  case time(Timestamp)
  case place(Coordinate)
  case box(BoundingBox)
  /// `null` in JSON, nothing in the table and in CSV.
  case missing
}
