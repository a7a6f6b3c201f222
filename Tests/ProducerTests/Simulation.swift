import Producer
import Reports
import TestSupport
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
    /// The canary: acknowledge what is not stored.
    var isForgetful = false
  }

  private struct Packet {
    var arrivesAt: UInt64
    var frames: [[UInt8]]
  }

  static let maximumCredit: UInt64 = 12
  static let endOfTime: UInt64 = 3_600_000_000_000
  private static let epoch = Epoch(high: 7, low: 8)

  private var random: SeededGenerator
  private let weather: Weather
  private let eventCount: Int
  private var now: UInt64 = 1_000
  private(set) var sender: BatchSender
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

  init(seed: UInt64, eventCount: Int, weather: Weather) {
    random = SeededGenerator(seed: seed)
    self.eventCount = eventCount
    self.weather = weather
    sender = BatchSender(producer: "p", epoch: Self.epoch, at: 0)
  }

  /// The line of an event, by its sequence.
  static func line(_ sequence: Int) -> String { "event \(sequence)" }

  /// The verdict of an event that is seen for the first time.
  static func verdict(_ sequence: Int) -> Verdict {
    sequence % 7 == 0 ? .late : sequence % 11 == 0 ? .rejected(.missingID) : .accepted
  }

  mutating func run() throws(ProducerError) {
    var offered = 0
    while !sender.isDone, now < Self.endOfTime {
      rounds += 1
      if offered == eventCount { sender.finish() }
      while sender.canOffer, offered < eventCount {
        let count = min(1 + Int(random.next() % 4), eventCount - offered)
        let lines = (offered + 1...offered + count).map { Self.line($0) + "\n" }
        try sender.offer(body: Array(lines.joined().utf8), count: count)
        offered += count
      }
      if random.happens(weather.killPerMille) { kill() }
      try deliver()
      commit()
      sender.pass(to: now)
      while let outgoing = sender.next {
        post(outgoing.message.frames + (outgoing.body.map { [$0] } ?? []), to: \.toAggregator)
        sender.didSend(at: now)
      }
      checkAcknowledged()
      advance()
    }
    if !sender.isDone { faults.append("the sender did not come to an end") }
  }

  /// To the next moment at which something happens.
  private mutating func advance() {
    let moments = [
      sender.nextDeadline, toAggregator.first?.arrivesAt, toProducer.first?.arrivesAt, commitAt,
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

  private mutating func deliver() throws(ProducerError) {
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
      for exception in sender.takeExceptions() { take(exception) }
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
    let ack = Ack(epoch: Self.epoch, throughSequence: UInt64(stored.count), credit: grant(), exceptions: named)
    for part in ack.split() { post(WireMessage.ack(part).frames, to: \.toProducer) }
  }

  // MARK: The checks

  /// Everything that the producer counts as answered for is stored, in order, without gaps.
  private mutating func checkAcknowledged() {
    let through = Int(sender.summary.sent - sender.summary.outstanding)
    guard through <= stored.count else { return faults.append("\(through) acknowledged, \(stored.count) stored") }
    if through > 0, stored[through - 1] != Self.line(through) { faults.append("\(through) is stored as \(stored[through - 1])") }
  }

  private mutating func take(_ exception: EventException) {
    if let last = exceptions.last, last.sequence >= exception.sequence { faults.append("\(exception.sequence) named twice") }
    let expected = EventException(sequence: exception.sequence, Self.verdict(Int(exception.sequence)))
    if exception != expected, exception.code != "cursor" { faults.append("wrong verdict: \(exception)") }
    exceptions.append(exception)
  }

  /// Whether the stored events are all of them, once, in order, and the summary adds up.
  mutating func checkEnd() {
    if stored != (0..<eventCount).map({ Self.line($0 + 1) }) {
      faults.append("stored \(stored.count) of \(eventCount), or others")
    }
    let summary = sender.summary
    let sum = summary.accepted + summary.duplicate + summary.late + summary.rejected + summary.alreadyHeld
    if summary.sent != UInt64(eventCount) || sum != summary.sent || summary.outstanding != 0 { faults.append("\(summary)") }
    if UInt64(exceptions.count) != summary.duplicate + summary.late + summary.rejected { faults.append("exceptions lost") }
  }
}
