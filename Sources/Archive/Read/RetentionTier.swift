package import Reports

/// What is kept for as long as each other: a row of `retention`.
package enum RetentionTier: String, CaseIterable, Sendable {
  case texts, counts, summaries
}

/// How long a tier is kept, and how far back it goes.
package struct RetentionExtent: Equatable, Sendable {
  package var tier: RetentionTier
  /// Days of event time; nil before an aggregator has written the store.
  package var days: Int?
  /// Nothing older is kept; nil before the first report.
  package var completeSince: Timestamp?
}
