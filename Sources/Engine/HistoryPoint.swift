package import Reports

/// What was said of one incident, episode or cluster from a moment of event time on, until the next point of the same id.
package struct HistoryPoint: Equatable, Sendable {
  package enum Kind: UInt8, CaseIterable, Sendable { case incident, episode, cluster }
  package enum State: UInt8, CaseIterable, Sendable {
    case open
    /// The last point of its id.
    case closed
    /// The last point of its id, which tells no more than `mergedInto`.
    case merged
  }

  package var kind: Kind
  package var id: ClusterID
  /// The tick of event time at which it was looked at; never earlier than that of the point before, unless the clock was set back.
  package var at: Timestamp
  package var state: State
  package var mergedInto: ClusterID?
  /// Nil where it was merged; of an incident the best episode's.
  package var keyword: UInt32?
  /// Ascending, without `keyword`.
  package var otherKeywords: [UInt32] = []
  package var openedAt: Timestamp?
  package var lastReportAt: Timestamp?
  package var centroid: Coordinate?
  package var reportCount: UInt64 = 0
  package var witnessCount: UInt64 = 0
  package var episodeCount: UInt32 = 0
  package var significance: Significance?
  package var alertedAt: Timestamp?
  /// A cluster's episode, an episode's incident, the incident that explains an incident.
  package var above: ClusterID?

  package init(_ kind: Kind, _ id: ClusterID, at: Timestamp, state: State) {
    self.kind = kind
    self.id = id
    self.at = at
    self.state = state
  }

  /// That an id ceased to exist.
  init(_ kind: Kind, _ merge: Changes.Merge, at: Timestamp) {
    self.init(kind, merge.absorbed, at: at, state: .merged)
    mergedInto = merge.into
  }

  init(_ summary: EpisodeSummary, at: Timestamp) {
    self.init(.episode, summary.id, at: at, state: summary.isClosed ? .closed : .open)
    keyword = summary.keyword
    otherKeywords = summary.otherKeywords
    (openedAt, lastReportAt, centroid) = (summary.openedAt, summary.lastReportAt, summary.centroid)
    (reportCount, witnessCount) = (summary.reportCount, summary.witnessCount)
    significance = summary.significance
    alertedAt = summary.alertedAt
    above = summary.incident
  }

  /// - Parameters:
  ///   - keyword: The best episode's.
  ///   - witnessCount: The best episode's.
  init(_ summary: IncidentSummary, keyword: UInt32, witnessCount: UInt64, at: Timestamp) {
    self.init(.incident, summary.id, at: at, state: summary.isClosed ? .closed : .open)
    self.keyword = keyword
    otherKeywords = summary.keywords.filter { $0 != keyword }
    (openedAt, lastReportAt, centroid) = (summary.openedAt, summary.lastReportAt, summary.centroid)
    reportCount = summary.reportCount
    self.witnessCount = witnessCount
    episodeCount = summary.episodeCount
    significance = summary.significance
    alertedAt = summary.alertedAt
    above = summary.explainedBy
  }

  init(_ summary: ClusterSummary, at: Timestamp) {
    self.init(.cluster, summary.id, at: at, state: summary.isClosed ? .closed : .open)
    keyword = summary.keyword
    (openedAt, lastReportAt, centroid) = (summary.openedAt, summary.lastReportAt, summary.centroid)
    (reportCount, witnessCount) = (summary.reportCount, summary.witnessCount)
    significance = summary.significance
    above = summary.episode
  }

  /// A hash of what it says, the time at which it is said left out: two points that are alike have the same. Never zero.
  var mark: UInt64 {
    var hasher = SipHash(key: .published)
    func combine(_ time: Timestamp?) {
      hasher.combine(UInt64(bitPattern: time?.microseconds ?? .min))
    }
    hasher.combine(id.rawValue)
    hasher.combine(UInt64(state.rawValue))
    hasher.combine(UInt64(keyword ?? .max))
    for other in otherKeywords { hasher.combine(UInt64(other)) }
    combine(openedAt)
    combine(lastReportAt)
    combine(alertedAt)
    hasher.combine(UInt64(bitPattern: Int64(centroid?.latitudeE7 ?? .min)))
    hasher.combine(UInt64(bitPattern: Int64(centroid?.longitudeE7 ?? .min)))
    for count in [reportCount, witnessCount, UInt64(episodeCount), above?.rawValue ?? 0] { hasher.combine(count) }
    if let significance {
      hasher.combine(significance.observed)
      for number in [
        significance.expected, significance.recurrenceIntervalDays, significance.recurrenceIntervalLocalDays,
        significance.recurrenceIntervalRobustDays,
      ] {
        hasher.combine(number.bitPattern)
      }
    }
    return max(1, hasher.finish())
  }

  // MARK: State

  /// What a snapshot is read into.
  static var blank: Self { Self(.incident, ClusterID(rawValue: 0), at: Timestamp(microseconds: 0), state: .open) }

  /// Its state, for a snapshot.
  mutating func code(_ coder: inout some StateCoder) throws(StateError) {
    var (kindByte, stateByte) = (kind.rawValue, state.rawValue)
    try coder.code(&kindByte)
    try coder.code(&stateByte)
    guard let known = Kind(rawValue: kindByte), let knownState = State(rawValue: stateByte) else {
      throw .malformed("\(kindByte), \(stateByte) is no point of history")
    }
    (kind, state) = (known, knownState)
    try coder.code(&id)
    try coder.code(&at)
    try coder.code(&mergedInto)
    try coder.code(&keyword)
    try coder.code(&otherKeywords)
    try coder.code(&openedAt)
    try coder.code(&lastReportAt)
    try coder.code(&centroid)
    try coder.code(&reportCount)
    try coder.code(&witnessCount)
    try coder.code(&episodeCount)
    try coder.code(&significance)
    try coder.code(&alertedAt)
    try coder.code(&above)
  }
}
