import Engine
import Reports
import SQLite

/// Writes incidents and how they were joined: `incident`, `incident_keyword` and `incident_merge`.
struct IncidentTables: ~Copyable {
  private let upsert: UpsertStatement
  private let keywords: ChildRows
  private let merge: UpsertStatement
  private let delete: Statement
  private let moveEpisodes: Statement
  private let moveExplanations: Statement
}

extension IncidentTables {
  /// The columns of `incident`, in the order in which `values` and `IncidentRow` have them.
  static let columns = [
    "id", "best", "episode_count", "state", "first_seen_at", "last_seen_at", "opened_at", "last_report_at", "latitude",
    "longitude", "west", "south", "east", "north", "is_whole_area", "report_count", "observed", "expected", "ri", "ri_local",
    "ri_robust", "first_observed", "first_expected", "first_ri", "first_ri_local", "first_ri_robust", "alerted_at",
    "explained_by",
  ]

  /// Prepares the statements.
  init(on connection: borrowing Connection) throws(SQLiteError) {
    try self.init(
      upsert: UpsertStatement("incident", Self.columns, on: connection),
      keywords: ChildRows("incident_keyword", parent: "incident", key: "keyword", columns: [], on: connection),
      merge: UpsertStatement("incident_merge", ["absorbed", "survivor"], on: connection),
      delete: connection.prepare("DELETE FROM incident WHERE id = ?1"),
      moveEpisodes: connection.prepare("UPDATE episode SET incident = ?2 WHERE incident = ?1"),
      moveExplanations: connection.prepare("UPDATE incident SET explained_by = ?2 WHERE explained_by = ?1"))
  }

  /// Takes an absorbed incident's rows away, keeps where its episodes went, and turns what named it to the one that holds them.
  func write(_ merge: Changes.Merge) throws(SQLiteError) {
    let row: [StoredValue] = [.id(merge.absorbed), .id(merge.into)]
    try delete.bind(row[0], at: 1)
    try delete.run()
    try self.merge.write(row)
    try moveEpisodes.bind(row)
    try moveEpisodes.run()
    try moveExplanations.bind(row)
    try moveExplanations.run()
  }

  /// Replaces an incident's row and keywords.
  func write(_ summary: IncidentSummary) throws(SQLiteError) {
    try upsert.write(Self.values(summary))
    try keywords.write(summary.keywords.map { .init(key: Int64($0)) }, of: summary.id)
  }

  private static func values(_ summary: IncidentSummary) -> [StoredValue] {
    var values: [StoredValue] = [
      .id(summary.id), .id(summary.best), .count(summary.episodeCount), .state(isClosed: summary.isClosed),
      .time(summary.firstSeenAt), .time(summary.lastSeenAt), .time(summary.openedAt), .time(summary.lastReportAt),
    ]
    values += StoredValue.place(summary.centroid) + StoredValue.box(summary.boundingBox)
    values += [.flag(summary.isWholeArea), .count(summary.reportCount)]
    values += StoredValue.significance(summary.significance) + StoredValue.significance(summary.firstSignificance)
    return values + [.time(summary.alertedAt), .id(summary.explainedBy)]
  }
}
