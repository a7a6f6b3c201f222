package import Engine

/// What a list of incidents has passed over, until its limit was reached, for what analysts did.
package struct PassedOver: Equatable, Sendable {
  /// Those that a silence hides.
  package private(set) var silencedCount = 0
  /// The heads of those that were merged into another, each once.
  package private(set) var heads: [ClusterID] = []

  package init() {}

  /// Whether a list shows an incident; counts it where it does not.
  mutating func admits(_ acts: IncidentActs, _ filter: ActFilter) -> Bool {
    if let head = acts.head {
      if !heads.contains(head) { heads.append(head) }
      return false
    }
    if acts.isListed(filter) { return true }
    if acts.isAdmitted(by: filter) { silencedCount += 1 }
    return false
  }

  /// Takes out heads of which nothing needs to be said, since they are shown.
  mutating func leaveOut(_ shown: some Sequence<ClusterID>) {
    let shown = Set(shown)
    heads.removeAll { shown.contains($0) }
  }
}
