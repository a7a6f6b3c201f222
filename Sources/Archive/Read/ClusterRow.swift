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

  /// The columns that `init` reads, of `cluster AS c` and `keyword AS k`.
  static let columns = """
    c.id, k.text, c.opened_at, c.last_report_at, c.state, c.latitude, c.longitude, c.west, c.south, c.east, c.north, \
    c.report_count, c.witness_count, c.source_count, c.cell_count
    """

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
  }
}
