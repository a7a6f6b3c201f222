/// What a message is for. The raw value is the sixth byte of its first frame.
package enum Verb: UInt8, CaseIterable, Sendable {
  /// Producer: who it is and what it speaks.
  case hello = 1
  /// Aggregator: where to go on, and how much may be outstanding.
  case welcome = 2
  /// Producer: one batch of events.
  case put = 3
  /// Aggregator: everything up to a sequence is durable, with the events that were not accepted.
  case ack = 4
  /// Aggregator: a batch was not taken; send it again later.
  case busy = 5
  /// Either: is anyone there?
  case ping = 6
  /// Either: yes.
  case pong = 7
  /// Either: nothing more comes from here.
  case bye = 8
  /// Either: the last message could not be used.
  case error = 9
}
