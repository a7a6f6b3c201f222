package import Engine
package import Reports

/// One cluster with everything that the store holds of it.
package struct ClusterDetail: Equatable, Sendable {
  package let row: ClusterRow
  /// Ascending by cell.
  package let cells: [ClusterSummary.CellCount]
  /// Its earliest reports with distinct texts, ascending by time.
  package let samples: [SampleText]
}

/// One episode with everything that the store holds of it.
package struct EpisodeDetail: Equatable, Sendable {
  /// With all windows, cells and bins. Its samples are those whose texts the store has.
  package let row: EpisodeRow
  package let samples: [SampleText]
  /// The incident that it belongs to; nil where the store does not hold it.
  package let incident: IncidentRow?
  /// The clusters below it, the largest first.
  package let clusters: [ClusterRow]
}

/// One incident with everything that the store holds of it.
package struct IncidentDetail: Equatable, Sendable {
  package internal(set) var row: IncidentRow
  /// Its best episode; nil where the store does not hold it.
  package let best: EpisodeDetail?
  /// Its episodes, the longest recurrence interval first.
  package let episodes: [EpisodeRow]
}

/// The text of one report, read from the journal once.
package struct SampleText: Equatable, Sendable {
  package let source: String
  package let reportID: String
  package let reportedAt: Timestamp
  package let text: String
  /// Further reports with nearly the same text.
  package let nearDuplicateCount: UInt32
  /// Where its batch stands in the journal: the log names the batch by it.
  package let journalPosition: UInt64
}

/// One summary of any kind with everything that the store holds of it.
package enum SummaryDetail: Equatable, Sendable {
  case incident(IncidentDetail)
  case episode(EpisodeDetail)
  case cluster(ClusterDetail)

  package var id: ClusterID {
    switch self {
    case .incident(let detail): detail.row.summary.id
    case .episode(let detail): detail.row.summary.id
    case .cluster(let detail): detail.row.id
    }
  }

  package var kind: SummaryKind {
    switch self {
    case .incident: .incident
    case .episode: .episode
    case .cluster: .cluster
    }
  }
}

/// What an id, or the beginning of one, leads to.
package enum SummaryLookup: Equatable, Sendable {
  case found(SummaryDetail)
  /// The id ceased to exist; what it stood for is in `into` now.
  case merged(absorbed: ClusterID, into: SummaryDetail)
  case none
  /// Several ids begin so: the first of them, ascending, at most `ambiguousCount`.
  case ambiguous([ClusterID])

  package static let ambiguousCount = 16
}
