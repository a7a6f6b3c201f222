import Journal
import Reports
import TestSupport
import TocsinProducer
import Wire

/// What these tests draw at random.
extension SeededGenerator {
  mutating func happens(_ perMille: UInt64) -> Bool { next() % 1_000 < perMille }
}

/// Decodes frames as they came.
func decode(_ frames: [[UInt8]]) throws(WireError) -> WireMessage {
  let (head, header, body) = (frames[0], frames[1], frames.count > 2 ? frames[2] : [])
  return try WireMessage(decoding: head.span, header: header.span, body: body.span, frameCount: frames.count)
}

/// A producer, a network that keeps the order but loses messages and connections, and an aggregator that is killed now and then,
/// all in one virtual time. What went wrong is said in `faults`.
struct Simulation {
  struct Weather {
    /// Of a thousand messages, how many are lost each way.
    var lossPerMille: UInt64 = 0
    /// Of a thousand rounds, in how many the aggregator is killed.
    var killPerMille: UInt64 = 0
    /// Of a thousand PUTs, how many are answered by BUSY.
    var busyPerMille: UInt64 = 0
    /// Of a thousand rounds, in how many the producer is killed, and in how many its machine loses its power: with an outbox only.
    var producerKillPerMille: UInt64 = 0
    var powerLossPerMille: UInt64 = 0
    /// The canary: acknowledge what is not stored.
    var isForgetful = false
    /// The canary of the outbox: its disk says that it has synced, and has not.
    var isLyingDisk = false
  }

  private struct Packet {
    var arrivesAt: UInt64
    var frames: [[UInt8]]
  }

  static let maximumCredit: UInt64 = 12
  static let endOfTime: UInt64 = 3_600_000_000_000
  private static let epoch = Epoch(high: 7, low: 8)
  /// The outbox's own one, where there is one.
  private var epoch = Self.epoch

  private var random: SeededGenerator
  private let weather: Weather
  private let eventCount: Int
  private var now: UInt64 = 1_000
  private(set) var sender: BatchSender
  /// With an outbox: events are published to it, and outlive the producer.
  private var disk: FaultyStorage?
  private var outbox: Outbox?
  private var feed: OutboxFeed?
  private var offered = 0
  private var toAggregator: [Packet] = []
  private var toProducer: [Packet] = []

  // The aggregator. What is stored survives a kill; so may what is pending, from its front on.
  private(set) var stored: [String] = []
  private var pending: [String] = []
  private var commitAt: UInt64?
  private var session: Session?
  private var downUntil: UInt64 = 0

  private(set) var faults: [String] = []
  private(set) var exceptions: [EventException] = []
  private(set) var rounds = 0
  private(set) var killCount = 0
  private(set) var producerKillCount = 0
  /// The sequences that this life of the producer has had an answer for: each once, in order.
  private var answeredThrough: UInt64 = 0

  init(seed: UInt64, eventCount: Int, weather: Weather, hasOutbox: Bool = false) throws {
    random = SeededGenerator(seed: seed)
    self.eventCount = eventCount
    self.weather = weather
    sender = BatchSender(producer: "p", epoch: Self.epoch, at: 0)
    if hasOutbox { try start(FaultyStorage()) }
  }

  /// A life of the producer begins, with what the disk holds.
  private mutating func start(_ storage: FaultyStorage) throws {
    let outbox = try open(storage)
    storage.faults.syncLies = weather.isLyingDisk
    if !outbox.notices.allSatisfy({ if case .tornTail = $0 { true } else { false } }) { faults.append("\(outbox.notices)") }
    var settings = ProducerSettings()
    settings.batchEventCount = 1 + Int(random.next() % 5)
    settings.windowEventCount = 1 + random.next() % 20
    settings.jitterSeed = random.next()
    let feed = OutboxFeed(outbox, settings: settings)
    sender = feed.makeSender(name: "p", at: now)
    epoch = outbox.epoch
    answeredThrough = outbox.acknowledgedThrough
    offered = Int(outbox.lastNumber)
    (disk, self.outbox, self.feed) = (storage, outbox, feed)
  }

  /// The producer is killed; what its aggregator has not read of it is gone, and its answers reach nobody.
  private mutating func killProducer(losingPower: Bool) throws {
    guard let disk else { return }
    producerKillCount += 1
    toAggregator = []
    toProducer = []
    session = nil
    // The aggregator goes on with what it has read.
    stored += pending
    pending = []
    commitAt = nil
    try start(losingPower ? disk.crash(&random) : disk.restart())
  }

  /// The line of an event, by its sequence.
  static func line(_ sequence: Int) -> String { "event \(sequence)" }

  /// The verdict of an event that is seen for the first time.
  static func verdict(_ sequence: Int) -> Reports.Verdict {
    sequence % 7 == 0 ? .late : sequence % 11 == 0 ? .rejected(.missingID) : .accepted
  }

  mutating func run() throws {
    while !sender.isDone, now < Self.endOfTime {
      rounds += 1
      if offered == eventCount, outbox.map({ $0.acknowledgedThrough == $0.lastNumber }) ?? true { sender.finish() }
      try publish()
      if random.happens(weather.producerKillPerMille) { try killProducer(losingPower: false) }
      if random.happens(weather.powerLossPerMille) { try killProducer(losingPower: true) }
      if random.happens(weather.killPerMille) { kill() }
      try deliver()
      commit()
      repeat {
        sender.pass(to: now)
        while let outgoing = sender.next {
          post(outgoing.message.frames + (try body(of: outgoing).map { [$0] } ?? []), to: \.toAggregator)
          sender.didSend(at: now)
        }
      } while try feed?.offer(to: &sender, at: now) == true
      try settle()
      checkAcknowledged()
      advance()
    }
    if !sender.isDone { faults.append("the sender did not come to an end") }
  }

  private mutating func publish() throws {
    while offered < eventCount {
      if outbox == nil, !sender.canOffer { return }
      let count = min(1 + Int(random.next() % 4), eventCount - offered)
      let lines = (offered + 1...offered + count).map { Self.line($0) + "\n" }
      let body = Array(lines.joined().utf8)
      guard let outbox else {
        try sender.offer(body: body, count: count)
        offered += count
        continue
      }
      offered = Int(try outbox.append(body, count: count))
      // Now and then the application has nothing to say.
      if random.happens(700) { return }
    }
  }

  private mutating func body(of outgoing: BatchSender.Outgoing) throws -> [UInt8]? {
    guard case .put(let put) = outgoing.message, let source = outgoing.source else { return outgoing.body }
    return try feed?.body(of: put, at: source)
  }

  /// Takes what was answered for from the state machine: every sequence once, in order.
  private mutating func settle() throws {
    let settlements = sender.takeSettlements()
    try feed?.acknowledge(settlements, of: sender)
    for settlement in settlements {
      if settlement.sequences.lowerBound != answeredThrough + 1 { faults.append("\(settlement) after \(answeredThrough)") }
      answeredThrough = settlement.sequences.upperBound
      for exception in settlement.exceptions ?? [] { take(exception) }
    }
  }

  /// To the next moment at which something happens.
  private mutating func advance() {
    let moments = [
      sender.nextDeadline, feed?.deadline(for: sender), toAggregator.first?.arrivesAt, toProducer.first?.arrivesAt, commitAt,
      // Time passes even where only a kill could change anything.
      now + 200_000_000,
    ]
    let next = moments.compactMap { $0 }.min() ?? now
    now = max(now + 1_000, next)
  }

  private mutating func post(_ frames: [[UInt8]], to queue: WritableKeyPath<Simulation, [Packet]>) {
    guard now >= downUntil, !random.happens(weather.lossPerMille) else { return }
    let last = self[keyPath: queue].last?.arrivesAt ?? 0
    let arrivesAt = max(last, now + 100_000 + random.next() % 20_000_000)
    self[keyPath: queue].append(Packet(arrivesAt: arrivesAt, frames: frames))
  }

  private mutating func kill() {
    killCount += 1
    toAggregator = []
    toProducer = []
    // Of what was not acknowledged, a part may have reached the disk.
    stored += pending.prefix(Int(random.next() % UInt64(pending.count + 1)))
    pending = []
    commitAt = nil
    session = nil
    downUntil = now + random.next() % 8_000_000_000
  }

  private mutating func deliver() throws {
    while let packet = toAggregator.first, packet.arrivesAt <= now {
      toAggregator.removeFirst()
      hear(packet.frames)
    }
    while let packet = toProducer.first, packet.arrivesAt <= now {
      toProducer.removeFirst()
      do {
        try sender.receive(try decode(packet.frames), at: now)
      } catch let error as WireError {
        faults.append("undecodable: \(error)")
      } catch let error as ProducerError {
        throw error
      } catch {
        faults.append("\(error)")
      }
      try settle()
    }
  }

  // MARK: The aggregator

  private mutating func hear(_ frames: [[UInt8]]) {
    let body = frames.count > 2 ? frames[2] : []
    guard let message = try? decode(frames) else { return faults.append("the aggregator could not decode a message") }
    var terms = Session.Terms(credit: grant(), heartbeatMilliseconds: 1_000)
    if case .put = message, random.happens(weather.busyPerMille) { terms.busyMilliseconds = random.next() % 3_000 }
    var session = self.session ?? Session()
    let answer = session.receive(message, cursor: UInt64(stored.count), terms: terms)
    self.session = session
    switch answer {
    case .reply(let reply): post(reply.frames, to: \.toProducer)
    case .close: self.session = nil
    case .none: break
    case .take(let heldCount):
      guard case .put(let put) = message else { return faults.append("took what is no PUT") }
      take(put, body, heldCount: heldCount)
    }
  }

  /// Sometimes nothing, so that the producer has to ask again.
  private mutating func grant() -> Credit {
    Credit(events: random.next() % (Self.maximumCredit + 1), bytes: 1 << 20)
  }

  private mutating func take(_ put: Put, _ body: [UInt8], heldCount: Int) {
    let lines = String(decoding: body, as: UTF8.self).split(separator: "\n").map(String.init)
    if lines.count != put.count { faults.append("a batch of \(put.count) has \(lines.count) lines") }
    if put.lastSequence > UInt64(stored.count) + Self.maximumCredit {
      faults.append("more is outstanding than was ever granted")
    }
    if heldCount == put.count { return acknowledge(from: Int(put.firstSequence), named: duplicates(put, heldCount)) }
    let known = stored.count + pending.count
    for (index, line) in lines.enumerated() where Int(put.firstSequence) + index > known { pending.append(line) }
    commitAt = commitAt ?? now + random.next() % 500_000_000
  }

  private func duplicates(_ put: Put, _ heldCount: Int) -> [EventException] {
    (put.firstSequence..<put.firstSequence + UInt64(heldCount)).compactMap { EventException(sequence: $0, .duplicateOfCursor) }
  }

  private mutating func commit() {
    guard let time = commitAt, now >= time else { return }
    commitAt = nil
    let first = stored.count + 1
    if weather.isForgetful, random.happens(200) { pending = pending.map { _ in "forgotten" } }
    stored += pending
    pending = []
    let named = (first..<stored.count + 1).compactMap { EventException(sequence: UInt64($0), Self.verdict($0)) }
    acknowledge(from: first, named: named)
  }

  private mutating func acknowledge(from first: Int, named: [EventException]) {
    let ack = Ack(epoch: epoch, throughSequence: UInt64(stored.count), credit: grant(), exceptions: named)
    for part in ack.split() { post(WireMessage.ack(part).frames, to: \.toProducer) }
  }

  // MARK: The checks

  mutating func fail(_ fault: String) { faults.append(fault) }

  /// Everything that the producer counts as answered for is stored, in order, without gaps.
  private mutating func checkAcknowledged() {
    let through = Int(outbox?.acknowledgedThrough ?? sender.summary.sent - sender.summary.outstanding)
    guard through <= stored.count else { return faults.append("\(through) acknowledged, \(stored.count) stored") }
    if through > 0, stored[through - 1] != Self.line(through) { faults.append("\(through) is stored as \(stored[through - 1])") }
  }

  private mutating func take(_ exception: EventException) {
    // A producer that begins anew after a loss of power may be told again.
    if outbox == nil, let last = exceptions.last, last.sequence >= exception.sequence {
      faults.append("\(exception.sequence) named twice")
    }
    let expected = EventException(sequence: exception.sequence, Self.verdict(Int(exception.sequence)))
    if exception != expected, exception.code != "cursor" { faults.append("wrong verdict: \(exception)") }
    exceptions.append(exception)
  }

  /// Whether the stored events are all of them, once, in order, and the summary adds up.
  mutating func checkEnd() {
    if stored != (0..<eventCount).map({ Self.line($0 + 1) }) {
      faults.append("stored \(stored.count) of \(eventCount), or others")
    }
    if let outbox {
      if outbox.acknowledgedThrough != UInt64(eventCount) { faults.append("\(outbox.acknowledgedThrough) acknowledged") }
      return
    }
    let summary = sender.summary
    let sum = summary.accepted + summary.duplicate + summary.late + summary.rejected + summary.alreadyHeld
    if summary.sent != UInt64(eventCount) || sum != summary.sent || summary.outstanding != 0 { faults.append("\(summary)") }
    if UInt64(exceptions.count) != summary.duplicate + summary.late + summary.rejected { faults.append("exceptions lost") }
  }
}
