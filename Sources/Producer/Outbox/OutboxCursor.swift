/// A place in an outbox: the next event, and a position of the journal that its record does not stand before.
package struct OutboxCursor: Equatable, Sendable {
  package var position: UInt64
  package var number: UInt64

  package init(position: UInt64, number: UInt64) {
    self.position = position
    self.number = number
  }
}

/// Events of an outbox that are sent together.
package struct OutboxBatch: Equatable, Sendable {
  /// Where the first event stands: the same batch can be read again from there.
  package var start: OutboxCursor
  package var count: Int
  /// The events, each ended by a line feed.
  package var body: [UInt8]
  /// Where the event after the last one stands.
  package var end: OutboxCursor

  package init(start: OutboxCursor, count: Int, body: [UInt8], end: OutboxCursor) {
    self.start = start
    self.count = count
    self.body = body
    self.end = end
  }
}
