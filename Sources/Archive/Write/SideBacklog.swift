import Engine
import SQLite

/// Notes which summaries the side tables must be told of: `side_backlog`.
///
/// Each stands there once, however often it changes: the backlog is never longer than the summaries.
struct SideBacklog: ~Copyable {
  private let insert: Statement
}

extension SideBacklog {
  /// Prepares the statement.
  init(on connection: borrowing Connection) throws(SQLiteError) {
    try self.init(insert: connection.prepare("INSERT INTO side_backlog (kind, id) VALUES (?1, ?2) ON CONFLICT DO NOTHING"))
  }

  func note(_ kind: SummaryKind, _ id: [UInt8]) throws(SQLiteError) {
    try insert.bind(kind.rawValue, at: 1)
    try insert.bind(text: id, at: 2)
    try insert.run()
  }

  func note(_ kind: SummaryKind, _ id: ClusterID) throws(SQLiteError) {
    try insert.bind(kind.rawValue, at: 1)
    try insert.bind(id, at: 2)
    try insert.run()
  }
}
