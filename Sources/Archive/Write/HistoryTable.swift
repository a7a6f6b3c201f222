import Engine
import Reports
import SQLite

/// Writes the history of one kind, `<kind>_change`, and its row of `history_state`.
///
/// What is kept follows from the points alone, however they come in: a point may go once it lies before the cut and a later one before
/// the cut says more, or is the last of its id.
struct HistoryTable: ~Copyable {
  private let insert: Statement
  private let readState: Statement
  private let writeState: Statement
  private let lastBefore: Statement
  private let prune: Statement
  private let firstAfter: Statement
  private let limits: HistoryLimits
}

extension HistoryTable {
  /// The columns of a `…_change`, in the order in which `values` and `HistoryRow` have them.
  static let columns = [
    "number", "id", "at", "state", "merged_into", "keyword", "other_keywords", "opened_at", "last_report_at", "latitude",
    "longitude", "report_count", "witness_count", "episode_count", "observed", "expected", "ri", "ri_local", "ri_robust",
    "alerted_at", "above",
  ]

  /// Prepares the statements.
  init(of kind: SummaryKind, limits: HistoryLimits, on connection: borrowing Connection) throws(SQLiteError) {
    let table = "\(kind.rawValue)_change"
    let parameters = Self.columns.indices.map { "?\($0 + 1)" }.joined(separator: ", ")
    try self.init(
      insert: connection.prepare("INSERT INTO \(table) (\(Self.columns.joined(separator: ", "))) VALUES (\(parameters))"),
      readState: connection.prepare(
        "SELECT point_count, cut_number, complete_since, latest_at FROM history_state WHERE kind = '\(kind.rawValue)'"),
      writeState: connection.prepare(
        """
        UPDATE history_state SET point_count = ?1, cut_number = ?2, latest_at = ?3, complete_since = ?4
        WHERE kind = '\(kind.rawValue)'
        """),
      lastBefore: connection.prepare(
        "SELECT number FROM \(table) INDEXED BY \(table)_by_time WHERE at < ?1 ORDER BY at DESC, number DESC LIMIT 1"),
      prune: connection.prepare(
        """
        DELETE FROM \(table) WHERE number <= ?1 AND (state <> 'open' OR EXISTS (
          SELECT 1 FROM \(table) AS later INDEXED BY \(table)_by_id
          WHERE later.id = \(table).id AND later.number > \(table).number AND later.number <= ?1))
        """),
      firstAfter: connection.prepare("SELECT at FROM \(table) WHERE number > ?1 ORDER BY number LIMIT 1"), limits: limits)
  }

  /// Adds points, and lets the oldest go.
  func write(_ points: [HistoryPoint]) throws(SQLiteError) {
    let isThere = try readState.step()
    var count = readState.integer(0) ?? 0
    let cutBefore = readState.integer(1) ?? 0
    var completeSince = readState.integer(2)
    let latestAt = points.last?.at ?? (readState.isNull(3) ? nil : readState.timestamp(3))
    readState.reset()
    guard isThere, let latestAt else { return }
    for point in points {
      count += 1
      try insert.bind([.integer(count)] + Self.values(point))
      try insert.run()
    }
    var cut = max(cutBefore, limits.cut(ofCount: count))
    try lastBefore.bind(latestAt.midnight(daysBefore: limits.days).microseconds, at: 1)
    if try lastBefore.step() { cut = max(cut, lastBefore.integer(0) ?? 0) }
    lastBefore.reset()
    if cut > cutBefore {
      try prune.bind(cut, at: 1)
      try prune.run()
      try firstAfter.bind(cut, at: 1)
      if try firstAfter.step() { completeSince = max(completeSince ?? .min, firstAfter.integer(0) ?? .min) }
      firstAfter.reset()
    }
    try writeState.bind([.integer(count), .integer(cut), .time(latestAt), completeSince.map { .integer($0) } ?? .null])
    try writeState.run()
  }

  private static func values(_ point: HistoryPoint) -> [StoredValue] {
    let others = point.otherKeywords.map(String.init).joined(separator: ",")
    return [
      .id(point.id), .time(point.at), .text(Array("\(point.state)".utf8)), .id(point.mergedInto),
      point.keyword.map { .count($0) } ?? .null, others.isEmpty ? .null : .text(Array("[\(others)]".utf8)),
      .time(point.openedAt), .time(point.lastReportAt),
    ] + StoredValue.place(point.centroid) + [.count(point.reportCount), .count(point.witnessCount), .count(point.episodeCount)]
      + StoredValue.significance(point.significance) + [.time(point.alertedAt), .id(point.above)]
  }
}
