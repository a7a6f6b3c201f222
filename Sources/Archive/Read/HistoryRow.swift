package import Engine
package import Reports
import SQLite

/// What was said of one id from a moment of event time on.
package struct HistoryRow: Equatable, Sendable {
  package var kind: SummaryKind
  package var id: ClusterID
  /// The tick at which it was said; of what is told from the summary alone, its last report.
  package var at: Timestamp
  package var state: HistoryPoint.State
  package var mergedInto: ClusterID?
  /// Its own first, then the others, ascending by number; empty where it was merged.
  package var keywords: [String] = []
  package var openedAt: Timestamp?
  package var lastReportAt: Timestamp?
  package var location: Coordinate?
  package var reportCount: UInt64
  package var witnessCount: UInt64
  /// Of an incident; else zero.
  package var episodeCount: UInt64
  package var significance: Significance?
  package var alertedAt: Timestamp?
  /// A cluster's episode, an episode's incident, the incident that explains an incident.
  package var above: ClusterID?
  /// What analysts had made of an incident; nothing where nobody asked for it.
  package internal(set) var acts = IncidentActs()

  /// The columns that `init` reads, of `<kind>_change AS c` and its keyword `k`.
  static let columns = (names + [others]).joined(separator: ", ")

  private static let names = [
    "c.id", "c.at", "c.state", "c.merged_into", "c.opened_at", "c.last_report_at", "c.latitude", "c.longitude",
    "c.report_count", "c.witness_count", "c.episode_count", "c.observed", "c.expected", "c.ri", "c.ri_local", "c.ri_robust",
    "c.alerted_at", "c.above", "k.text",
  ]

  /// Terms of an order, such as `c.ri DESC`, with the numbers of `columns` instead of their names.
  static func order(_ terms: String...) -> String {
    terms.map { term in
      let parts = term.split(separator: " ", maxSplits: 1)
      let number = (names.firstIndex { $0 == parts[0] } ?? 0) + 1
      return (["\(number)"] + parts.dropFirst()).joined(separator: " ")
    }.joined(separator: ", ")
  }

  private static let others = """
    (SELECT group_concat(o.text, char(31)) FROM json_each(c.other_keywords) AS j CROSS JOIN keyword AS o ON o.number = j.value)
    """

  /// The same of a summary that no point of history is kept of.
  static func summaryColumns(_ kind: SummaryKind) -> String {
    let counts = "c.observed, c.expected, c.ri, c.ri_local, c.ri_robust"
    let place = "c.opened_at, c.last_report_at, c.latitude, c.longitude, c.report_count"
    let start = "c.id, c.last_report_at, c.state, NULL, \(place)"
    func others(_ own: String) -> String {
      """
      (SELECT group_concat(o.text, char(31)) FROM \(kind.rawValue)_keyword AS p CROSS JOIN keyword AS o ON o.number = p.keyword
        WHERE p.\(kind.rawValue) = c.id AND p.keyword <> \(own))
      """
    }
    return switch kind {
    case .incident:
      "\(start), e.witness_count, c.episode_count, \(counts), c.alerted_at, c.explained_by, k.text, \(others("e.keyword"))"
    case .episode: "\(start), c.witness_count, 0, \(counts), c.alerted_at, c.incident, k.text, \(others("c.keyword"))"
    case .cluster: "\(start), c.witness_count, 0, \(counts), NULL, c.episode, k.text, NULL"
    }
  }

  /// What `summaryColumns` are of.
  static func summaryTables(_ kind: SummaryKind, indexedBy index: String) -> String {
    let own = "\(kind.rawValue) AS c INDEXED BY \(index)"
    return switch kind {
    case .incident: "\(own) LEFT JOIN episode AS e ON e.id = c.best LEFT JOIN keyword AS k ON k.number = e.keyword"
    case .episode, .cluster: "\(own) LEFT JOIN keyword AS k ON k.number = c.keyword"
    }
  }

  /// Reads a row of `columns` and no more; nil where the id is none.
  init?(_ kind: SummaryKind, _ statement: borrowing Statement) {
    var cursor = ColumnCursor()
    guard let id = statement.id(&cursor) else { return nil }
    self.kind = kind
    self.id = id
    at = statement.time(&cursor)
    let word = statement.text(cursor.next()) ?? ""
    state = HistoryPoint.State.allCases.first { "\($0)" == word } ?? .open
    mergedInto = statement.id(&cursor)
    (openedAt, lastReportAt) = (statement.optionalTime(&cursor), statement.optionalTime(&cursor))
    location = statement.place(&cursor)
    (reportCount, witnessCount) = (statement.count(&cursor), statement.count(&cursor))
    episodeCount = statement.count(&cursor)
    significance = statement.significance(&cursor)
    alertedAt = statement.optionalTime(&cursor)
    above = statement.id(&cursor)
    guard let own = statement.text(cursor.next()) else { return }
    // Keywords hold no controls.
    keywords = [own] + (statement.text(cursor.next()) ?? "").split(separator: "\u{1f}").map(String.init)
  }
}
