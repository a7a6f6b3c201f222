package import Reports

/// What has become of the incidents, episodes or clusters of one kind between two moments of event time.
package struct HistoryDiff: Equatable, Sendable {
  /// Where a change belongs; in the order in which they are told.
  package enum Section: String, CaseIterable, Sendable {
    /// Not there before.
    case new
    /// Open, with more reports than before.
    case grown
    /// Absorbed by another.
    case merged
    case closed
    /// Open as before, with no more reports.
    case quieter
  }

  package struct Entry: Equatable, Sendable {
    package var section: Section
    /// What was said last at or before the first moment; nil where nothing was.
    package var before: HistoryRow?
    /// What was said last at or before the second.
    package var after: HistoryRow
  }

  package var kind: SummaryKind
  package var since: Timestamp
  package var until: Timestamp
  /// By section; in each the longest recurrence interval first, then the most reports, then by id.
  package var entries: [Entry]
}
