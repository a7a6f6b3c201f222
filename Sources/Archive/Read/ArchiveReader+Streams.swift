import Engine
import Reports
import SQLite

/// Everything that a filter admits, row after row: nothing is held but a few hundred rows, however large the store is.
///
/// `filter.limit` counts the rows that are told. Within `atOneMoment` all streams see the same state of the store.
extension ArchiveReader {
  /// Rows that are read before they are told.
  private static let batchCount = 256

  /// Runs streams that see the store at one moment, which a writer meanwhile does not change for them.
  package func atOneMoment<Value>(_ body: () throws -> Value) throws -> Value {
    let value = try connection.transaction(.reading, wrapping: { ArchiveError($0) as any Error }) { () throws(any Error) in
      try body()
    }
    try checkUnchanged()
    return value
  }

  /// The clusters, episodes or incidents that a filter admits, in its order.
  package func forEachCluster(_ filter: ClusterFilter, _ body: (ClusterRow) throws -> Void) throws {
    try stream(.cluster, filter, { ClusterRow($0) }, place: { $0.location }, filled: { $0 }, body)
  }

  package func forEachEpisode(_ filter: ClusterFilter, _ body: (EpisodeRow) throws -> Void) throws {
    try stream(.episode, filter, { EpisodeRow($0) }, place: { $0.summary.centroid }) { rows in
      try storing { () throws(SQLiteError) in try withKeywords(rows) }
    } _: { row in
      try body(row)
    }
  }

  /// The incidents that what analysts did admits, too, with what was done to each.
  package func forEachIncident(_ filter: ClusterFilter, _ acts: ActFilter, _ body: (IncidentRow) throws -> Void) throws {
    var board = try storing { () throws(SQLiteError) in try ActBoard(acts, on: connection) }
    try stream(.incident, filter, { IncidentRow($0) }, place: { $0.summary.centroid }) { row in
      try storing { () throws(SQLiteError) in
        row.acts = try board.acts(on: row, self)
        return row.acts.isListed(acts)
      }
    } filled: { rows in
      try storing { () throws(SQLiteError) in try withKeywords(rows) }
    } _: { row in
      try body(row)
    }
  }

  /// - Parameters:
  ///   - choose: has the last word on each row, and may fill it in.
  ///   - filled: adds to a few rows at once what other tables say of them.
  private func stream<Row>(
    _ kind: SummaryKind, _ filter: ClusterFilter, _ read: (borrowing Statement) -> Row?, place: (Row) -> Coordinate?,
    choose: (inout Row) throws -> Bool = { _ in true }, filled: ([Row]) throws -> [Row], _ body: (Row) throws -> Void
  ) throws {
    guard let query = ListQuery(kind, filter) else { return }
    let statement = try storing { () throws(SQLiteError) in
      let statement = try connection.prepare(query.sql)
      try query.bind(keywordNumbers: try keywordNumbers(filter.keywordWords, further: filter.furtherKeywords), to: statement)
      return statement
    }
    let limit = filter.limit ?? .max
    var rows: [Row] = []
    var count = 0
    while count < limit, try storing({ () throws(SQLiteError) in try statement.step() }) {
      guard var row = read(statement), !filter.hasPlace || place(row).map({ filter.admits($0) }) ?? false, try choose(&row) else {
        continue
      }
      rows.append(row)
      count += 1
      if rows.count == Self.batchCount {
        for row in try filled(rows) { try body(row) }
        rows.removeAll(keepingCapacity: true)
      }
    }
    for row in try filled(rows) { try body(row) }
  }

  /// The texts that are kept of the clusters or episodes that a filter admits, each at the mean place of what it was sampled from.
  package func forEachSample(
    of kind: SummaryKind, _ filter: ClusterFilter, _ body: (SampleRow) throws -> Void
  ) throws {
    guard kind != .incident else { return }
    let select = try storing { () throws(SQLiteError) in try connection.prepare(Self.samplesSQL(kind)) }
    var left = filter.limit ?? .max
    func tell(_ id: ClusterID, _ keywords: [String], _ location: Coordinate?) throws {
      guard left > 0 else { return }
      try storing { () throws(SQLiteError) in try select.bind(id.description, at: 1) }
      while left > 0, try storing({ () throws(SQLiteError) in try select.step() }) {
        left -= 1
        try body(
          SampleRow(kind: kind, summary: id, keywords: keywords, location: location, sample: Self.sample(select).text))
      }
      select.reset()
    }
    var unlimited = filter
    unlimited.limit = nil
    if kind == .cluster {
      try forEachCluster(unlimited) { try tell($0.id, $0.keywords, $0.location) }
    } else {
      try forEachEpisode(unlimited) { try tell($0.summary.id, $0.keywords, $0.summary.centroid) }
    }
  }

  /// The cells of the episodes that a filter admits.
  package func forEachEpisodeCell(_ filter: ClusterFilter, _ body: (EpisodeCellRow) throws -> Void) throws {
    var left = filter.limit ?? .max
    var unlimited = filter
    unlimited.limit = nil
    try forEachEpisode(unlimited) { episode in
      guard left > 0 else { return }
      for cell in try storing({ () throws(SQLiteError) in try episodeCells(of: episode.summary.id) }).prefix(left) {
        left -= 1
        try body(EpisodeCellRow(episode: episode.summary.id, keywords: episode.keywords, cell: cell))
      }
    }
  }
}

// MARK: Roll-ups

extension ArchiveReader {
  /// The hourly counts that a filter admits, ascending by keyword, hour and cell: its words and times count, and its place, where the
  /// middle of the cell must lie.
  package func forEachRollup(_ filter: ClusterFilter, _ body: (PlacedRollup) throws -> Void) throws {
    let grid = try grid(of: try ArchiveMeta.read(from: connection))
    var hours = RollupFilter()
    (hours.since, hours.until) = (filter.since, filter.until)
    hours.keywordWords = filter.keywordWords
    let select = try storing { () throws(SQLiteError) in
      let numbers = try keywordNumbers(filter.keywordWords, further: filter.furtherKeywords)
      let select = try connection.prepare(Self.rollupsSQL(hasWords: !filter.keywordWords.isEmpty))
      try select.bind(hours.hours.first, at: 1)
      try select.bind(hours.hours.last, at: 2)
      if !filter.keywordWords.isEmpty { try select.bind(numbers, at: 3) }
      return select
    }
    var left = filter.limit ?? .max
    var keyword = (number: Int64?.none, text: "")
    while left > 0, try storing({ () throws(SQLiteError) in try select.step() }) {
      let number = select.integer(0)
      if number != keyword.number { keyword = (number, select.text(1) ?? "") }
      let counts = ClusterSummary.CellCount(select, from: 3)
      // A file that others have changed may name cells that are none.
      let isPlaced = counts.cell.row < grid.rowCount && counts.cell.column < grid.columnCount(row: counts.cell.row)
      guard !filter.hasPlace || isPlaced && filter.admits(grid.center(of: counts.cell)) else { continue }
      left -= 1
      try body(
        PlacedRollup(
          row: RollupRow(
            keyword: keyword.text, cell: counts.cell, hour: Int32(clamping: select.integer(2) ?? 0),
            reportCount: counts.reportCount, witnessCount: counts.witnessCount),
          box: isPlaced ? grid.boundingBox(of: counts.cell) : nil))
    }
  }

  /// By the primary key, keyword after keyword in the order of their texts: no sorting.
  private static func rollupsSQL(hasWords: Bool) -> String {
    """
    SELECT k.number, k.text, r.hour, r.cell, r.report_count, r.witness_count FROM keyword AS k
    CROSS JOIN rollup_hourly AS r ON r.keyword = k.number
    WHERE r.hour BETWEEN ?1 AND ?2\(hasWords ? " AND k.number IN (SELECT value FROM json_each(?3))" : "")
    ORDER BY k.text, r.hour, r.cell
    """
  }

  /// What roll-ups add up to, cell by cell, ascending; those without a place are left out.
  package func forEachCell(_ totals: inout CellTotals, limit: Int?, _ body: (CellRow) throws -> Void) throws {
    let grid = try grid(of: try ArchiveMeta.read(from: connection))
    try totals.forEach(on: connection, limit: limit ?? .max) { cell, total in
      guard cell.row < grid.rowCount, cell.column < grid.columnCount(row: cell.row) else { return false }
      try body(CellRow(cell: cell, box: grid.boundingBox(of: cell), total: total))
      return true
    }
  }

  /// Adds an hour to the totals.
  package func add(_ rollup: RollupRow, to totals: inout CellTotals) throws {
    try totals.add(rollup, on: connection)
  }
}
