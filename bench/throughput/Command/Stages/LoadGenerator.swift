import Platform
import Reports
import Wire
import ZeroMQ

/// A producer with its messages ready: sends within its credit, and measures how long each batch waits for its ACK.
struct LoadGenerator: ~Copyable {
  private static let patienceNanoseconds: UInt64 = 60_000_000_000

  private let puts: Puts
  private let context: Context
  private let socket: Socket
  private var poller = Poller()
  private var frame: Message
  private var credit = Credit(events: 0, bytes: 0)
  private var isWelcome = false
  private var sentAt: [UInt64]
  private var next = 0
  private var oldest = 0
  private var outstanding = Credit(events: 0, bytes: 0)
  private var pausedUntil: UInt64 = 0
  private var exceptions: [EventException] = []
  private var lastHeardAt: UInt64 = 0
  /// How long each batch waited, in nanoseconds.
  private(set) var latencies: [UInt64] = []
  /// Batches that were sent again because the service was busy.
  private(set) var resentCount = 0

  /// Events that were refused.
  var refusedCount: Int { exceptions.count { $0.verdict == .rejected } }

  /// Connects; `greet` is to follow.
  init(_ puts: Puts, endpoint: String) throws {
    let context = try Context()
    let socket = try Socket(.dealer, in: context)
    try socket.setLinger(milliseconds: 0)
    try socket.setSendHighWaterMark(messageCount: 100_000)
    try socket.connect(to: endpoint)
    frame = Message()
    self.puts = puts
    self.context = context
    self.socket = socket
    sentAt = Array(repeating: 0, count: puts.count)
    latencies.reserveCapacity(puts.count)
    _ = poller.add(self.socket, for: .readable)
  }

  /// Says HELLO and waits to be welcomed.
  mutating func greet() throws {
    let hello = WireMessage.hello(Hello(producer: BenchStore.producer, epoch: BenchStore.epoch))
    _ = try socket.send(hello.frames, blocking: true)
    lastHeardAt = Clock.monotonicNanoseconds()
    while !isWelcome { try listen(milliseconds: 1_000) }
  }

  /// Sends everything and waits for the last ACK.
  ///
  /// - Parameters:
  ///   - eventsPerSecond: how fast; nil for as fast as the credit allows.
  ///   - halfway: is told once of how many events the ACKs are there, as soon as they are of half of them.
  /// - Returns: a fold over the verdicts of all events, in order.
  mutating func run(eventsPerSecond: Double?, halfway: (Int) -> Void) throws -> Fold {
    let start = Clock.monotonicNanoseconds()
    lastHeardAt = start
    var isHalfway = false
    while oldest < puts.count {
      if !isHalfway, oldest > 0, puts.batches[oldest - 1].upperBound >= puts.stream.count / 2 {
        halfway(puts.batches[oldest - 1].upperBound)
        isHalfway = true
      }
      var wait = 100
      while next < puts.count {
        let now = Clock.monotonicNanoseconds()
        let due = eventsPerSecond.map { start + UInt64(Double(puts.batches[next].lowerBound) / $0 * 1e9) } ?? 0
        let earliest = max(due, pausedUntil)
        guard earliest <= now else {
          wait = min(wait, Int((earliest - now) / 1_000_000) + (earliest - now > 500_000 ? 1 : 0))
          break
        }
        guard try send(at: now) else { break }
      }
      try listen(milliseconds: wait)
    }
    var fold = Fold()
    var index = exceptions.startIndex
    for sequence in 1...UInt64(puts.stream.count) {
      let isNamed = index < exceptions.endIndex && exceptions[index].sequence == sequence
      fold.add(isNamed ? exceptions[index] : nil)
      if isNamed { index += 1 }
    }
    return fold
  }

  /// Sends the next batch where the credit allows it.
  private mutating func send(at now: UInt64) throws(ZeroMQError) -> Bool {
    let load = Credit(events: UInt64(puts.batches[next].count), bytes: UInt64(puts.byteCount(next)))
    guard outstanding.events + load.events <= credit.events, outstanding.bytes + load.bytes <= credit.bytes else { return false }
    guard try puts.send(next, on: socket) else { return false }
    if sentAt[next] == 0 { sentAt[next] = now } else { resentCount += 1 }
    outstanding.events += load.events
    outstanding.bytes += load.bytes
    next += 1
    return true
  }

  /// Takes what has come, waiting for it a while.
  private mutating func listen(milliseconds: Int) throws {
    _ = try poller.wait(milliseconds: milliseconds)
    while true {
      guard try socket.receive(into: &frame) else { break }
      let head = frame.copy
      _ = try socket.receive(into: &frame)
      let none: [UInt8] = []
      try take(try WireMessage(decoding: head.span, header: frame.bytes, body: none.span, frameCount: 2))
    }
    let silence = Clock.monotonicNanoseconds() - lastHeardAt
    try BenchFailure.unless(silence < Self.patienceNanoseconds, "the service has said nothing for a minute")
  }

  private mutating func take(_ message: WireMessage) throws {
    let now = Clock.monotonicNanoseconds()
    lastHeardAt = now
    switch message {
    case .welcome(let welcome):
      credit = welcome.credit
      isWelcome = true
    case .ack(let ack):
      credit = ack.credit
      exceptions += ack.exceptions
      while oldest < next, UInt64(puts.batches[oldest].upperBound) <= ack.throughSequence {
        latencies.append(now - sentAt[oldest])
        outstanding.events -= UInt64(puts.batches[oldest].count)
        outstanding.bytes -= UInt64(puts.byteCount(oldest))
        oldest += 1
      }
    case .busy(let milliseconds):
      // What is not answered comes again.
      pausedUntil = now + milliseconds * 1_000_000
      (next, outstanding) = (oldest, Credit(events: 0, bytes: 0))
    case .pong(let credit): if let credit { self.credit = credit }
    case .ping: _ = try socket.send(WireMessage.pong(nil).frames, blocking: true)
    default: throw BenchFailure("the service said \(message)")
    }
  }
}
