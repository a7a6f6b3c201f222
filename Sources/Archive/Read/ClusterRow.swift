package import Engine
package import Reports
import SQLite

/// One cluster as the store lists it.
package struct ClusterRow: Equatable, Sendable {
  package let id: ClusterID
  package let keywords: [String]
  /// Times of its first and last report.
  package let openedAt: Timestamp
  package let lastReportAt: Timestamp
  package let state: ClusterFilter.State
  /// Mean place of its reports.
  package let location: Coordinate
  package let boundingBox: BoundingBox
  package let reportCount: UInt64
  package let witnessCount: UInt64
  package let sourceCount: UInt32
  package let cellCount: Int
  /// Reports whose text is nearly that of another in the same cell and bin.
  package let nearDuplicateCount: UInt64
  /// Nil while its baseline is still learning.
  package let significance: Significance?
  /// The episode below which it hangs, and when that one was alerted, first and last seen; nil where none holds it.
  package let episode: ClusterID?
  package let alertedAt: Timestamp?
  package let firstSeenAt: Timestamp?
  package let lastSeenAt: Timestamp?

  /// The columns that `init` reads, of `cluster AS c`, `keyword AS k` and its episode `e`.
  static let columns = """
    c.id, k.text, c.opened_at, c.last_report_at, c.state, c.latitude, c.longitude, c.west, c.south, c.east, c.north, \
    c.report_count, c.witness_count, c.source_count, c.cell_count, c.near_duplicate_count, c.observed, c.expected, c.ri, \
    c.ri_local, c.ri_robust, c.episode, e.alerted_at, e.first_seen_at, e.last_seen_at
    """

  /// What the columns are of; `c` comes first, so that its order is kept.
  static func tables(indexedBy index: String? = nil) -> String {
    """
    cluster AS c\(index.map { " INDEXED BY \($0)" } ?? "") CROSS JOIN keyword AS k ON k.number = c.keyword
    LEFT JOIN episode AS e ON e.id = c.episode
    """
  }

  /// Reads a row of `columns`; nil where the id is none.
  init?(_ statement: borrowing Statement) {
    guard let id = ClusterID(statement.text(0) ?? "") else { return nil }
    self.id = id
    keywords = [statement.text(1) ?? ""]
    openedAt = statement.timestamp(2)
    lastReportAt = statement.timestamp(3)
    state = statement.text(4) == "closed" ? .closed : .open
    location = Coordinate(latitudeE7: statement.degreesE7(5), longitudeE7: statement.degreesE7(6))
    boundingBox = BoundingBox(
      westE7: statement.degreesE7(7), southE7: statement.degreesE7(8),
      eastE7: statement.degreesE7(9), northE7: statement.degreesE7(10))
    reportCount = statement.count(11)
    witnessCount = statement.count(12)
    sourceCount = UInt32(clamping: statement.count(13))
    cellCount = Int(clamping: statement.count(14))
    nearDuplicateCount = statement.count(15)
    var cursor = ColumnCursor(from: 16)
    significance = statement.significance(&cursor)
    episode = statement.id(&cursor)
    alertedAt = statement.optionalTime(&cursor)
    firstSeenAt = statement.optionalTime(&cursor)
    lastSeenAt = statement.optionalTime(&cursor)
  }
}
