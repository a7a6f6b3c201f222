import Engine
import Reports
import SQLite

/// Writes summaries and merges: `cluster`, `cluster_cell` and `cluster_merge`.
struct ClusterTables: ~Copyable {
  private let upsert: Statement
  private let find: Statement
  private let delete: Statement
  private let merge: Statement
  private let readCells: Statement
  private let putCell: Statement
  private let deleteCell: Statement
}

extension ClusterTables {
  /// Prepares the statements.
  init(on connection: borrowing Connection) throws(SQLiteError) {
    try self.init(
      upsert: connection.prepare(
        """
        INSERT INTO cluster (
          id, keyword, opened_at, last_report_at, state, latitude, longitude, west, south, east, north, report_count,
          witness_count, source_count, cell_count, near_duplicate_count, observed, expected, ri, ri_local, ri_robust, episode
        ) VALUES (
          ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22
        )
        ON CONFLICT (id) DO UPDATE SET
          keyword = excluded.keyword, opened_at = excluded.opened_at, last_report_at = excluded.last_report_at,
          state = excluded.state, latitude = excluded.latitude, longitude = excluded.longitude,
          west = excluded.west, south = excluded.south, east = excluded.east, north = excluded.north,
          report_count = excluded.report_count, witness_count = excluded.witness_count,
          source_count = excluded.source_count, cell_count = excluded.cell_count,
          near_duplicate_count = excluded.near_duplicate_count, observed = excluded.observed, expected = excluded.expected,
          ri = excluded.ri, ri_local = excluded.ri_local, ri_robust = excluded.ri_robust, episode = excluded.episode
        """),
      find: connection.prepare("SELECT 1 FROM cluster WHERE id = ?1"),
      delete: connection.prepare("DELETE FROM cluster WHERE id = ?1"),
      merge: connection.prepare(
        "INSERT INTO cluster_merge VALUES (?1, ?2) ON CONFLICT (absorbed) DO UPDATE SET survivor = excluded.survivor"),
      readCells: connection.prepare(
        "SELECT cell, report_count, witness_count FROM cluster_cell WHERE cluster = ?1 ORDER BY cell"),
      putCell: connection.prepare(
        """
        INSERT INTO cluster_cell VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET
          report_count = excluded.report_count, witness_count = excluded.witness_count
        """),
      deleteCell: connection.prepare("DELETE FROM cluster_cell WHERE cluster = ?1 AND cell = ?2"))
  }

  /// Takes an absorbed cluster's rows away, its cells and samples with it, and keeps where its reports went.
  ///
  /// - Returns: whether there were any: most are absorbed before they are stored, and to look is far cheaper than to delete.
  func write(_ merge: Changes.Merge) throws(SQLiteError) -> Bool {
    try find.bind(merge.absorbed, at: 1)
    let isThere = try find.step()
    find.reset()
    if isThere {
      try delete.bind(merge.absorbed, at: 1)
      try delete.run()
    }
    try self.merge.bind(merge.absorbed, at: 1)
    try self.merge.bind(merge.into, at: 2)
    try self.merge.run()
    return isThere
  }

  /// Replaces a cluster's row and cells.
  func write(_ summary: ClusterSummary) throws(SQLiteError) {
    try upsert.bind(summary.id, at: 1)
    try upsert.bind(Int64(summary.keyword), at: 2)
    try upsert.bind(summary.openedAt.microseconds, at: 3)
    try upsert.bind(summary.lastReportAt.microseconds, at: 4)
    try upsert.bind(constant: summary.isClosed ? "closed" : "open", at: 5)
    try upsert.bind(summary.centroid, from: 6)
    try upsert.bind(summary.boundingBox, from: 8)
    try upsert.bind(Int64(clamping: summary.reportCount), at: 12)
    try upsert.bind(Int64(clamping: summary.witnessCount), at: 13)
    try upsert.bind(Int64(summary.sourceCount), at: 14)
    try upsert.bind(Int64(summary.cells.count), at: 15)
    try upsert.bind(Int64(clamping: summary.nearDuplicateCount), at: 16)
    try upsert.bind(summary.significance, from: 17)
    try upsert.bind(summary.episode, at: 22)
    try upsert.run()
    try write(summary.cells, of: summary.id)
  }

  /// Makes the stored cells equal to the given ones and writes only the difference: one walk along both ascending lists.
  private func write(_ cells: [ClusterSummary.CellCount], of id: ClusterID) throws(SQLiteError) {
    let stored = try storedCells(of: id)
    var index = 0
    for cell in cells {
      while index < stored.count, stored[index].cell < cell.cell {
        try remove(stored[index].cell, of: id)
        index += 1
      }
      let known = index < stored.count && stored[index].cell == cell.cell ? stored[index] : nil
      if known != nil { index += 1 }
      if known != cell { try put(cell, of: id) }
    }
    for cell in stored[index...] { try remove(cell.cell, of: id) }
  }

  /// Ascending as `CellID` compares. In SQL `nowhere` is −1 and comes first; it is the only negative one that the engine makes.
  private func storedCells(of id: ClusterID) throws(SQLiteError) -> [ClusterSummary.CellCount] {
    var cells: [ClusterSummary.CellCount] = []
    try readCells.bind(id, at: 1)
    while try readCells.step() { cells.append(.init(readCells, from: 0)) }
    readCells.reset()
    return cells.sorted { $0.cell < $1.cell }
  }

  private func put(_ cell: ClusterSummary.CellCount, of id: ClusterID) throws(SQLiteError) {
    try putCell.bind(id, at: 1)
    try putCell.bind(bitPattern: cell.cell.rawValue, at: 2)
    try putCell.bind(Int64(clamping: cell.reportCount), at: 3)
    try putCell.bind(Int64(clamping: cell.witnessCount), at: 4)
    try putCell.run()
  }

  private func remove(_ cell: CellID, of id: ClusterID) throws(SQLiteError) {
    try deleteCell.bind(id, at: 1)
    try deleteCell.bind(bitPattern: cell.rawValue, at: 2)
    try deleteCell.run()
  }
}
