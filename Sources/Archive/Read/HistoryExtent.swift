package import Reports

/// How far back the history of one kind goes.
package struct HistoryExtent: Equatable, Sendable {
  package var kind: SummaryKind
  /// Points that were ever made; of them those up to `cutNumber` are let go of, unless something open rests on them.
  package var pointCount: UInt64
  package var cutNumber: UInt64
  /// The newest point's time; nil without any.
  package var latestAt: Timestamp?
  /// Nothing is known of what was said before; nil where nothing was let go of.
  package var completeSince: Timestamp?

  package init(
    kind: SummaryKind, pointCount: UInt64 = 0, cutNumber: UInt64 = 0, latestAt: Timestamp? = nil, completeSince: Timestamp? = nil
  ) {
    self.kind = kind
    self.pointCount = pointCount
    self.cutNumber = cutNumber
    self.latestAt = latestAt
    self.completeSince = completeSince
  }
}
