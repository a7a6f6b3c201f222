import Reports
import SQLite

/// The statements on the history of one kind.
struct HistoryQuery {
  let kind: SummaryKind

  private var table: String { "\(kind.rawValue)_change" }
  private var tables: String { "\(table) AS c LEFT JOIN keyword AS k ON k.number = c.keyword" }

  private func indexed(_ index: String) -> String {
    "\(table) AS c INDEXED BY \(table)_\(index) LEFT JOIN keyword AS k ON k.number = c.keyword"
  }

  /// Everything that is kept, in order.
  var all: String { "SELECT \(HistoryRow.columns) FROM \(tables) ORDER BY c.number" }

  /// Everything that is kept of ?1, in order.
  var ofID: String { "SELECT \(HistoryRow.columns) FROM \(indexed("by_id")) WHERE c.id = ?1 ORDER BY c.number" }

  /// What was merged into ?1, in order.
  var absorbed: String {
    "SELECT \(HistoryRow.columns) FROM \(indexed("by_survivor")) WHERE c.merged_into = ?1 ORDER BY c.number"
  }

  /// What was said last of ?1 at or before ?2.
  var lastOfID: String {
    "SELECT \(HistoryRow.columns) FROM \(indexed("by_id")) WHERE c.id = ?1 AND c.at <= ?2 ORDER BY c.number DESC LIMIT 1"
  }

  /// The ids of which something was said after ?1 and at or before ?2.
  var changed: String {
    "SELECT DISTINCT id FROM \(table) INDEXED BY \(table)_by_time WHERE at > ?1 AND at <= ?2"
  }

  /// The ids of what is open now.
  var open: String { "SELECT id FROM \(kind.rawValue) INDEXED BY \(kind.rawValue)_open WHERE state = 'open'" }

  /// The ids that begin with what lies between ?1 and ?2.
  var beginning: String {
    "SELECT DISTINCT id FROM \(table) INDEXED BY \(table)_by_id WHERE id BETWEEN ?1 AND ?2 ORDER BY id LIMIT ?3"
  }

  /// What a list has shown at ?1: the last word on every id that was there then, and what ended so long ago that only its
  /// summary is left.
  ///
  /// Each part comes in the order of the list, so that a list of the latest looks at no more than it shows and what was said since.
  /// A point that tells of reports behind its time, as after a clock that was set back, is looked for apart.
  func asOf(_ filter: ClusterFilter) -> String {
    let (own, kept) = (conditions(filter, above: "above"), conditions(filter, above: "explained_by"))
    func points(_ index: String, _ condition: String) -> String {
      """
      SELECT \(HistoryRow.columns) FROM \(indexed(index))
      WHERE \(condition) AND c.at <= ?1 AND c.state <> 'merged' AND NOT EXISTS (
        SELECT 1 FROM \(table) AS n INDEXED BY \(table)_by_id WHERE n.id = c.id AND n.number > c.number AND n.at <= ?1)\(own)
      """
    }
    return """
      \(points("by_report", "c.last_report_at <= ?1"))
      UNION ALL
      \(points("ahead", "c.last_report_at > c.at AND c.last_report_at > ?1"))
      UNION ALL
      SELECT \(HistoryRow.summaryColumns(kind))
      FROM \(HistoryRow.summaryTables(kind, indexedBy: "\(kind.rawValue)_by_recency"))
      WHERE c.last_report_at <= (SELECT complete_since FROM history_state WHERE kind = '\(kind.rawValue)')
        AND c.state = 'closed' AND c.opened_at <= ?1 AND NOT EXISTS (
          SELECT 1 FROM \(table) AS n INDEXED BY \(table)_by_id WHERE n.id = c.id)\(kept)
      ORDER BY \(order(filter))
      """
  }

  private func conditions(_ filter: ClusterFilter, above: String) -> String {
    var text = ""
    if filter.since != nil { text += " AND c.last_report_at >= ?2" }
    if filter.until != nil { text += " AND c.opened_at < ?3" }
    if filter.state != nil { text += " AND c.state = ?4" }
    if filter.isAlertedOnly && kind != .cluster { text += " AND c.alerted_at IS NOT NULL" }
    if kind == .incident && !filter.includesExplained && !filter.isAlertedOnly { text += " AND c.\(above) IS NULL" }
    return text
  }

  /// Of what is united only the numbers of columns can be named.
  private func order(_ filter: ClusterFilter) -> String {
    switch (filter.order, kind) {
    case (.recent, _): HistoryRow.order("c.last_report_at DESC", "c.id")
    case (.id, _): HistoryRow.order("c.id")
    case (.largest, .cluster): HistoryRow.order("c.witness_count DESC", "c.report_count DESC", "c.opened_at", "c.id")
    case (.largest, _): HistoryRow.order("c.ri DESC", "c.observed DESC", "c.opened_at", "c.id")
    }
  }

  /// Binds the parameters of `asOf`.
  func bind(_ filter: ClusterFilter, asOf time: Timestamp, to statement: borrowing Statement) throws(SQLiteError) {
    try statement.bind(time.microseconds, at: 1)
    if let since = filter.since { try statement.bind(since.microseconds, at: 2) }
    if let until = filter.until { try statement.bind(until.microseconds, at: 3) }
    if let state = filter.state { try statement.bind(state.rawValue, at: 4) }
  }
}
