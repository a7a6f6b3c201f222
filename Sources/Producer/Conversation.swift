package import Reports
package import Wire

/// What carries a producer's messages: a DEALER where it sends, a scripted network where it is simulated.
package protocol Carrier: ~Copyable {
  /// The next message that has come, nil where there is none.
  mutating func receive() throws(ProducerError) -> WireMessage?
  /// Hands a message over; false where it cannot be taken now.
  mutating func send(_ outgoing: BatchSender.Outgoing) throws(ProducerError) -> Bool
}

/// A producer's side of the conversation, turn by turn: the state machine, the outbox that feeds it, and those who are told what
/// became of events. No socket, no thread; the time is told.
package struct Conversation {
  /// Called for every event that was not accepted, in order.
  package var onException: ((EventException) -> Void)?
  /// Called for all events that have been answered for, in order.
  package var onSettlement: ((BatchSender.Settlement) -> Void)?
  /// Called whenever more events have been answered for.
  package var onProgress: ((Summary) -> Void)?

  package private(set) var sender: BatchSender
  /// Where events come from that are not offered by the caller.
  private var feed: OutboxFeed?
  private var reportedOutstanding: UInt64 = 0

  /// Of events that are offered by the caller, under an epoch that nobody has used.
  package init(name: String, epoch: Epoch, settings: ProducerSettings, at now: UInt64) {
    sender = BatchSender(producer: name, epoch: epoch, settings: settings, at: now)
  }

  /// Of an outbox's events, under its epoch.
  package init(name: String, outbox: Outbox, settings: ProducerSettings, at now: UInt64) {
    let feed = OutboxFeed(outbox, settings: settings)
    sender = feed.makeSender(name: name, at: now)
    self.feed = feed
  }

  /// Takes one batch of `count` events.
  package mutating func offer(body: [UInt8], count: Int) throws(ProducerError) { try sender.offer(body: body, count: count) }

  /// Says that no batch follows.
  package mutating func finish() { sender.finish() }

  /// One turn: hears what has come, and says what may be said.
  ///
  /// - Parameter now: nanoseconds, as everywhere here.
  /// - Returns: whether the carrier would not take it all.
  /// - Throws: `ProducerError` where the session cannot be mended.
  package mutating func turn(at now: UInt64, over carrier: inout some Carrier & ~Copyable) throws(ProducerError) -> Bool {
    while let message = try carrier.receive() {
      try sender.receive(message, at: now)
      try report()
    }
    while true {
      if try speak(at: now, over: &carrier) { return true }
      // What the outbox gave may be durable already, and needs only to be reported.
      guard try feed?.offer(to: &sender, at: now) == true else { return false }
      try report()
    }
  }

  /// When another turn is due although nothing comes; nil for never.
  package var deadline: UInt64? { [sender.nextDeadline, feed?.deadline(for: sender)].compactMap { $0 }.min() }

  /// Sends what the state machine has to say; true where the carrier would not take it all.
  private mutating func speak(at now: UInt64, over carrier: inout some Carrier & ~Copyable) throws(ProducerError) -> Bool {
    sender.pass(to: now)
    while var outgoing = sender.next {
      if case .put(let put) = outgoing.message, let source = outgoing.source {
        outgoing.body = try feed?.body(of: put, at: source)
      }
      guard try carrier.send(outgoing) else { return true }
      sender.didSend(at: now)
    }
    return false
  }

  private mutating func report() throws(ProducerError) {
    let settlements = sender.takeSettlements()
    for settlement in settlements {
      for exception in settlement.exceptions ?? [] { onException?(exception) }
      onSettlement?(settlement)
    }
    // After the callbacks, so that whoever waits for the outbox to be acknowledged knows every verdict then.
    try feed?.acknowledge(settlements, of: sender)
    let summary = sender.summary
    if summary.outstanding != reportedOutstanding { onProgress?(summary) }
    reportedOutstanding = summary.outstanding
  }
}
