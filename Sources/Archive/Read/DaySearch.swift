import Engine
import Reports
import SQLite

/// Looks for the days of a keyword that stand out: in what its days add up to, or where a place is given in its hours.
struct DaySearch: ~Copyable {
  private let filter: ClusterFilter
  private let grid: CellGrid
  /// Days that the store spans, over which the usual is taken.
  private let dayCount: Double
  /// The first and the last day since the epoch that overlap the filter's interval.
  private let first: Int64
  private let last: Int64
  private let greatest: Statement
  private let dated: Statement
  private let hours: Statement
}

extension DaySearch {
  private static let dayMicroseconds: Int64 = 86_400_000_000
  /// Intervals of so many days are looked through; in longer ones the greatest come first.
  private static let shortDayCount: Int64 = 62

  /// The days of ?1 from ?2 to ?3.
  private static func days(_ index: String, _ order: String) -> String {
    """
    SELECT day, report_count, witness_count FROM rollup_daily \(index) WHERE keyword = ?1 AND day BETWEEN ?2 AND ?3 \(order)
    """
  }

  init(_ filter: ClusterFilter, _ grid: CellGrid, dayCount: Int64, on connection: borrowing Connection) throws(SQLiteError) {
    let until = filter.until.map {
      // A day that only begins at `until` is outside.
      $0.bin(ofMicroseconds: Self.dayMicroseconds) - ($0.microseconds % Self.dayMicroseconds == 0 ? 1 : 0)
    }
    try self.init(
      filter: filter, grid: grid, dayCount: Double(dayCount),
      first: filter.since?.bin(ofMicroseconds: Self.dayMicroseconds) ?? .min, last: until ?? .max,
      greatest: connection.prepare(Self.days("INDEXED BY rollup_daily_by_count", "ORDER BY report_count DESC, day")),
      dated: connection.prepare(Self.days("", "")),
      hours: connection.prepare(
        """
        SELECT hour, cell, report_count, witness_count FROM rollup_hourly WHERE keyword = ?1 AND hour BETWEEN ?2 AND ?3
        """))
  }

  func rank(_ keyword: KeywordTotal, in ranking: inout DayRanking) throws(SQLiteError) {
    if filter.hasPlace { return try rankPlaced(keyword, in: &ranking) }
    let usual = Double(keyword.reportCount) / dayCount
    let (from, to) = (max(first, keyword.firstDay), min(last, keyword.lastDay))
    guard from <= to else { return }
    func read(_ select: borrowing Statement, isOrdered: Bool) throws(SQLiteError) {
      try select.bind([.integer(keyword.number), .integer(from), .integer(to)])
      while try select.step() {
        let day = DayRanking.Day(
          keyword: keyword, number: select.integer(0) ?? 0, reportCount: select.count(1), witnessCount: select.count(2),
          usualCount: usual)
        if isOrdered, let threshold = ranking.threshold, day.excess < threshold { break }
        ranking.add(day)
      }
      select.reset()
    }
    if to - from < Self.shortDayCount { try read(dated, isOrdered: false) } else { try read(greatest, isOrdered: true) }
  }

  private func rankPlaced(_ keyword: KeywordTotal, in ranking: inout DayRanking) throws(SQLiteError) {
    var days: [Int64: (reportCount: UInt64, witnessCount: UInt64)] = [:]
    var admitted: [CellID: Bool] = [:]
    try forEachHour(keyword, days: .min ... .max) { hour, count in
      let isAdmitted = admitted[count.cell] ?? admits(count.cell)
      admitted[count.cell] = isAdmitted
      guard isAdmitted else { return }
      let number = (hour - (hour < 0 ? 23 : 0)) / 24
      let day = days[number] ?? (0, 0)
      days[number] = (day.reportCount + count.reportCount, day.witnessCount + count.witnessCount)
    }
    let usual = Double(days.values.reduce(0) { $0 + $1.reportCount }) / dayCount
    for (number, day) in days where first <= number && number <= last {
      ranking.add(
        DayRanking.Day(
          keyword: keyword, number: number, reportCount: day.reportCount, witnessCount: day.witnessCount, usualCount: usual))
    }
  }

  /// The middle of the cell that gave the most reports; nil where none of them had a place.
  func location(of day: DayRanking.Day) throws(SQLiteError) -> Coordinate? {
    var cells: [CellID: UInt64] = [:]
    try forEachHour(day.keyword, days: day.number...day.number) { _, count in
      if admits(count.cell) { cells[count.cell, default: 0] += count.reportCount }
    }
    return cells.max { ($0.value, $1.key) < ($1.value, $0.key) }.flatMap { grid.place(of: $0.key) }
  }

  /// Whether a cell has a place, and one that the filter admits.
  private func admits(_ cell: CellID) -> Bool { grid.place(of: cell).map { filter.admits($0) } ?? false }

  private func forEachHour(
    _ keyword: KeywordTotal, days: ClosedRange<Int64>, _ body: (Int64, ClusterSummary.CellCount) -> Void
  ) throws(SQLiteError) {
    let (from, to) = (max(days.lowerBound, keyword.firstDay), min(days.upperBound, keyword.lastDay))
    try hours.bind([.integer(keyword.number), .integer(from * 24), .integer(to * 24 + 23)])
    while try hours.step() { body(hours.integer(0) ?? 0, ClusterSummary.CellCount(hours, from: 1)) }
    hours.reset()
  }
}
