/// How much a producer may have outstanding, that is sent and not acknowledged: absolute values, each replacing the last.
package struct Credit: Equatable, Sendable {
  package var events: UInt64
  package var bytes: UInt64

  package init(events: UInt64, bytes: UInt64) {
    self.events = events
    self.bytes = bytes
  }

  init(decoding header: HeaderReader) throws(WireError) {
    events = try header.unsigned("events", in: WireLimits.credit)
    bytes = try header.unsigned("bytes", in: WireLimits.credit)
  }

  func encode(to header: inout HeaderWriter) {
    header.member("events", events)
    header.member("bytes", bytes)
  }
}
