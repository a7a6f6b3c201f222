package import Reports

/// One keyword on one day (UTC), beside what a day of it usually brings.
package struct DayRow: Equatable, Sendable {
  package let keyword: String
  package let day: Timestamp
  package let reportCount: UInt64
  package let witnessCount: UInt64
  /// Mean of its reports a day over the whole of the store, at the same places.
  package let usualCount: Double
  /// The middle of the cell that gave the most reports; nil where none of them had a place.
  package let location: Coordinate?

  /// Reports above the usual.
  package var excess: Double { Double(reportCount) - usualCount }
}
