package import Engine
package import Reports

/// The text of one report with what it was sampled from.
package struct SampleRow: Equatable, Sendable {
  /// Cluster or episode.
  package let kind: SummaryKind
  package let summary: ClusterID
  package let keywords: [String]
  /// The mean place of the reports of `summary`: the store keeps none of a single report.
  package let location: Coordinate?
  package let sample: SampleText
}
