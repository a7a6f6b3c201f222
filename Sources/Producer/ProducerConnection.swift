import Platform
package import Reports
package import Wire

/// A producer on a ZeroMQ DEALER, run by the thread that calls it.
///
/// The aggregator may be stopped and started at any moment: the socket connects again by itself and `BatchSender` sends again
/// what was not acknowledged. Not thread-safe.
package struct ProducerConnection: ~Copyable {
  /// Called for every event that was not accepted, in order.
  package var onException: ((EventException) -> Void)? {
    get { conversation.onException }
    set { conversation.onException = newValue }
  }
  /// Called for all events that have been answered for, in order.
  package var onSettlement: ((BatchSender.Settlement) -> Void)? {
    get { conversation.onSettlement }
    set { conversation.onSettlement = newValue }
  }
  /// Called whenever more events have been answered for.
  package var onProgress: ((Summary) -> Void)? {
    get { conversation.onProgress }
    set { conversation.onProgress = newValue }
  }

  private let endpoint: String
  private var link: Link
  private var conversation: Conversation

  /// Begins to connect; nothing is sent before the first call of `send`, `wait` or `finish`.
  ///
  /// `name` is 1 to `Limits.producerByteCount` bytes; `epoch` is new for every new outbox.
  /// - Throws: `ProducerError.zeroMQ` where the endpoint is malformed; not where nobody listens there.
  package init(
    endpoint: String, name: String, epoch: Epoch, settings: ProducerSettings = ProducerSettings()
  ) throws(ProducerError) {
    self.endpoint = endpoint
    link = try Link(to: endpoint, settings.credentials)
    conversation = Conversation(name: name, epoch: epoch, settings: settings, at: Clock.monotonicNanoseconds())
  }

  /// The same for the events of an outbox, which are sent as long as `wait` is called.
  package init(
    endpoint: String, name: String, outbox: Outbox, settings: ProducerSettings = ProducerSettings()
  ) throws(ProducerError) {
    self.endpoint = endpoint
    link = try Link(to: endpoint, settings.credentials)
    conversation = Conversation(name: name, outbox: outbox, settings: settings, at: Clock.monotonicNanoseconds())
  }

  /// What is known of the events so far.
  package var summary: Summary { conversation.sender.summary }

  /// Whether everything that was sent is acknowledged.
  package var isSettled: Bool { conversation.sender.isSettled }

  /// Sends one batch of `count` events; returns once it is held here, after waiting until the batches before it are on their way.
  ///
  /// The body holds `count` lines, or an array of `count` events where the settings say so.
  /// - Throws: `ProducerError`.
  package mutating func send(body: [UInt8], count: Int) throws(ProducerError) {
    while !conversation.sender.canOffer { _ = try step(until: nil) }
    try conversation.offer(body: body, count: count)
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

  /// Keeps the session alive and reports verdicts for a time.
  /// - Throws: `ProducerError`.
  package mutating func wait(milliseconds: UInt64) throws(ProducerError) {
    let limit = Clock.monotonicNanoseconds() + milliseconds * 1_000_000
    while Clock.monotonicNanoseconds() < limit { _ = try step(until: limit) }
  }

  /// Waits until the aggregator has said WELCOME.
  /// - Throws: `ProducerError`.
  package mutating func waitForSession() throws(ProducerError) {
    while !conversation.sender.isEstablished { _ = try step(until: conversation.deadline) }
  }

  /// Waits until everything is acknowledged and says BYE.
  /// - Throws: `ProducerError`.
  package mutating func finish() throws(ProducerError) -> Summary {
    conversation.finish()
    while !conversation.sender.isDone { _ = try step(until: nil) }
    return conversation.sender.summary
  }

  /// One round: hear, speak, report, then wait until something is heard, due, readable or the limit is reached.
  /// Returns whether the file descriptor is readable.
  private mutating func step(until limit: UInt64?, fileDescriptor: Int32? = nil) throws(ProducerError) -> Bool {
    let isBlocked = try conversation.turn(at: Clock.monotonicNanoseconds(), over: &link)
    let sender = conversation.sender
    if sender.isDone || (fileDescriptor == nil && limit == nil && sender.canOffer) { return false }
    let now = Clock.monotonicNanoseconds()
    if sender.isPatienceOver(at: now) {
      throw .silence(endpoint: endpoint, seconds: sender.silence(at: now) / 1_000_000_000, isConnected: link.isConnected)
    }
    let end = [limit, conversation.deadline].compactMap { $0 }.min()
    // Rounded up, so that the deadline has passed when the wait is over.
    let milliseconds = end.map { $0 <= now ? 0 : Int(clamping: ($0 - now + 999_999) / 1_000_000) }
    return try link.wait(milliseconds: milliseconds, forWriting: isBlocked, fileDescriptor: fileDescriptor)
  }
}
