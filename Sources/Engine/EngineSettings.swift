package import Reports

/// What the engine is told once. The same settings and journal give the same bytes, anywhere.
package struct EngineSettings: Equatable, Sendable {
  /// Never empty; the first holds for every keyword that no topic names.
  package var profiles = [Profile.city]
  package var topics: [TopicRule] = []
  package var sources: [SourceRule] = []
  /// The user's dial: how many false alarms a day, of all profiles together, are acceptable.
  package var falseAlarmsPerDay: Double = 1.0 / 30
  /// Minutes from UTC to the local time of the season; nil: from the mean longitude of the first reports.
  package var utcOffsetMinutes: Int?
  /// An alert waits so long, in event time, for others of the same incident.
  package var groupWaitMinutes: Int = 10
  /// Keywords that one source may bring for the first time on one day; further ones are counted, not clustered.
  package var newKeywordsPerSourceDay: Int = 1_000
  /// Terms taken from the text of a report that has no keywords: those that fewest reports have.
  package var termsPerText: Int = 3
  /// How far behind the newest event time a report may come and still count.
  package var allowedLatenessMinutes: Int = 360
  /// A source that is so far behind the newest event time holds nobody up.
  package var idleTimeoutMinutes: Int = 60
  /// Whether an identity's time begins at its first sight or at its last.
  package var deduplicationWindow = DeduplicationWindow.fixed
  /// How long an identity is remembered, in event time.
  package var deduplicationWindowHours: Int = 168
  /// Identities remembered at once; past this the oldest are forgotten early, and counted.
  package var deduplicationEntryCount: Int = 16_000_000
  /// Refused events that are kept, and bytes of them; past either the oldest go first.
  package var quarantineEventCount: Int = 10_000
  package var quarantineByteCount: Int = 64 << 20
  /// Key of the identity hashes: the store's own.
  package var identityKey: SipHash.Key = .published

  package init() {}

  /// The first profile's, by their short names.
  package var cellMeters: Double {
    get { profiles[0].cellMeters }
    set { profiles[0].cellMeters = newValue }
  }
  package var binMinutes: Int {
    get { profiles[0].binMinutes }
    set { profiles[0].binMinutes = newValue }
  }
  package var minimumWitnesses: Int {
    get { profiles[0].minimumWitnesses }
    set { profiles[0].minimumWitnesses = newValue }
  }

  /// The index of the profile that a keyword is looked at by: of the first topic that names it, else the first.
  func profile(of keyword: ArraySlice<UInt8>) -> UInt8 {
    for topic in topics {
      for pattern in topic.keywords {
        let bytes = pattern.utf8
        let isPrefix = bytes.last == UInt8(ascii: "*")
        if isPrefix ? keyword.starts(with: bytes.dropLast()) : keyword.elementsEqual(bytes) { return UInt8(topic.profile) }
      }
    }
    return 0
  }

  /// What is known of a source: the rule with the longest prefix that fits.
  func rule(of source: ArraySlice<UInt8>) -> SourceRule {
    let fitting = sources.filter { source.starts(with: $0.prefix.utf8) }
    return fitting.max { $0.prefix.utf8.count < $1.prefix.utf8.count } ?? SourceRule(prefix: "")
  }
}
