import Reports
import SQLite

/// Lets go of hourly counts, and of what they add up to.
struct ExpiredCounts: ~Copyable {
  private let hours: Statement
  private let subtractFromTotals: Statement
  private let days: Statement
  private let emptyTotals: Statement
  private let firstDays: Statement
}

extension ExpiredCounts {
  /// Prepares the statements.
  ///
  /// The keys begin with the keyword: one search for each of them, instead of a look at every row.
  init(on connection: borrowing Connection) throws(SQLiteError) {
    let ofKeywords = "keyword IN (SELECT number FROM keyword)"
    try self.init(
      hours: connection.prepare("DELETE FROM rollup_hourly WHERE \(ofKeywords) AND hour < ?1"),
      subtractFromTotals: connection.prepare(
        """
        UPDATE rollup_total SET report_count = report_count - gone.report_sum, witness_count = witness_count - gone.witness_sum
        FROM (
          SELECT keyword AS number, sum(report_count) AS report_sum, sum(witness_count) AS witness_sum
          FROM rollup_daily WHERE \(ofKeywords) AND day < ?1 GROUP BY keyword
        ) AS gone WHERE keyword = gone.number
        """),
      days: connection.prepare("DELETE FROM rollup_daily WHERE \(ofKeywords) AND day < ?1"),
      emptyTotals: connection.prepare("DELETE FROM rollup_total WHERE last_day < ?1"),
      firstDays: connection.prepare(
        """
        UPDATE rollup_total SET first_day = (SELECT min(d.day) FROM rollup_daily AS d WHERE d.keyword = rollup_total.keyword)
        WHERE first_day < ?1
        """))
  }

  /// Lets go of what lies before a midnight.
  ///
  /// - Complexity: O(keywords log n).
  func drop(before bound: Timestamp) throws(SQLiteError) {
    let hour = RollupTable.hour(of: bound)
    try hours.bind(hour, at: 1)
    try hours.run()
    // A midnight's hour is a multiple of 24.
    let day = hour / 24
    try subtractFromTotals.bind(day, at: 1)
    try subtractFromTotals.run()
    try days.bind(day, at: 1)
    try days.run()
    try emptyTotals.bind(day, at: 1)
    try emptyTotals.run()
    try firstDays.bind(day, at: 1)
    try firstDays.run()
  }
}
