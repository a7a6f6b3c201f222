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
}
