package import Reports

/// What an analyst lists: episodes that share their reports, or their place and time, as one.
package struct IncidentSummary: Equatable, Sendable {
  package var id: ClusterID
  /// The best episode: place, counts and significance of the incident are its.
  package var best: ClusterID
  /// Ascending.
  package var keywords: [UInt32]
  package var episodeCount: UInt32
  package var isClosed: Bool
  package var firstSeenAt: Timestamp
  package var lastSeenAt: Timestamp
  package var openedAt: Timestamp
  package var lastReportAt: Timestamp
  package var centroid: Coordinate?
  package var boundingBox: BoundingBox?
  package var isWholeArea: Bool
  /// Distinct reports of all its episodes, estimated from their sketches where they overlap.
  package var reportCount: UInt64
  package var significance: Significance
  package var firstSignificance: Significance
  package var alertedAt: Timestamp?
  /// The listed incident that explains more than half of this one's excess; nil where it is listed itself.
  package var explainedBy: ClusterID?

  package init(
    id: ClusterID, best: ClusterID, keywords: [UInt32], episodeCount: UInt32, isClosed: Bool, firstSeenAt: Timestamp,
    lastSeenAt: Timestamp, openedAt: Timestamp, lastReportAt: Timestamp, centroid: Coordinate?, boundingBox: BoundingBox?,
    isWholeArea: Bool, reportCount: UInt64, significance: Significance, firstSignificance: Significance,
    alertedAt: Timestamp?, explainedBy: ClusterID?
  ) {
    self.id = id
    self.best = best
    self.keywords = keywords
    self.episodeCount = episodeCount
    self.isClosed = isClosed
    self.firstSeenAt = firstSeenAt
    self.lastSeenAt = lastSeenAt
    self.openedAt = openedAt
    self.lastReportAt = lastReportAt
    self.centroid = centroid
    self.boundingBox = boundingBox
    self.isWholeArea = isWholeArea
    self.reportCount = reportCount
    self.significance = significance
    self.firstSignificance = firstSignificance
    self.alertedAt = alertedAt
    self.explainedBy = explainedBy
  }
}
