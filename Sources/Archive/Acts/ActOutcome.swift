package import Engine
package import Reports

/// What became of an act on an incident.
package enum ActOutcome: Equatable, Sendable {
  /// It stands in the audit under a number, on an incident: the one that was named, or the one that holds it.
  case done(act: UInt64, on: ClusterID)
  /// It was so already, and nothing was written; by which act, where there is one.
  case unchanged(Act?)
  /// The incident is not there any more.
  case gone
}

/// What became of a merge or of taking one back.
package enum JoinOutcome: Equatable, Sendable {
  case done(act: UInt64, member: ClusterID, head: ClusterID)
  /// They are one already, and this is what is listed for them.
  case alreadyOne(ClusterID)
  /// It was merged into nothing; what was merged into it.
  case notMerged(members: [ClusterID])
  case gone(ClusterID)
  case full
}

/// What became of a silence that was to be begun or ended.
package enum SilenceOutcome: Equatable, Sendable {
  case done(act: UInt64, silence: UInt64)
  /// It had ended by then.
  case ended(Timestamp, by: String?)
  case missing
  case full
}
