import SQLite

/// Writes whole rows, each replacing the one that has its keys.
struct UpsertStatement: ~Copyable {
  private let statement: Statement
}

extension UpsertStatement {
  /// Prepares the statement; `columns` begin with the `keyCount` columns that are unique.
  init(_ table: String, _ columns: [String], keyCount: Int = 1, on connection: borrowing Connection) throws(SQLiteError) {
    let parameters = columns.indices.map { "?\($0 + 1)" }.joined(separator: ", ")
    let updates = columns[keyCount...].map { "\($0) = excluded.\($0)" }.joined(separator: ", ")
    try self.init(
      statement: connection.prepare(
        """
        INSERT INTO \(table) (\(columns.joined(separator: ", "))) VALUES (\(parameters))
        ON CONFLICT (\(columns[..<keyCount].joined(separator: ", "))) DO UPDATE SET \(updates)
        """))
  }

  /// Writes a row with one value a column.
  func write(_ values: [StoredValue]) throws(SQLiteError) {
    try statement.bind(values)
    try statement.run()
  }
}
