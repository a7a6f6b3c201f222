/// What became of one event. Every event that is received gets exactly one, and they add up:
/// received = accepted + duplicate + late + rejected.
package enum Verdict: Equatable, Sendable {
  case accepted
  /// Sent again within one producer's epoch: its sequence lies at or below the durable cursor.
  case duplicateOfCursor
  /// The same source, id and content are already held.
  case duplicateOfIdentity
  /// The event's time lies before the watermark.
  case late
  case rejected(Rejection)

  /// Whether the event was refused.
  package var isRejection: Bool { if case .rejected = self { true } else { false } }
}
