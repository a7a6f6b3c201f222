import Engine
import SQLite

/// Writes the history of all kinds.
struct HistoryTables: ~Copyable {
  private let incidents: HistoryTable
  private let episodes: HistoryTable
  private let clusters: HistoryTable
}

extension HistoryTables {
  /// Prepares the statements.
  init(limits: HistoryLimits, on connection: borrowing Connection) throws(SQLiteError) {
    try self.init(
      incidents: HistoryTable(of: .incident, limits: limits, on: connection),
      episodes: HistoryTable(of: .episode, limits: limits, on: connection),
      clusters: HistoryTable(of: .cluster, limits: limits, on: connection))
  }

  /// Lets go of what the limits do not allow of the store as it is found.
  func begin() throws(SQLiteError) {
    try incidents.write([])
    try episodes.write([])
    try clusters.write([])
  }

  func write(_ points: [HistoryPoint]) throws(SQLiteError) {
    if points.isEmpty { return }
    try incidents.write(points)
    try episodes.write(points)
    try clusters.write(points)
  }
}
