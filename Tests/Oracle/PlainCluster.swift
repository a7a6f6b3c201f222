package import Engine
import Reports

/// A cluster as the oracle and the engine are compared by.
package struct PlainCluster: Hashable, Sendable {
  package var id: UInt64
  package var keyword: String
  package var reports: Int
  package var witnesses: Int
  package var sources: Int
  /// Microseconds of its first and last report.
  package var first: Int64
  package var last: Int64
  package var isClosed: Bool
  /// Ascending: each cell with its reports and witnesses.
  package var cells: [[UInt64]]
  /// Microseconds, ascending.
  package var sampleTimes: [Int64]

  package init(
    id: UInt64, keyword: String, reports: Int, witnesses: Int, sources: Int, first: Int64, last: Int64, isClosed: Bool,
    cells: [[UInt64]], sampleTimes: [Int64]
  ) {
    self.id = id
    self.keyword = keyword
    self.reports = reports
    self.witnesses = witnesses
    self.sources = sources
    self.first = first
    self.last = last
    self.isClosed = isClosed
    self.cells = cells
    self.sampleTimes = sampleTimes
  }

  /// What the engine says of one.
  ///
  /// - Parameter keyword: what its keyword is called.
  package init(_ cluster: ClusterSummary, keyword: String) {
    self.init(
      id: cluster.id.rawValue, keyword: keyword, reports: Int(cluster.reportCount), witnesses: Int(cluster.witnessCount),
      sources: Int(cluster.sourceCount), first: cluster.openedAt.microseconds, last: cluster.lastReportAt.microseconds,
      isClosed: cluster.isClosed, cells: cluster.cells.map { [$0.cell.rawValue, $0.reportCount, $0.witnessCount] },
      sampleTimes: cluster.samples.map(\.time.microseconds))
  }
}
