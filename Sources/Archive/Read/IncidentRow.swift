package import Engine
import Reports
import SQLite

/// One incident as the store lists it.
package struct IncidentRow: Equatable, Sendable {
  /// Ascending by number; whoever reads rows fills them in.
  package internal(set) var keywords: [String] = []
  package internal(set) var summary: IncidentSummary
  /// Of its best episode; zero where the store does not hold that.
  package let witnessCount: UInt64
  package let sourceCount: UInt32
  /// The best window of its best episode.
  package let bestWindow: WindowScore?
  /// What analysts have made of it; nothing where nobody asked for it.
  package internal(set) var acts = IncidentActs()

  /// The columns that `init` reads, of `incident AS c`, its best episode `e` and that one's best window `w`.
  static let columns =
    (IncidentTables.columns.map { "c.\($0)" } + ["e.witness_count", "e.source_count"]
    + EpisodeTables.windowColumns.map { "w.\($0)" }).joined(separator: ", ")

  /// What the columns are of; `c` comes first, so that its order is kept.
  static func tables(indexedBy index: String? = nil) -> String {
    """
    incident AS c\(index.map { " INDEXED BY \($0)" } ?? "") LEFT JOIN episode AS e ON e.id = c.best
    LEFT JOIN episode_window AS w ON w.episode = c.best AND w.rank = 0
    """
  }

  /// Reads a row of `columns`; nil where the id is none.
  init?(_ statement: borrowing Statement) {
    var cursor = ColumnCursor()
    guard let id = statement.id(&cursor), let best = statement.id(&cursor) else { return nil }
    let none = Significance(
      observed: 0, expected: .nan, recurrenceIntervalDays: .nan, recurrenceIntervalLocalDays: .nan,
      recurrenceIntervalRobustDays: .nan)
    let episodeCount = UInt32(clamping: statement.count(&cursor))
    let isClosed = statement.isClosed(&cursor)
    let (firstSeenAt, lastSeenAt) = (statement.time(&cursor), statement.time(&cursor))
    let (openedAt, lastReportAt) = (statement.time(&cursor), statement.time(&cursor))
    summary = IncidentSummary(
      id: id, best: best, keywords: [], episodeCount: episodeCount, isClosed: isClosed, firstSeenAt: firstSeenAt,
      lastSeenAt: lastSeenAt, openedAt: openedAt, lastReportAt: lastReportAt, centroid: statement.place(&cursor),
      boundingBox: statement.box(&cursor), isWholeArea: statement.flag(&cursor), reportCount: statement.count(&cursor),
      significance: statement.significance(&cursor) ?? none, firstSignificance: statement.significance(&cursor) ?? none,
      alertedAt: statement.optionalTime(&cursor), explainedBy: statement.id(&cursor))
    witnessCount = statement.count(&cursor)
    sourceCount = UInt32(clamping: statement.count(&cursor))
    bestWindow = statement.window(&cursor)
  }
}
