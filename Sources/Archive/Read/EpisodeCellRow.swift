package import Engine

/// One cell of an episode.
package struct EpisodeCellRow: Equatable, Sendable {
  package let episode: ClusterID
  package let keywords: [String]
  package let cell: EpisodeSummary.CellScore
}
