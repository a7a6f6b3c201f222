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
  private let kind: HistoryPoint.Kind
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
    let pointKind: HistoryPoint.Kind =
      switch kind {
      case .incident: .incident
      case .episode: .episode
      case .cluster: .cluster
      }
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
      firstAfter: connection.prepare("SELECT at FROM \(table) WHERE number > ?1 ORDER BY number LIMIT 1"), kind: pointKind,
      limits: limits)
  }

  /// Adds the points of its kind, and lets the oldest go.
  func write(_ points: [HistoryPoint]) throws(SQLiteError) {
    let isThere = try readState.step()
    var count = readState.integer(0) ?? 0
    let cutBefore = readState.integer(1) ?? 0
    var completeSince = readState.integer(2)
    let latestAt = points.last { $0.kind == kind }?.at ?? (readState.isNull(3) ? nil : readState.timestamp(3))
    readState.reset()
    guard isThere, let latestAt else { return }
    for point in points where point.kind == kind {
      count += 1
      try add(point, number: count)
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

  private func add(_ point: HistoryPoint, number: Int64) throws(SQLiteError) {
    let isMerged = point.state == .merged
    precondition(isMerged == (point.mergedInto != nil) && isMerged == (point.keyword == nil), "a point is of one state")
    try insert.bind(number, at: 1)
    try insert.bind(point.id, at: 2)
    try insert.bind(point.at.microseconds, at: 3)
    switch point.state {
    case .open: try insert.bind(constant: "open", at: 4)
    case .closed: try insert.bind(constant: "closed", at: 4)
    case .merged: try insert.bind(constant: "merged", at: 4)
    }
    try insert.bind(point.mergedInto, at: 5)
    try insert.bind(point.keyword.map(Int64.init), at: 6)
    if point.otherKeywords.isEmpty {
      try insert.bindNull(at: 7)
    } else {
      try insert.bind("[\(point.otherKeywords.map(String.init).joined(separator: ","))]", at: 7)
    }
    try insert.bind(point.openedAt?.microseconds, at: 8)
    try insert.bind(point.lastReportAt?.microseconds, at: 9)
    try insert.bind(point.centroid, from: 10)
    try insert.bind(Int64(clamping: point.reportCount), at: 12)
    try insert.bind(Int64(clamping: point.witnessCount), at: 13)
    try insert.bind(Int64(point.episodeCount), at: 14)
    try insert.bind(point.significance, from: 15)
    try insert.bind(point.alertedAt?.microseconds, at: 20)
    try insert.bind(point.above, at: 21)
    try insert.run()
  }
}
