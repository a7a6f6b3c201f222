import Reports
import Testing
import TocsinProducer
import Wire

/// One rule of the protocol a test; times in milliseconds.
@Suite struct BatchSenderTests {
  private static let epoch = Epoch(high: 1, low: 2)

  /// A sender, and what it says, driven by hand.
  private struct Bench {
    var sender: BatchSender
    var now: UInt64 = 0

    init(_ settings: ProducerSettings = ProducerSettings()) {
      sender = BatchSender(producer: "p", epoch: epoch, settings: settings, at: 0)
    }

    /// Everything that is sent at this moment: verbs, a PUT with its sequences.
    mutating func spoken() -> [String] {
      sender.pass(to: now * 1_000_000)
      var said: [String] = []
      while let outgoing = sender.next {
        if case .put(let put) = outgoing.message {
          said.append("PUT \(put.firstSequence)-\(put.lastSequence)")
        } else {
          said.append("\(outgoing.message.verb)".uppercased())
        }
        sender.didSend(at: now * 1_000_000)
      }
      return said
    }

    mutating func hear(_ message: WireMessage) throws { try sender.receive(message, at: now * 1_000_000) }

    mutating func offer(_ count: Int) throws { try sender.offer(body: [UInt8](repeating: 10, count: count), count: count) }

    mutating func check(_ expected: [String], sourceLocation: SourceLocation = #_sourceLocation) {
      let actual = spoken()
      #expect(actual == expected, sourceLocation: sourceLocation)
    }
  }

  private func welcome(_ resumeAfter: UInt64 = 0, events: UInt64 = 1_000, bytes: UInt64 = 1_000) -> WireMessage {
    .welcome(Welcome(resumeAfter: resumeAfter, credit: Credit(events: events, bytes: bytes), heartbeatMilliseconds: 1_000))
  }

  private func ack(
    _ through: UInt64, _ exceptions: [EventException] = [], events: UInt64 = 1_000, bytes: UInt64 = 1_000
  ) -> WireMessage {
    .ack(
      Ack(epoch: Self.epoch, throughSequence: through, credit: Credit(events: events, bytes: bytes), exceptions: exceptions))
  }

  private func error(_ code: ErrorCode, expected: UInt64? = nil) -> WireMessage {
    .error(WireError(code, "x", expectedSequence: expected))
  }

  private func welcomed(_ settings: ProducerSettings = ProducerSettings()) throws -> Bench {
    var bench = Bench(settings)
    bench.check(["HELLO"])
    try bench.hear(welcome())
    return bench
  }

  @Test func helloIsRepeatedWithGrowingWaits() throws {
    var bench = Bench()
    try bench.offer(1)
    var hellos: [UInt64] = []
    for time in 0..<20_000 as Range<UInt64> {
      bench.now = time
      if bench.spoken() == ["HELLO"] { hellos.append(time) }
    }
    #expect(hellos == [0, 250, 750, 1_750, 3_750, 7_750, 12_750, 17_750])
  }

  @Test func batchesWaitForWelcomeAndGoInOrder() throws {
    var bench = Bench()
    try bench.offer(3)
    #expect(!bench.sender.canOffer)
    bench.check(["HELLO"])
    try bench.hear(welcome())
    bench.check(["PUT 1-3"])
    #expect(bench.sender.canOffer)
    try bench.offer(2)
    bench.check(["PUT 4-5"])
  }

  @Test func creditBoundsEventsAndBytes() throws {
    for (events, bytes) in [(5, 1_000), (1_000, 5)] as [(UInt64, UInt64)] {
      var bench = Bench()
      bench.check(["HELLO"])
      try bench.hear(welcome(events: events, bytes: bytes))
      try bench.offer(3)
      bench.check(["PUT 1-3"])
      try bench.offer(3)
      bench.check([])
      #expect(!bench.sender.canOffer)
      try bench.hear(ack(3, events: events, bytes: bytes))
      bench.check(["PUT 4-6"])
    }
  }

  @Test func aBatchOverTheCreditGoesAloneAndNoneAtZero() throws {
    var bench = Bench()
    bench.check(["HELLO"])
    try bench.hear(welcome(events: 1))
    try bench.offer(5)
    bench.check(["PUT 1-5"])
    try bench.hear(ack(5, events: 0))
    try bench.offer(5)
    bench.check([])
    bench.now = 1_000
    bench.check(["PING"])
    try bench.hear(.pong(Credit(events: 1, bytes: 1)))
    bench.check(["PUT 6-10"])
  }

  @Test func exceptionsAreNamedOnceAndAddUp() throws {
    var bench = try welcomed()
    try bench.offer(5)
    bench.check(["PUT 1-5"])
    let late = try #require(EventException(sequence: 2, .late))
    let bad = try #require(EventException(sequence: 4, .rejected(.missingID)))
    try bench.hear(ack(2, [late]))
    #expect(bench.sender.takeExceptions() == [late])
    try bench.hear(ack(5, [late, bad]))
    #expect(bench.sender.takeExceptions() == [bad])
    try bench.hear(ack(5, [late, bad]))
    #expect(bench.sender.takeExceptions() == [])
    var summary = Summary()
    summary.sent = 5
    summary.accepted = 3
    summary.late = 1
    summary.rejected = 1
    #expect(bench.sender.summary == summary)
  }

  @Test func welcomeSaysWhereToGoOn() throws {
    var bench = try welcomed()
    try bench.offer(3)
    bench.check(["PUT 1-3"])
    try bench.offer(3)
    bench.check(["PUT 4-6"])
    try bench.hear(error(.helloRequired))
    try bench.hear(error(.helloRequired))
    bench.check(["HELLO"])
    try bench.hear(welcome(4))
    bench.check(["PUT 4-6"])
    #expect(bench.sender.summary.alreadyHeld == 4)
    try bench.hear(ack(6))
    #expect(bench.sender.summary.accepted == 2)
    #expect(bench.sender.summary.resentBatches == 1)
  }

  @Test func whatIsHeldFromAnEarlierRunIsNotSent() throws {
    var bench = Bench()
    bench.check(["HELLO"])
    try bench.hear(welcome(7))
    try bench.offer(5)
    bench.check([])
    try bench.offer(5)
    bench.check(["PUT 6-10"])
    try bench.hear(ack(10))
    #expect(bench.sender.summary.alreadyHeld == 7)
    #expect(bench.sender.summary.accepted == 3)
  }

  @Test func aGapIsMendedOnce() throws {
    var bench = try welcomed()
    for _ in 0..<4 { try bench.offer(2); _ = bench.spoken() }
    try bench.hear(error(.sequenceGap, expected: 3))
    bench.check(["PUT 3-4", "PUT 5-6", "PUT 7-8"])
    try bench.hear(error(.sequenceGap, expected: 3))
    bench.check([])
    try bench.hear(ack(4))
    try bench.hear(error(.sequenceGap, expected: 5))
    bench.check(["PUT 5-6", "PUT 7-8"])
    try bench.hear(error(.sequenceGap, expected: 1))
    bench.check(["HELLO"])
  }

  @Test func busyWaits() throws {
    var bench = try welcomed()
    try bench.offer(2)
    try bench.offer(2)
    bench.check(["PUT 1-2", "PUT 3-4"])
    try bench.hear(.busy(retryMilliseconds: 300))
    try bench.hear(error(.sequenceGap, expected: 1))
    bench.check([])
    bench.now = 299
    bench.check([])
    #expect(bench.sender.nextDeadline == 300_000_000)
    bench.now = 300
    bench.check(["PUT 1-2", "PUT 3-4"])
  }

  @Test func anIdleSessionPingsAndSilenceEndsIt() throws {
    var bench = try welcomed()
    bench.now = 999
    bench.check([])
    bench.now = 1_000
    bench.check(["PING"])
    try bench.hear(.pong(nil))
    bench.now = 2_000
    bench.check(["PING"])
    bench.now = 3_000
    bench.check(["PING"])
    bench.now = 4_999
    bench.check(["PING"])
    bench.now = 5_000
    bench.check(["HELLO"])
  }

  @Test func anOutstandingAckBeginsTheSessionAnewWithGrowingPatience() throws {
    var bench = try welcomed()
    try bench.offer(2)
    bench.check(["PUT 1-2"])
    var hellos: [UInt64] = []
    for time in stride(from: 500, to: 60_000, by: 500) as StrideTo<UInt64> {
      bench.now = time
      try bench.hear(.pong(nil))
      if bench.spoken().contains("HELLO") {
        hellos.append(time)
        try bench.hear(welcome())
        bench.check(["PUT 1-2"])
      }
    }
    #expect(hellos == [5_000, 15_000, 35_000])
  }

  @Test func byeComesOnceEverythingIsAcknowledged() throws {
    var bench = try welcomed()
    try bench.offer(2)
    bench.check(["PUT 1-2"])
    bench.sender.finish()
    bench.check([])
    #expect(!bench.sender.isDone)
    try bench.hear(ack(2))
    #expect(!bench.sender.isDone)
    bench.check(["BYE"])
    #expect(bench.sender.isDone)
    #expect(bench.sender.nextDeadline == nil)
    try bench.hear(error(.malformedHeader))
  }

  @Test func nothingToSendNeedsNobody() {
    var bench = Bench()
    bench.sender.finish()
    #expect(bench.sender.isDone)
  }

  @Test func theAggregatorsByeMeansHelloLater() throws {
    var bench = try welcomed()
    try bench.offer(2)
    bench.check(["PUT 1-2"])
    try bench.hear(.bye)
    bench.check([])
    bench.now = 250
    bench.check(["HELLO"])
    try bench.hear(welcome())
    bench.check(["PUT 1-2"])
  }

  @Test func aPingIsAnswered() throws {
    var bench = try welcomed()
    try bench.hear(.ping)
    bench.check(["PONG"])
  }

  @Test func patienceEndsOnlyWhereItIsAskedTo() throws {
    var settings = ProducerSettings()
    for limit in [nil, 2_000] as [UInt64?] {
      settings.giveUpMilliseconds = limit
      var bench = Bench(settings)
      bench.check(["HELLO"])
      #expect(!bench.sender.isPatienceOver(at: 1_999_000_000))
      #expect(bench.sender.isPatienceOver(at: 2_000_000_000) == (limit != nil))
      try bench.hear(welcome())
      #expect(!bench.sender.isPatienceOver(at: 900_000_000_000))
    }
  }

  // MARK: What ends a run

  private func check(_ message: WireMessage, sourceLocation: SourceLocation = #_sourceLocation) throws -> ProducerError? {
    var bench = try welcomed()
    try bench.offer(2)
    bench.check(["PUT 1-2"])
    try bench.hear(ack(2))
    return #expect(throws: ProducerError.self, sourceLocation: sourceLocation) { try bench.hear(message) }
  }

  @Test func whatCannotBeMendedIsThrown() throws {
    let recoverable: Set<ErrorCode> = [.helloRequired, .wrongEpoch, .sequenceGap, .epochInUse]
    for code in ErrorCode.allCases where !recoverable.contains(code) {
      let error = try check(error(code))
      #expect(error == .refused(WireError(code, "x")))
      #expect(error?.description.contains("x (\(code.rawValue))") == true)
    }
    guard case .unintelligible = try check(ack(3)) else { throw Missing() }
    guard case .unintelligible = try check(.hello(Hello(producer: "p", epoch: Self.epoch))) else { throw Missing() }
  }

  private struct Missing: Error {}

  @Test func anAggregatorThatForgotIsNamed() throws {
    var bench = try welcomed()
    try bench.offer(2)
    bench.check(["PUT 1-2"])
    try bench.hear(ack(2))
    try bench.hear(error(.helloRequired))
    bench.check(["HELLO"])
    let error = #expect(throws: ProducerError.self) { try bench.hear(welcome(1)) }
    #expect(error == .forgotten(acknowledged: 2, resumeAfter: 1))
  }

  @Test func batchesOutOfBoundsAreNotTaken() throws {
    var bench = try welcomed()
    #expect(throws: ProducerError.batchOutOfBounds(count: 0, byteCount: 0)) { try bench.offer(0) }
    let count = Limits.batchEventCount + 1
    #expect(throws: ProducerError.batchOutOfBounds(count: count, byteCount: count)) { try bench.offer(count) }
    #expect(bench.sender.summary.sent == 0)
  }
}
