import Platform
package import Reports
package import Wire

/// A producer on a ZeroMQ DEALER, run by the thread that calls it.
///
/// The aggregator may be stopped and started at any moment: the socket connects again by itself and `BatchSender` sends again
/// what was not acknowledged. Not thread-safe.
package struct ProducerConnection: ~Copyable {
  /// Called for every event that was not accepted, in order.
  package var onException: ((EventException) -> Void)?
  /// Called for all events that have been answered for, in order.
  package var onSettlement: ((BatchSender.Settlement) -> Void)?
  /// Called whenever more events have been answered for.
  package var onProgress: ((Summary) -> Void)?

  private let endpoint: String
  private var link: Link
  private var sender: BatchSender
  /// Where events come from that are not given to `send`.
  private var feed: OutboxFeed?
  private var reportedOutstanding: UInt64 = 0

  /// Begins to connect; nothing is sent before the first call of `send`, `wait` or `finish`.
  ///
  /// `name` is 1 to `Limits.producerByteCount` bytes; `epoch` is new for every new outbox.
  /// - Throws: `ProducerError.zeroMQ` where the endpoint is malformed; not where nobody listens there.
  package init(
    endpoint: String, name: String, epoch: Epoch, settings: ProducerSettings = ProducerSettings()
  ) throws(ProducerError) {
    self.endpoint = endpoint
    link = try Link(to: endpoint, settings.credentials)
    sender = BatchSender(producer: name, epoch: epoch, settings: settings, at: Clock.monotonicNanoseconds())
  }

  /// The same for the events of an outbox, which are sent as long as `wait` is called.
  package init(
    endpoint: String, name: String, outbox: Outbox, settings: ProducerSettings = ProducerSettings()
  ) throws(ProducerError) {
    self.endpoint = endpoint
    link = try Link(to: endpoint, settings.credentials)
    let feed = OutboxFeed(outbox, settings: settings)
    sender = feed.makeSender(name: name, at: Clock.monotonicNanoseconds())
    self.feed = feed
  }

  /// What is known of the events so far.
  package var summary: Summary { sender.summary }

  /// Whether everything that was sent is acknowledged.
  package var isSettled: Bool { sender.isSettled }

  /// Sends one batch of `count` events; returns once it is held here, after waiting until the batches before it are on their way.
  ///
  /// The body holds `count` lines, or an array of `count` events where the settings say so.
  /// - Throws: `ProducerError`.
  package mutating func send(body: [UInt8], count: Int) throws(ProducerError) {
    while !sender.canOffer { _ = try step(until: nil) }
    try sender.offer(body: body, count: count)
    _ = try step(until: 0)
  }

  /// Keeps the session alive and reports verdicts until a file descriptor is readable; false where the time was over first.
  /// - Throws: `ProducerError`.
  package mutating func wait(forReadable fileDescriptor: Int32, milliseconds: UInt64? = nil) throws(ProducerError) -> Bool {
    let limit = milliseconds.map { Clock.monotonicNanoseconds() + $0 * 1_000_000 }
    while true {
      if try step(until: limit, fileDescriptor: fileDescriptor) { return true }
      if let limit, Clock.monotonicNanoseconds() >= limit { return false }
    }
  }

  /// Waits until everything is acknowledged and says BYE.
  /// - Throws: `ProducerError`.
  package mutating func finish() throws(ProducerError) -> Summary {
    sender.finish()
    while !sender.isDone { _ = try step(until: nil) }
    return sender.summary
  }

  /// One round: hear, speak, report, then wait until something is heard, due, readable or the limit is reached.
  /// Returns whether the file descriptor is readable.
  private mutating func step(until limit: UInt64?, fileDescriptor: Int32? = nil) throws(ProducerError) -> Bool {
    while let message = try link.receive() {
      try sender.receive(message, at: Clock.monotonicNanoseconds())
      try report()
    }
    let isBlocked = try converse()
    if sender.isDone || (fileDescriptor == nil && limit == nil && sender.canOffer) { return false }
    let now = Clock.monotonicNanoseconds()
    if sender.isPatienceOver(at: now) {
      throw .silence(endpoint: endpoint, seconds: sender.silence(at: now) / 1_000_000_000, isConnected: link.isConnected)
    }
    let end = [limit, sender.nextDeadline, feed?.deadline(for: sender)].compactMap { $0 }.min()
    // Rounded up, so that the deadline has passed when the wait is over.
    let milliseconds = end.map { $0 <= now ? 0 : Int(clamping: ($0 - now + 999_999) / 1_000_000) }
    return try link.wait(milliseconds: milliseconds, forWriting: isBlocked, fileDescriptor: fileDescriptor)
  }

  /// Sends whatever may be sent, of the outbox too; true where the socket would not take it all.
  private mutating func converse() throws(ProducerError) -> Bool {
    while true {
      if try speak() { return true }
      // What the outbox gave may be durable already, and needs only to be reported.
      guard try feed?.offer(to: &sender, at: Clock.monotonicNanoseconds()) == true else { return false }
      try report()
    }
  }

  /// Sends what the state machine has to say; true where the socket would not take it all.
  private mutating func speak() throws(ProducerError) -> Bool {
    sender.pass(to: Clock.monotonicNanoseconds())
    while var outgoing = sender.next {
      if case .put(let put) = outgoing.message, let source = outgoing.source {
        outgoing.body = try feed?.body(of: put, at: source)
      }
      guard try link.send(outgoing) else { return true }
      sender.didSend(at: Clock.monotonicNanoseconds())
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
