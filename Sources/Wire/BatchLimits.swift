import Reports

/// The bounds of a batch that an aggregator takes, as WELCOME tells them.
package struct BatchLimits: Equatable, Sendable {
  /// Events of one batch.
  package var batchEvents: UInt64
  /// Bytes of one body.
  package var batchBytes: UInt64
  /// Bytes of one event.
  package var eventBytes: UInt64

  package init(
    batchEvents: UInt64 = UInt64(Limits.batchEventCount), batchBytes: UInt64 = UInt64(Limits.batchByteCount),
    eventBytes: UInt64 = UInt64(Limits.eventByteCount)
  ) {
    self.batchEvents = batchEvents
    self.batchBytes = batchBytes
    self.eventBytes = eventBytes
  }

  init(decoding header: HeaderReader) throws(WireError) {
    batchEvents = try header.unsigned("batchEvents", in: WireLimits.credit)
    batchBytes = try header.unsigned("batchBytes", in: WireLimits.credit)
    eventBytes = try header.unsigned("eventBytes", in: WireLimits.credit)
  }

  func encode(to header: inout HeaderWriter) {
    header.member("batchEvents", batchEvents)
    header.member("batchBytes", batchBytes)
    header.member("eventBytes", eventBytes)
  }
}
