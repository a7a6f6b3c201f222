package import Reports
import Statistics
package import Wire

/// The producer's side of the protocol as a state machine: no socket, no clock, no thread.
///
/// It is told of batches, messages and the time, and says what to send next (`next`, confirmed by `didSend`) and which events
/// became of which events (`takeSettlements`). Batches are held until they are acknowledged, their bodies only where they stand in
/// no outbox: what is held is bounded by the credit and the window of the settings and one batch more, as long as the caller offers
/// only while `canOffer`. Times are nanoseconds from an arbitrary start.
package struct BatchSender: Sendable {
  /// One message to be sent; `body` is the third frame of a PUT, which stands in the outbox where `source` says so.
  package struct Outgoing: Equatable, Sendable {
    package var message: WireMessage
    package var body: [UInt8]?
    package var source: OutboxCursor?
  }

  /// Events that were answered for together, and those of them that were not accepted.
  package struct Settlement: Equatable, Sendable {
    package var sequences: ClosedRange<UInt64>
    /// Ascending; nil where they were durable already, so that nobody knows their verdicts here.
    package var exceptions: [EventException]?

    package init(sequences: ClosedRange<UInt64>, exceptions: [EventException]? = nil) {
      self.sequences = sequences
      self.exceptions = exceptions
    }
  }

  /// What an outbox knows of earlier runs, in sequences of the epoch.
  package struct Past: Equatable, Sendable {
    package var acknowledgedThrough: UInt64
    package var sentThrough: UInt64

    package init(acknowledgedThrough: UInt64, sentThrough: UInt64) {
      self.acknowledgedThrough = acknowledgedThrough
      self.sentThrough = sentThrough
    }
  }

  enum Phase: Equatable {
    /// HELLO is due or unanswered: sent again at `retryAt`.
    case greeting(retryAt: UInt64)
    case established
    /// BYE is said.
    case over
  }

  struct Batch {
    var put: Put
    var byteCount: UInt64
    /// Nil where it is read again from the outbox, at `source`.
    var body: [UInt8]?
    var source: OutboxCursor?
    var wasSent = false
  }

  let producer: String
  let epoch: Epoch
  let settings: ProducerSettings

  var phase: Phase
  /// The message that is due before any PUT.
  var control: WireMessage?
  var greetingWait: UInt64
  /// Unacknowledged batches in order; the first `transmittedCount` are on their way in this session.
  var batches: [Batch] = []
  var transmittedCount = 0
  var transmittedEvents: UInt64 = 0
  var transmittedBytes: UInt64 = 0
  var credit = Credit(events: 0, bytes: 0)
  /// What the aggregator last said that a batch may hold.
  package internal(set) var limits = BatchLimits()
  var heartbeat: UInt64 = 1_000_000_000
  /// The last sequence that was offered, and the last that needs no sending any more.
  var offeredThrough: UInt64 = 0
  var settledThrough: UInt64 = 0
  /// The last sequence that may have been sent; nil where it is not known, because what is sent is read again from its beginning.
  var sentThrough: UInt64?
  /// The last sequence that an aggregator has said to be durable.
  var durableThrough: UInt64 = 0
  /// Where the last gap was mended: every PUT that was under way reports it again.
  var mendedGap: UInt64?
  /// After BUSY: no PUT before this time.
  var pausedUntil: UInt64?
  /// When the oldest PUT under way began to wait for its ACK, and how long it may.
  var waitingSince: UInt64 = 0
  var acknowledgementWait: UInt64
  var lastHeardAt: UInt64
  var lastPingAt: UInt64
  /// Since when an answer is due; nil while none is.
  var unansweredSince: UInt64?
  var isFinishing = false

  package private(set) var summary = Summary()
  /// What was answered for, in order, until `takeSettlements`.
  private var settlements: [Settlement] = []
  private var random: RandomSource?

  /// - Parameter past: what an outbox knows of the epoch; nil where every event of it will be offered.
  package init(
    producer: String, epoch: Epoch, settings: ProducerSettings = ProducerSettings(), past: Past? = nil, at now: UInt64
  ) {
    self.producer = producer
    self.epoch = epoch
    self.settings = settings
    random = settings.jitterSeed.map { RandomSource(seed: $0) }
    if let past {
      offeredThrough = past.acknowledgedThrough
      settledThrough = past.acknowledgedThrough
      durableThrough = past.acknowledgedThrough
      sentThrough = past.sentThrough
    }
    phase = .greeting(retryAt: now)
    greetingWait = settings.greetingMilliseconds * 1_000_000
    acknowledgementWait = settings.acknowledgementMilliseconds * 1_000_000
    lastHeardAt = now
    lastPingAt = now
  }

  /// Whether another batch may be offered: all that were offered are on their way.
  package var canOffer: Bool { transmittedCount == batches.count && !isFinishing }

  /// Whether a session has begun: what is offered now is likely to be sent at once.
  package var isEstablished: Bool { phase == .established && pausedUntil == nil }

  /// Where the oldest batch stands that is not acknowledged; nil where there is none.
  package var oldestSource: OutboxCursor? { batches.first?.source }

  /// Whether everything offered is acknowledged.
  package var isSettled: Bool { batches.isEmpty }

  /// Whether `finish` was called, everything is acknowledged and BYE is handed over.
  package var isDone: Bool { isFinishing && isSettled && (phase != .established) }

  /// Takes one batch of `count` events, which get the next sequences.
  /// - Throws: `batchOutOfBounds`.
  /// - Complexity: O(bytes), for the checksum.
  package mutating func offer(body: [UInt8], count: Int) throws(ProducerError) {
    try offer(body, count: count, source: nil)
  }

  /// Takes a batch of an outbox: its body is not held, but read again for every sending.
  package mutating func offer(_ batch: OutboxBatch) throws(ProducerError) {
    try offer(batch.body, count: batch.count, source: batch.start)
  }

  private mutating func offer(_ body: [UInt8], count: Int, source: OutboxCursor?) throws(ProducerError) {
    guard count > 0, count <= Limits.batchEventCount, body.count <= Limits.batchByteCount else {
      throw .batchOutOfBounds(count: count, byteCount: body.count)
    }
    let first = offeredThrough + 1
    offeredThrough += UInt64(count)
    summary.sent += UInt64(count)
    if let sent = sentThrough { sentThrough = max(sent, offeredThrough) }
    if durableThrough < offeredThrough {
      let put = Put(epoch: epoch, firstSequence: first, count: count, body: body.span)
      batches.append(
        Batch(put: put, byteCount: UInt64(body.count), body: source == nil ? body : nil, source: source))
    }
    summary.outstanding = offeredThrough - settledThrough
    settle(through: min(durableThrough, offeredThrough), naming: nil)
  }

  /// Says that no batch follows: BYE goes out once everything is acknowledged.
  package mutating func finish() {
    isFinishing = true
    sayByeIfDue()
  }

  /// Hands over what was answered for since the last call, in order.
  package mutating func takeSettlements() -> [Settlement] {
    defer { settlements.removeAll() }
    return settlements
  }

  // MARK: What to send

  /// The message to send next, nil where there is none now. Ask again after `didSend`.
  package var next: Outgoing? {
    if let control { return Outgoing(message: control) }
    guard phase == .established, pausedUntil == nil, transmittedCount < batches.count else { return nil }
    let batch = batches[transmittedCount]
    let events = transmittedEvents + UInt64(batch.put.count)
    let bytes = transmittedBytes + batch.byteCount
    let fits =
      events <= min(credit.events, settings.windowEventCount) && bytes <= min(credit.bytes, settings.windowByteCount)
    // A batch that exceeds the whole credit would wait for ever: alone, it may go.
    let isAlone = transmittedCount == 0 && credit.events > 0 && credit.bytes > 0
    return fits || isAlone ? Outgoing(message: .put(batch.put), body: batch.body, source: batch.source) : nil
  }

  /// Confirms that what `next` gave has been handed to the network.
  package mutating func didSend(at now: UInt64) {
    if let message = control {
      control = nil
      switch message {
      case .hello:
        phase = .greeting(retryAt: now + greetingWait - jitter(greetingWait))
        greetingWait = min(greetingWait * 2, settings.maximumGreetingMilliseconds * 1_000_000)
      case .bye: phase = .over
      default: break
      }
      return
    }
    guard transmittedCount < batches.count else { return }
    if transmittedCount == 0 { waitingSince = now }
    if batches[transmittedCount].wasSent { summary.resentBatches += 1 }
    batches[transmittedCount].wasSent = true
    transmittedEvents += UInt64(batches[transmittedCount].put.count)
    transmittedBytes += batches[transmittedCount].byteCount
    transmittedCount += 1
  }

  mutating func sayByeIfDue() {
    if isFinishing, isSettled, phase == .established { control = .bye }
  }

  // MARK: Bookkeeping

  /// Lets go of everything up to a sequence. `named` are its exceptions; nil where the verdicts are not known.
  mutating func settle(through sequence: UInt64, naming named: [EventException]?) {
    guard sequence > settledThrough else { return }
    let count = sequence - settledThrough
    var settlement = Settlement(sequences: settledThrough + 1...sequence)
    if let named {
      let fresh = named.filter { $0.sequence > settledThrough }
      for exception in fresh {
        switch exception.verdict {
        case .duplicate: summary.duplicate += 1
        case .late: summary.late += 1
        case .rejected: summary.rejected += 1
        }
      }
      summary.accepted += count - UInt64(fresh.count)
      settlement.exceptions = fresh
    } else {
      summary.alreadyHeld += count
    }
    settlements.append(settlement)
    settledThrough = sequence
    durableThrough = max(durableThrough, sequence)
    let freed = batches.prefix { $0.put.lastSequence <= sequence }.count
    for batch in batches.prefix(min(freed, transmittedCount)) {
      transmittedEvents -= UInt64(batch.put.count)
      transmittedBytes -= batch.byteCount
    }
    transmittedCount -= min(freed, transmittedCount)
    batches.removeFirst(freed)
    summary.outstanding = offeredThrough - settledThrough
    sayByeIfDue()
  }

  /// Makes every batch from an index on to be sent (again).
  mutating func rewind(to index: Int) {
    guard index < transmittedCount else { return }
    for batch in batches[index..<transmittedCount] {
      transmittedEvents -= UInt64(batch.put.count)
      transmittedBytes -= batch.byteCount
    }
    transmittedCount = index
  }

  /// A random part of at most a half of a wait; nothing without a seed.
  mutating func jitter(_ wait: UInt64) -> UInt64 { (random?.next() ?? 0) % (wait / 2 + 1) }
}
