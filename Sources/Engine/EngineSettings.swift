package import Reports

/// What the engine is told once. The same settings and journal give the same bytes, anywhere.
package struct EngineSettings: Equatable, Sendable {
  /// Side of a grid cell.
  package var cellMeters: Double = 1_000
  /// Width of a time bin; a divisor or a multiple of an hour.
  package var binMinutes: Int = 60
  /// θ of detection: witnesses that make a node core.
  package var minimumWitnesses: Int = 3
  /// How far behind the newest event time a report may come and still count.
  package var allowedLatenessMinutes: Int = 360
  /// How long an identity is remembered, in event time, from its first sight.
  package var deduplicationWindowHours: Int = 168
  /// Identities remembered at once; past this the oldest are forgotten early, and counted.
  package var deduplicationEntryCount: Int = 16_000_000
  /// Key of the identity hashes: the store's own.
  package var identityKey: SipHash.Key = .published

  package init() {}
}
