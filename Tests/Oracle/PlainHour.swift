/// The hour of one keyword in one cell.
package struct PlainHour: Hashable, Sendable {
  package var keyword: String
  package var cell: UInt64
  /// Hours since the epoch.
  package var hour: Int64

  package init(keyword: String, cell: UInt64, hour: Int64) {
    self.keyword = keyword
    self.cell = cell
    self.hour = hour
  }
}
