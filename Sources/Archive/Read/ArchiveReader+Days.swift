import Engine
import Reports
import SQLite

extension ArchiveReader {
  /// The days on which a keyword brought the most reports above what it usually brings, the greatest excess first.
  ///
  /// The filter's place, words, interval and limit count; the usual is taken over the whole of the store.
  ///
  /// - Complexity: O(keywords × limit) searches; where a place is given O(hourly roll-ups of the keywords), one keyword's days held at a
  ///   time.
  package func days(_ filter: ClusterFilter) throws(ArchiveError) -> [DayRow] {
    let grid = try grid(of: try meta())
    return try snapshot { () throws(ArchiveError) in
      try storing { () throws(SQLiteError) in
        let totals = try totals(filter)
        guard let first = totals.map(\.firstDay).min(), let last = totals.map(\.lastDay).max() else { return [] }
        let search = try DaySearch(filter, grid, dayCount: last - first + 1, on: connection)
        var ranking = DayRanking(limit: filter.limit ?? .max)
        for total in totals { try search.rank(total, in: &ranking) }
        return try ranking.days.map { (day) throws(SQLiteError) in
          DayRow(
            keyword: day.keyword.text, day: Timestamp(seconds: day.number * 86_400), reportCount: day.reportCount,
            witnessCount: day.witnessCount, usualCount: day.usualCount, location: try search.location(of: day))
        }
      }
    }
  }

  /// What the store has counted of each keyword that a filter's words admit.
  private func totals(_ filter: ClusterFilter) throws(SQLiteError) -> [KeywordTotal] {
    let hasWords = !filter.keywordWords.isEmpty
    let select = try connection.prepare(
      """
      SELECT k.number, k.text, t.report_count, t.first_day, t.last_day FROM keyword AS k
      CROSS JOIN rollup_total AS t ON t.keyword = k.number
      \(hasWords ? "WHERE k.number IN (SELECT value FROM json_each(?1))" : "")
      """)
    if hasWords { try select.bind(try keywordNumbers(filter.keywordWords, further: filter.furtherKeywords), at: 1) }
    var totals: [KeywordTotal] = []
    while try select.step() {
      totals.append(
        KeywordTotal(
          number: select.integer(0) ?? 0, text: select.text(1) ?? "", reportCount: select.count(2),
          firstDay: select.integer(3) ?? 0, lastDay: select.integer(4) ?? 0))
    }
    return totals
  }

  /// The grid that the store's cells belong to.
  func grid(of meta: ArchiveMeta) throws(ArchiveError) -> CellGrid {
    let line = meta.settingsFingerprint.split(separator: "\n").first { $0.hasPrefix("cluster.cellMeters=") }
    guard let text = line?.split(separator: "=").last, let cellMeters = Double(text), Limits.cellMeters.contains(cellMeters)
    else {
      throw .corrupt(path: path, detail: "its settings do not say cellMeters")
    }
    return CellGrid(cellMeters: cellMeters)
  }
}

extension CellGrid {
  /// The middle of a cell; nil for reports without a place, and for what is no cell of this grid, as a file that others have changed may
  /// hold it.
  func place(of cell: CellID) -> Coordinate? {
    cell.row < rowCount && cell.column < columnCount(row: cell.row) ? center(of: cell) : nil
  }
}
