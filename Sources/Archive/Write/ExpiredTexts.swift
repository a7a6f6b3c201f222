import Engine
import Reports
import SQLite

/// Takes away the sample texts of one kind of summaries whose time is over.
struct ExpiredTexts: ~Copyable {
  private let note: Statement
  private let drop: Statement
}

extension ExpiredTexts {
  /// Prepares the statements for `<kind>_sample`.
  init(of kind: SummaryKind, on connection: borrowing Connection) throws(SQLiteError) {
    let (name, table) = (kind.rawValue, "\(kind.rawValue)_sample")
    let due = "\(table) INDEXED BY \(table)_by_time WHERE reported_at < ?1"
    try self.init(
      note: connection.prepare(
        "INSERT INTO side_backlog (kind, id) SELECT DISTINCT '\(name)', \(name) FROM \(due) ON CONFLICT DO NOTHING"),
      drop: connection.prepare("DELETE FROM \(due)"))
  }

  /// Takes the samples of reports before a time away, and has the side tables told.
  ///
  /// - Complexity: O(log n) where none is due.
  func drop(before bound: Timestamp) throws(SQLiteError) {
    try note.bind(bound.microseconds, at: 1)
    try note.run()
    try drop.bind(bound.microseconds, at: 1)
    try drop.run()
  }
}
