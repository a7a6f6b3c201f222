import Engine
import Reports
import SQLite

/// The parts of one summary, each in the engine's order.
extension ArchiveReader {
  /// Runs a statement on one id and reads every row.
  private func parts<Part>(
    _ sql: String, of id: ClusterID, _ read: (borrowing Statement) -> Part?
  ) throws(SQLiteError) -> [Part] {
    let select = try connection.prepare(sql)
    try select.bind(id.description, at: 1)
    var parts: [Part] = []
    while try select.step() {
      if let part = read(select) { parts.append(part) }
    }
    return parts
  }

  func cells(of id: ClusterID) throws(SQLiteError) -> [ClusterSummary.CellCount] {
    // −1, no place, comes last here, and first in SQL.
    try parts("SELECT cell, report_count, witness_count FROM cluster_cell WHERE cluster = ?1", of: id) {
      ClusterSummary.CellCount($0, from: 0)
    }.sorted { $0.cell < $1.cell }
  }

  func windows(of id: ClusterID) throws(SQLiteError) -> [WindowScore] {
    let columns = EpisodeTables.windowColumns.joined(separator: ", ")
    return try parts("SELECT \(columns) FROM episode_window WHERE episode = ?1 ORDER BY rank", of: id) { statement in
      var cursor = ColumnCursor()
      return statement.window(&cursor)
    }
  }

  func episodeCells(of id: ClusterID) throws(SQLiteError) -> [EpisodeSummary.CellScore] {
    let columns = EpisodeTables.cellColumns.joined(separator: ", ")
    return try parts("SELECT cell, \(columns) FROM episode_cell WHERE episode = ?1", of: id) { statement in
      var cursor = ColumnCursor(from: 1)
      guard let box = statement.box(&cursor) else { return nil }
      return EpisodeSummary.CellScore(
        cell: CellID(rawValue: UInt64(bitPattern: statement.integer(0) ?? -1)), box: box, observed: statement.count(&cursor),
        expected: statement.number(&cursor))
    }.sorted { $0.cell < $1.cell }
  }

  func bins(of id: ClusterID) throws(SQLiteError) -> [EpisodeSummary.BinScore] {
    try parts("SELECT starts_at, observed, expected FROM episode_bin WHERE episode = ?1 ORDER BY starts_at", of: id) {
      statement in
      var cursor = ColumnCursor()
      return EpisodeSummary.BinScore(
        startsAt: statement.time(&cursor), observed: statement.count(&cursor), expected: statement.number(&cursor))
    }
  }

  /// Texts with where they stand in the journal, by rank.
  func samples(
    of id: ClusterID, _ kind: SummaryKind
  ) throws(SQLiteError) -> [(reference: ClusterSummary.SampleReference, text: SampleText)] {
    try parts(Self.samplesSQL(kind), of: id) { Self.sample($0) }
  }

  /// The samples of ?1 by rank, in the columns that `sample` reads.
  static func samplesSQL(_ kind: SummaryKind) -> String {
    """
    SELECT source, report_id, reported_at, text, near_duplicate_count, journal_position, journal_row
    FROM \(kind.rawValue)_sample WHERE \(kind.rawValue) = ?1 ORDER BY rank
    """
  }

  static func sample(_ statement: borrowing Statement) -> (reference: ClusterSummary.SampleReference, text: SampleText) {
    let text = SampleText(
      source: statement.text(0) ?? "", reportID: statement.text(1) ?? "", reportedAt: statement.timestamp(2),
      text: statement.text(3) ?? "", nearDuplicateCount: UInt32(clamping: statement.count(4)),
      journalPosition: statement.count(5))
    var reference = ClusterSummary.SampleReference(
      time: text.reportedAt, position: statement.count(5), row: UInt32(clamping: statement.count(6)))
    reference.nearDuplicateCount = text.nearDuplicateCount
    return (reference, text)
  }
}
