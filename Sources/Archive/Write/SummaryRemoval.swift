import Engine
import SQLite

/// Takes summaries of one kind out of the store: the row, what hangs on it, and the ids that went on under its id.
struct SummaryRemoval: ~Copyable {
  private let kind: SummaryKind
  private let delete: Statement
  private let forget: Statement?
}

extension SummaryRemoval {
  /// Prepares the statements.
  init(of kind: SummaryKind, on connection: borrowing Connection) throws(SQLiteError) {
    let name = kind.rawValue
    try self.init(
      kind: kind, delete: connection.prepare("DELETE FROM \(name) WHERE id = ?1"),
      forget: kind == .episode
        ? nil
        : connection.prepare(
          """
          WITH RECURSIVE gone (id) AS (
            SELECT ?1
            UNION SELECT m.absorbed FROM gone AS g CROSS JOIN \(name)_merge AS m ON m.survivor = g.id
              WHERE NOT EXISTS (SELECT 1 FROM \(name) AS c WHERE c.id = m.absorbed)
          )
          DELETE FROM \(name)_merge WHERE absorbed IN (SELECT id FROM gone)
          """))
  }

  func remove(_ id: [UInt8], noting backlog: borrowing SideBacklog) throws(SQLiteError) {
    try forget?.bind(text: id, at: 1)
    try forget?.run()
    try delete.bind(text: id, at: 1)
    try delete.run()
    try backlog.note(kind, id)
  }
}
