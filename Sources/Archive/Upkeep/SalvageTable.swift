import SQLite

/// A table as two files know it: the columns that both have, and how its rows are read from one that is damaged.
struct SalvageTable {
  let table: String
  private(set) var names: [String] = []
  private var types: [String] = []
  /// The columns of its primary key.
  private(set) var key: [String] = []

  /// Nil where the damaged file has no such table.
  init?(_ table: String, from source: borrowing Connection, to target: borrowing Connection) throws(SQLiteError) {
    self.table = table
    let known = try source.prepare("SELECT 1 FROM pragma_table_info(?1) WHERE name = ?2")
    let select = try target.prepare("SELECT name, type, pk FROM pragma_table_info(?1) ORDER BY cid")
    try select.bind(table, at: 1)
    try known.bind(table, at: 1)
    while try select.step() {
      let name = select.text(0) ?? ""
      if select.integer(2) ?? 0 > 0 { key.append(name) }
      try known.bind(name, at: 2)
      if try known.step() {
        names.append(name)
        types.append(select.text(1) ?? "")
      }
      known.reset()
    }
    if names.isEmpty { return nil }
  }

  /// Whether its rows are numbered from 1 on.
  var isNumbered: Bool { key == ["number"] }

  func value(_ name: String, _ row: [StoredValue]) -> StoredValue { names.firstIndex(of: name).map { row[$0] } ?? .null }

  var select: String { "SELECT \(names.joined(separator: ", ")) FROM \(table)" }

  var insert: String {
    let parameters = names.indices.map { "?\($0 + 1)" }.joined(separator: ", ")
    let missing = key.map { "\($0) = ?\((names.firstIndex(of: $0) ?? 0) + 1)" }.joined(separator: " AND ")
    return """
      INSERT INTO \(table) (\(names.joined(separator: ", "))) SELECT \(parameters)
      WHERE NOT EXISTS (SELECT 1 FROM \(table) WHERE \(missing))
      """
  }

  func row(_ statement: borrowing Statement) -> [StoredValue] {
    var row: [StoredValue] = []
    for (index, type) in types.enumerated() {
      let column = Int32(index)
      switch type {
      case "INTEGER": row.append(statement.integer(column).map { .integer($0) } ?? .null)
      case "REAL": row.append(statement.double(column).map { .real($0) } ?? .null)
      default: row.append(statement.bytes(column).map { .text($0) } ?? .null)
      }
    }
    return row
  }

  /// The rows before the damage and those behind it, ascending, and what SQLite says of it.
  func rows(_ source: borrowing Connection) -> (rows: [[StoredValue]], error: String?) {
    let order = key.joined(separator: ", ")
    let (before, error) = read("\(select) NOT INDEXED ORDER BY \(order)", source)
    guard let error else { return (before, nil) }
    let descending = key.map { "\($0) DESC" }.joined(separator: ", ")
    let known = Set(before.map(keyText))
    let (behind, _) = read("\(select) NOT INDEXED ORDER BY \(descending)", source)
    return (before + behind.reversed().filter { !known.contains(keyText($0)) }, error)
  }

  private func keyText(_ row: [StoredValue]) -> String {
    key.map { "\(value($0, row))" }.joined(separator: " ")
  }

  private func read(_ sql: String, _ source: borrowing Connection) -> (rows: [[StoredValue]], error: String?) {
    var rows: [[StoredValue]] = []
    do throws(SQLiteError) {
      let select = try source.prepare(sql)
      while try select.step() { rows.append(row(select)) }
    } catch {
      return (rows, error.message)
    }
    return (rows, nil)
  }
}
