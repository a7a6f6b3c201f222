package import Engine
package import Reports

/// Where a page of a list ends: the last report and the id of its last row. It stays right while the store is written, since what
/// changes moves to the front.
package struct ListCursor: Equatable, Sendable {
  package var lastReportAt: Timestamp
  package var id: ClusterID

  package init(lastReportAt: Timestamp, id: ClusterID) {
    self.lastReportAt = lastReportAt
    self.id = id
  }

  /// Reads what `description` gives; nil for anything else.
  package init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let time = Timestamp(parts[0]), let id = ClusterID(parts[1]) else { return nil }
    (lastReportAt, self.id) = (time, id)
  }
}

extension ListCursor: CustomStringConvertible {
  /// The members `lastReportAt` and `id` of a row: `2015-02-10T13:05:00Z/51w0sahm8k7ng`.
  package var description: String { "\(lastReportAt)/\(id)" }
}
