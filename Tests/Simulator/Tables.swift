import SQLite
import TestSupport

/// What the summaries hold, as text.
struct Tables {
  private(set) var rows: [String: [String]] = [:]
  /// Name, received, accepted, duplicate, late, rejected.
  private(set) var sources: [[String]] = []

  init(_ disk: FaultyStorage) throws {
    guard let fileSystem = FaultyFileSystem(disk) else { throw Violation("no memory for a file system") }
    let connection = try Connection(path: "/summaries.sqlite", mode: .readWrite, fileSystem: fileSystem.name)
    for (table, sql) in EmptyStore.queries { rows[table] = try Self.column(of: connection.prepare(sql)).sorted() }
    let statement = try connection.prepare(
      "SELECT name, received, accepted, duplicate, late, rejected FROM source WHERE received > 0")
    while try statement.step() { sources.append((0..<6).map { statement.text($0) ?? "NULL" }) }
  }

  /// The first column of every row.
  static func column(of statement: consuming Statement) throws -> [String] {
    var values: [String] = []
    while try statement.step() { values.append(statement.text(0) ?? "NULL") }
    return values
  }
}
