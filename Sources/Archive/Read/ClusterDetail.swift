package import Engine
package import Reports

/// One cluster with everything that the store holds of it.
package struct ClusterDetail: Equatable, Sendable {
  package let row: ClusterRow
  /// Ascending by cell.
  package let cells: [ClusterSummary.CellCount]
  /// Its earliest reports with distinct texts, ascending by time.
  package let samples: [Sample]

  package struct Sample: Equatable, Sendable {
    package let source: String
    package let reportID: String
    package let reportedAt: Timestamp
    package let text: String
  }
}

/// What a cluster's id, or the beginning of one, leads to.
package enum ClusterLookup: Equatable, Sendable {
  case found(ClusterDetail)
  /// The id ceased to exist; its reports are in `into` now.
  case merged(absorbed: ClusterID, into: ClusterDetail)
  case none
  /// Several ids begin so: the first of them, ascending, at most `ambiguousCount`.
  case ambiguous([ClusterID])

  package static let ambiguousCount = 16
}
