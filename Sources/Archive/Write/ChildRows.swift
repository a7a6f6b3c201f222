import Engine
import SQLite

/// Rows that belong to one parent, each under an integer of its own: of a new set only the difference is written.
struct ChildRows: ~Copyable {
  struct Row {
    var key: Int64
    /// As many as the table has columns after the parent and the key.
    var values: [StoredValue] = []
  }

  private let read: Statement
  private let put: Statement
  private let delete: Statement
}

extension ChildRows {
  /// Prepares the statements for a table whose columns are the parent's id, the key, then `columns`.
  init(_ table: String, parent: String, key: String, columns: [String], on connection: borrowing Connection) throws(SQLiteError) {
    let parameters = (1...columns.count + 2).map { "?\($0)" }.joined(separator: ", ")
    let updates = columns.map { "\($0) = excluded.\($0)" }.joined(separator: ", ")
    try self.init(
      read: connection.prepare("SELECT \(([key] + columns).joined(separator: ", ")) FROM \(table) WHERE \(parent) = ?1"),
      put: connection.prepare(
        """
        INSERT INTO \(table) (\(([parent, key] + columns).joined(separator: ", "))) VALUES (\(parameters))
        ON CONFLICT DO \(columns.isEmpty ? "NOTHING" : "UPDATE SET \(updates)")
        """),
      delete: connection.prepare("DELETE FROM \(table) WHERE \(parent) = ?1 AND \(key) = ?2"))
  }

  /// Makes the stored rows of a parent equal to the given ones, whose keys differ.
  ///
  /// - Complexity: O(stored + given), and a write for each row that is new, changed or gone.
  func write(_ rows: [Row], of parent: ClusterID) throws(SQLiteError) {
    let indices = Dictionary(rows.enumerated().map { ($1.key, $0) }) { _, last in last }
    var isStored = Array(repeating: false, count: rows.count)
    var gone: [Int64] = []
    try read.bind(parent, at: 1)
    while try read.step() {
      let key = read.integer(0) ?? 0
      guard let index = indices[key] else {
        gone.append(key)
        continue
      }
      isStored[index] = rows[index].values.indices.allSatisfy { read.holds(rows[index].values[$0], Int32($0 + 1)) }
    }
    read.reset()
    for key in gone {
      try delete.bind(parent, at: 1)
      try delete.bind(key, at: 2)
      try delete.run()
    }
    for (row, isStored) in zip(rows, isStored) where !isStored {
      try put.bind(parent, at: 1)
      try put.bind(row.key, at: 2)
      try put.bind(row.values, from: 3)
      try put.run()
    }
  }
}
