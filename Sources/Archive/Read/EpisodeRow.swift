package import Engine
import Reports
import SQLite

/// One episode as the store lists it.
package struct EpisodeRow: Equatable, Sendable {
  /// Its own first, then the others ascending by number; whoever reads rows fills those in.
  package internal(set) var keywords: [String]
  /// Without cells, bins and samples, and with its best window alone, where it was listed; a detail has all.
  package internal(set) var summary: EpisodeSummary

  /// The columns that `init` reads, of `episode AS c`, `keyword AS k` and its best window `episode_window AS w`.
  static let columns =
    (["k.text"] + EpisodeTables.columns.map { "c.\($0)" } + EpisodeTables.windowColumns.map { "w.\($0)" })
    .joined(separator: ", ")

  /// What the columns are of; `c` comes first, so that its order is kept.
  static func tables(indexedBy index: String? = nil) -> String {
    """
    episode AS c\(index.map { " INDEXED BY \($0)" } ?? "") CROSS JOIN keyword AS k ON k.number = c.keyword
    LEFT JOIN episode_window AS w ON w.episode = c.id AND w.rank = 0
    """
  }

  /// Reads a row of `columns`; nil where the id is none.
  init?(_ statement: borrowing Statement) {
    var cursor = ColumnCursor()
    keywords = [statement.text(cursor.next()) ?? ""]
    guard let id = statement.id(&cursor), let incident = statement.id(&cursor) else { return nil }
    let none = Significance(
      observed: 0, expected: .nan, recurrenceIntervalDays: .nan, recurrenceIntervalLocalDays: .nan,
      recurrenceIntervalRobustDays: .nan)
    summary = EpisodeSummary(
      id: id, incident: incident, keyword: UInt32(clamping: statement.count(&cursor)), isClosed: statement.isClosed(&cursor),
      firstSeenAt: statement.time(&cursor), lastSeenAt: statement.time(&cursor), openedAt: statement.time(&cursor),
      lastReportAt: statement.time(&cursor), centroid: statement.place(&cursor), boundingBox: statement.box(&cursor),
      reportCount: statement.count(&cursor), witnessCount: statement.count(&cursor),
      sourceCount: UInt32(clamping: statement.count(&cursor)), nearDuplicateCount: statement.count(&cursor),
      identicalPlaceCount: statement.count(&cursor), significance: statement.significance(&cursor) ?? none,
      firstSignificance: statement.significance(&cursor) ?? none, alertedAt: statement.optionalTime(&cursor),
      baseline: .init(
        perDay: statement.number(&cursor), coveredDays: statement.number(&cursor), priorShare: statement.number(&cursor),
        seasonFactor: statement.number(&cursor), guardDays: statement.number(&cursor)),
      windows: [], windowCount: statement.count(&cursor), cells: [], bins: [], samples: [])
    if let window = statement.window(&cursor) { summary.windows = [window] }
  }
}
