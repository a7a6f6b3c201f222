package import Engine
package import Reports

/// What analysts have made of an incident.
package struct IncidentActs: Equatable, Sendable {
  /// Nil unless its last word on that is that it was.
  package var acknowledged: Act?
  /// Nil unless its last word on that is that it was assigned.
  package var assigned: Act?
  package var noteCount: UInt64 = 0
  /// What was merged into it by analysts, ascending.
  package var members: [ClusterID] = []
  /// What it was merged into by an analyst.
  package var head: ClusterID?
  /// The silence that hides it, the first one where several do.
  package var silence: Silence?
  /// Where that silence ends, or has ended.
  package var silenceEndsAt: Timestamp?

  package init() {}

  /// Whether the conditions of a filter hold.
  func isAdmitted(by filter: ActFilter) -> Bool {
    (acknowledged == nil || !filter.isUnacknowledgedOnly) && (filter.assignee == nil || assigned?.object == filter.assignee)
  }

  /// Whether a list shows it: it is neither merged into another nor silenced.
  func isListed(_ filter: ActFilter) -> Bool {
    head == nil && isAdmitted(by: filter) && (silence == nil || filter.includesSilenced)
  }
}
