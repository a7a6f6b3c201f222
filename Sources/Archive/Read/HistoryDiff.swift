package import Engine
package import Reports

/// What has become of the incidents, episodes or clusters of one kind between two moments of event time.
package struct HistoryDiff: Equatable, Sendable {
  /// Where a change belongs; in the order in which they are told.
  package enum Section: String, CaseIterable, Sendable {
    /// Not there before.
    case new
    /// Open, with more reports than before.
    case grown
    /// Absorbed by another, or merged into one by analysts.
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
    /// What analysts had made of an incident by the second.
    package internal(set) var acts = IncidentActs()

    /// What there is to tell of it: of one that was absorbed, what it was before.
    package var shown: HistoryRow { after.state == .merged ? before ?? after : after }

    /// The incident that tells of it since: the one that absorbed it, or that analysts merged it into.
    package var mergedInto: ClusterID? { after.mergedInto ?? acts.head }
  }

  package var kind: SummaryKind
  package var since: Timestamp
  package var until: Timestamp
  /// By section; in each the longest recurrence interval first, then the most reports, then by id.
  package var entries: [Entry]
  /// What was left out for what analysts did.
  package internal(set) var passed = PassedOver()
}
