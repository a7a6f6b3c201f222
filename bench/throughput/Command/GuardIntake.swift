import Configuration
import Engine
import Platform
import Reports
import Service
import Wire
import ZeroMQ

/// The whole service in one thread, behind a real ROUTER and on a real disk: what of it is counted are the intake's turns, from the bytes of
/// a PUT to its ACK. A few batches are under way at a time, always as many.
enum GuardIntake {
  private static let batchSize = 256
  private static let batchCount = 192
  private static let underWayCount = 4
  private static let patienceNanoseconds: UInt64 = 60_000_000_000

  /// Turns in the second half of the stream are given to `counted`, which has to do them.
  ///
  /// - Returns: How many events that half has.
  static func run(inFolder folder: String, _ counted: (_ work: () throws -> Void) throws -> Void) throws -> Int {
    var stream = StreamSettings()
    stream.eventCount = batchSize * batchCount
    let puts = Puts(EventStream(stream), batchSize: batchSize)
    var configuration = BenchStore.configuration
    configuration.service.endpoint = "tcp://127.0.0.1:*"
    let pipeline = try Pipeline(
      store: try BenchStore.open(folder, configuration: configuration), configuration: configuration, driver: .caller)
    var intake = try Intake(pipeline: pipeline, identity: BenchStore.identity, configuration: configuration)
    var peer = try Peer(puts, endpoint: intake.endpoint)
    // Of a clock that stands still nothing is due that a turn does now and then.
    let now = Clock.now()
    try peer.greet { try intake.turn(at: now) }
    for index in puts.batches.indices {
      let isCounted = index >= puts.count / 2
      func turn() throws { if isCounted { try counted { try intake.turn(at: now) } } else { try intake.turn(at: now) } }
      try peer.send(index)
      let underWay = pipeline.underWayCount
      try Self.wait {
        try turn()
      } until: {
        pipeline.underWayCount > underWay
      }
      guard pipeline.underWayCount == underWayCount || index == puts.count - 1 else { continue }
      while pipeline.stepCommit() {}
      while pipeline.stepEngine() {}
      try turn()
      try peer.receive(through: UInt64(puts.batches[index].upperBound))
      if index % 16 == 15 { while pipeline.stepArchive(at: UInt64(index) * 1_000) { while pipeline.stepEngine() {} } }
    }
    return (puts.count - puts.count / 2) * batchSize
  }

  fileprivate static func wait(_ work: () throws -> Void, until isDone: () throws -> Bool) throws {
    let start = Clock.monotonicNanoseconds()
    while try !isDone() {
      try work()
      try BenchFailure.unless(
        Clock.monotonicNanoseconds() - start < patienceNanoseconds, "the service has done nothing for a minute")
    }
  }
}

/// A producer that sends what it is asked to.
private struct Peer: ~Copyable {
  private let puts: Puts
  private let context: Context
  private let socket: Socket
  private var frame = Message()

  init(_ puts: Puts, endpoint: String) throws {
    let context = try Context()
    let socket = try Socket(.dealer, in: context)
    try socket.setLinger(milliseconds: 0)
    try socket.connect(to: endpoint)
    self.puts = puts
    self.context = context
    self.socket = socket
  }

  /// Says HELLO, until it is welcomed.
  mutating func greet(_ turn: () throws -> Void) throws {
    let hello = WireMessage.hello(Hello(producer: BenchStore.producer, epoch: BenchStore.epoch))
    _ = try socket.send(hello.frames, blocking: true)
    var isWelcome = false
    try GuardIntake.wait(turn) {
      if case .welcome = try next() { isWelcome = true }
      return isWelcome
    }
  }

  func send(_ index: Int) throws {
    try BenchFailure.unless(try puts.send(index, on: socket, blocking: true), "a batch could not be sent")
  }

  /// Takes ACKs through a sequence; nothing of it is to be refused.
  mutating func receive(through sequence: UInt64) throws {
    var through: UInt64 = 0
    try GuardIntake.wait({}) {
      if case .ack(let ack) = try next() {
        try BenchFailure.unless(!ack.exceptions.contains { $0.verdict == .rejected }, "the stream holds an event that is refused")
        through = ack.throughSequence
      }
      return through >= sequence
    }
  }

  private mutating func next() throws -> WireMessage? {
    guard try socket.receive(into: &frame) else { return nil }
    let head = frame.copy
    _ = try socket.receive(into: &frame)
    let none: [UInt8] = []
    return try WireMessage(decoding: head.span, header: frame.bytes, body: none.span, frameCount: 2)
  }
}
