import Engine
import Reports
import SQLite

/// What tells where a row stands in the list of the latest, whether a place is near, and whether a silence hides it.
struct ListKey {
  let id: ClusterID
  let lastReportAt: Timestamp
  let place: Coordinate?
  /// Of an incident; false else.
  let isWholeArea: Bool

  init(_ summary: IncidentSummary) {
    id = summary.id
    lastReportAt = summary.lastReportAt
    place = summary.centroid
    isWholeArea = summary.isWholeArea
  }

  /// Reads a row of `ListQuery.keysSQL`; nil where the id is none.
  init?(_ row: borrowing Statement) {
    var cursor = ColumnCursor()
    guard let id = row.id(&cursor) else { return nil }
    self.id = id
    lastReportAt = row.time(&cursor)
    place = row.place(&cursor)
    isWholeArea = row.flag(&cursor)
  }
}

extension [ListKey] {
  /// Leaves the first of the list.
  mutating func cut(to count: Int) {
    sort { ($1.lastReportAt, $0.id) < ($0.lastReportAt, $1.id) }
    if self.count > count { removeLast(self.count - count) }
  }
}
