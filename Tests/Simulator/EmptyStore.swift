import Configuration
import Journal
import SQLite
import Service
import TestSupport

/// A store without a report, made once: most runs begin with a copy, for making tables costs more than all the rest of a run.
enum EmptyStore {
  static let summaries: FaultyStorage = {
    let disk = FaultyStorage()
    do {
      try open(journal: FaultyStorage(), summaries: disk, AggregatorMachine.configuration)
    } catch { preconditionFailure("an empty store cannot be made: \(error)") }
    return disk.restart()
  }()

  /// Every table, and a query that gives its rows as text.
  static let queries: [(table: String, sql: String)] = {
    do {
      guard let fileSystem = FaultyFileSystem(summaries.restart()) else { return [] }
      let connection = try Connection(path: "/summaries.sqlite", mode: .readWrite, fileSystem: fileSystem.name)
      let names = try Tables.column(
        of: connection.prepare(
          "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE 'side%'"))
      return try names.map { name in
        let columns = try Tables.column(of: connection.prepare("SELECT name FROM pragma_table_info('\(name)')"))
        let values = columns.map { "quote(\"\($0)\")" }.joined(separator: " || ' ' || ")
        return (name, "SELECT \(values) FROM \"\(name)\"")
      }
    } catch { preconditionFailure("the tables cannot be listed: \(error)") }
  }()

  /// Opens a store, which folds its whole journal, and closes it.
  static func open(journal: FaultyStorage, summaries: FaultyStorage, _ configuration: Configuration) throws {
    guard let fileSystem = FaultyFileSystem(summaries) else { throw Violation("no memory for a file system") }
    let store = try OpenStore(
      layout: AggregatorMachine.layout, identity: AggregatorMachine.identity, lock: nil, storage: journal,
      snapshots: FaultyStorage(), fileSystem: fileSystem.name, segmentByteCount: 1 << 20, configuration: configuration)
    _ = store.report
  }
}
