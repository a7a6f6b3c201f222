import SQLite

/// What is whole of a store's file, table by table, and what can be saved of what is not.
package struct ArchiveCheck: Equatable, Sendable {
  package enum State: String, Sendable {
    case whole
    /// Pages of it cannot be read, or contradict each other, or a row breaks a `CHECK`.
    case damaged
    /// It can be read, and names rows that are not there.
    case dangling
  }

  package struct Finding: Equatable, Sendable {
    /// A table with its indexes; `file` for what belongs to none.
    package var table: String
    package var state: State
    /// Rows that could be read: all of them where it is whole, those before and behind the damage where it is not.
    package var rowCount: UInt64
    /// What is wrong and what to do; empty where nothing is.
    package var says: String
  }

  /// The file's schema, which may be older than this release's.
  package var version: Int
  /// By name; those that are not whole first.
  package var findings: [Finding]

  /// The tables that have rows and that nothing else could make anew.
  package var salvageable: [Finding] { findings.filter { Salvage.tables.contains($0.table) && $0.rowCount > 0 } }

  package var isWhole: Bool { findings.allSatisfy { $0.state == .whole } }
}

extension ArchiveCheck {
  /// References that the schema does not enforce: rows of an earlier version came without them.
  private static let references: [(table: String, column: String, target: String, key: String)] = [
    ("cluster", "episode", "episode", "id"), ("episode", "incident", "incident", "id"), ("incident", "best", "episode", "id"),
    ("incident", "explained_by", "incident", "id"), ("rollup_hourly", "keyword", "keyword", "number"),
    ("rollup_daily", "keyword", "keyword", "number"), ("rollup_total", "keyword", "keyword", "number"),
  ]

  /// Reads everything of a store's file. `CHECK`s are looked at where this user may write it.
  ///
  /// - Throws: where it cannot be opened, or not even its schema can be read.
  /// - Complexity: O(bytes), twice where something is damaged.
  package init(folder: String) throws(ArchiveError) {
    let file = try ArchiveFile(folder: folder, isSearched: true)
    version = file.version
    findings = []
    let tables = try storing { () throws(SQLiteError) in
      try Self.column(
        "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'shadow') ORDER BY name", file.connection)
    }
    let examiner = try storing { () throws(SQLiteError) in
      try Connection(path: ArchiveFormat.path(inFolder: folder), mode: .examining)
    }
    let isChecked = Self.messages("PRAGMA main.integrity_check(1)", examiner) == ["ok"]
    let isWhole = isChecked || Self.messages("PRAGMA main.integrity_check(1)", file.connection) == ["ok"]
    for table in tables {
      findings.append(isWhole ? Self.count(table, file.connection) : Self.examine(table, file.connection))
    }
    if !isChecked, self.isWhole { findBrokenChecks(examiner) }
    if !isWhole, self.isWhole {
      let says = Self.messages("PRAGMA main.integrity_check(3)", file.connection).joined(separator: "; ")
      findings.append(
        Finding(
          table: "file", state: .damaged, rowCount: 0, says: "no table is concerned (\(says)); `tocsin db vacuum` writes it anew")
      )
    }
    if self.isWhole { try findReferences(file.connection) }
    findings.sort { ($0.state == .whole ? 1 : 0, $0.table) < ($1.state == .whole ? 1 : 0, $1.table) }
  }

  private static func column(_ sql: String, _ connection: borrowing Connection) throws(SQLiteError) -> [String] {
    let select = try connection.prepare(sql)
    var values: [String] = []
    while try select.step() { values.append(select.text(0) ?? "") }
    return values
  }

  /// The lines of a check, or what keeps it from being made.
  private static func messages(_ sql: String, _ connection: borrowing Connection) -> [String] {
    do throws(SQLiteError) { return try column(sql, connection) } catch { return [error.message] }
  }

  private static func count(_ table: String, _ connection: borrowing Connection) -> Finding {
    let (count, error) = read("SELECT count(*) FROM \"\(table)\"", connection) { $0.integer(0) ?? 0 }
    guard let error else { return Finding(table: table, state: .whole, rowCount: UInt64(clamping: count), says: "") }
    return Finding(table: table, state: .damaged, rowCount: 0, says: error)
  }

  /// Sums a number over rows until they end or cannot be read any further.
  private static func read(
    _ sql: String, _ connection: borrowing Connection, _ each: (borrowing Statement) -> Int64
  ) -> (sum: Int64, error: String?) {
    var sum: Int64 = 0
    do throws(SQLiteError) {
      let select = try connection.prepare(sql)
      while try select.step() { sum += each(select) }
    } catch {
      return (sum, error.message)
    }
    return (sum, nil)
  }

  private static func examine(_ table: String, _ connection: borrowing Connection) -> Finding {
    let problems = messages("PRAGMA main.integrity_check('\(table)')", connection)
    let columns = (try? column("SELECT name FROM pragma_table_info('\(table)') WHERE pk > 0 ORDER BY pk", connection)) ?? []
    let forward = read("SELECT * FROM \"\(table)\" NOT INDEXED", connection) { _ in 1 }
    if problems == ["ok"], forward.error == nil {
      return Finding(table: table, state: .whole, rowCount: UInt64(clamping: forward.sum), says: "")
    }
    let why = problems.first { $0 != "ok" && !$0.hasPrefix("***") } ?? forward.error ?? ""
    guard let error = forward.error else {
      let says = "an index is damaged (\(why)): every row can be read"
      return Finding(table: table, state: .damaged, rowCount: UInt64(clamping: forward.sum), says: "\(says); \(advice(table))")
    }
    let keys = columns.isEmpty ? "rowid DESC" : columns.map { "\"\($0)\" DESC" }.joined(separator: ", ")
    let backward = read("SELECT * FROM \"\(table)\" NOT INDEXED ORDER BY \(keys)", connection) { _ in 1 }
    let says = "\(forward.sum) rows can be read before the damage and \(backward.sum) behind it (\(error))"
    return Finding(
      table: table, state: .damaged, rowCount: UInt64(clamping: forward.sum + backward.sum), says: "\(says); \(advice(table))")
  }

  private static func advice(_ table: String) -> String {
    switch table {
    case _ where Salvage.tables.contains(table): "it is written here alone, and `tocsin db salvage` carries over what can be read"
    case _ where table.hasPrefix("side_"): "it only serves searches, and is filled anew when the file is made anew"
    default: "the journal holds all of it"
    }
  }

  /// Rows that hold what a `CHECK` forbids.
  private mutating func findBrokenChecks(_ connection: borrowing Connection) {
    for index in findings.indices {
      let table = findings[index].table
      let messages = Self.messages("PRAGMA main.integrity_check('\(table)')", connection)
      guard let message = messages.first(where: { $0.hasPrefix("CHECK constraint failed") }) else { continue }
      findings[index].state = .damaged
      findings[index].says = "a row holds what it must not (\(message)): every row can be read; \(Self.advice(table))"
    }
  }

  /// Rows that name others which are not there.
  private mutating func findReferences(_ connection: borrowing Connection) throws(ArchiveError) {
    var counts: [String: (table: String, count: Int64)] = [:]
    try storing { () throws(SQLiteError) in
      let check = try connection.prepare("SELECT \"table\", \"parent\", count(*) FROM pragma_foreign_key_check GROUP BY 1, 2")
      while try check.step() {
        let (table, parent) = (check.text(0) ?? "", check.text(1) ?? "")
        counts["\(table) → \(parent)"] = (table, check.integer(2) ?? 0)
      }
      let known = try Self.column("SELECT name FROM sqlite_schema WHERE type = 'table'", connection)
      for reference in Self.references where known.contains(reference.table) && known.contains(reference.target) {
        let columns = try Self.column("SELECT name FROM pragma_table_info('\(reference.table)')", connection)
        guard columns.contains(reference.column) else { continue }
        let count = try connection.integer(
          """
          SELECT count(*) FROM \(reference.table) AS c WHERE c.\(reference.column) IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM \(reference.target) AS t WHERE t.\(reference.key) = c.\(reference.column))
          """)
        if let count, count > 0 {
          counts["\(reference.table).\(reference.column) → \(reference.target)"] = (reference.table, count)
        }
      }
    }
    for (name, (table, count)) in counts.sorted(by: { $0.key < $1.key }) {
      guard let index = findings.firstIndex(where: { $0.table == table }) else { continue }
      findings[index].state = .dangling
      let before = findings[index].says.isEmpty ? "" : findings[index].says + "; "
      findings[index].says = before + "\(count) rows name what is not there (\(name))"
    }
  }
}
