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
    #expect(bench.sender.takeSettlements().flatMap { $0.exceptions ?? [] } == [late])
    try bench.hear(ack(5, [late, bad]))
    #expect(bench.sender.takeSettlements().flatMap { $0.exceptions ?? [] } == [bad])
    try bench.hear(ack(5, [late, bad]))
    #expect(bench.sender.takeSettlements().flatMap { $0.exceptions ?? [] } == [])
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

  // MARK: With an outbox, and bounds of its own

  @Test func itsOwnWindowBoundsWhateverCreditIsGranted() throws {
    var settings = ProducerSettings()
    for (events, bytes) in [(5, 1_000), (1_000, 5)] as [(UInt64, UInt64)] {
      settings.windowEventCount = events
      settings.windowByteCount = bytes
      var bench = Bench(settings)
      bench.check(["HELLO"])
      try bench.hear(welcome(events: 1 << 40, bytes: 1 << 40))
      try bench.offer(3)
      bench.check(["PUT 1-3"])
      try bench.offer(3)
      bench.check([])
      try bench.hear(ack(3, events: 1 << 40, bytes: 1 << 40))
      bench.check(["PUT 4-6"])
    }
  }

  @Test func anOutboxGoesOnWhereItWas() throws {
    var bench = Bench()
    bench.sender = BatchSender(
      producer: "p", epoch: Self.epoch, past: .init(acknowledgedThrough: 10, sentThrough: 20), at: 0)
    bench.sender.pass(to: 0)
    guard case .hello(let hello) = bench.sender.next?.message else { throw Missing() }
    #expect(hello.lastSequence == 20)
    bench.check(["HELLO"])
    try bench.hear(welcome(15))
    let events = OutboxBatch(
      start: OutboxCursor(position: 3, number: 11), count: 10, body: [UInt8](repeating: 10, count: 10),
      end: OutboxCursor(position: 9, number: 21))
    try bench.sender.offer(events)
    #expect(bench.sender.next?.body == nil && bench.sender.next?.source == events.start)
    #expect(bench.sender.oldestSource == events.start)
    bench.check(["PUT 11-20"])
    #expect(bench.sender.takeSettlements() == [.init(sequences: 11...15, exceptions: nil)])
    try bench.hear(ack(20))
    #expect(bench.sender.takeSettlements() == [.init(sequences: 16...20, exceptions: [])])
    #expect(bench.sender.oldestSource == nil)
  }

  @Test func anOutboxThatDidNotSendWhatIsHeldIsRolledBack() throws {
    var bench = Bench()
    bench.sender = BatchSender(
      producer: "p", epoch: Self.epoch, past: .init(acknowledgedThrough: 10, sentThrough: 20), at: 0)
    bench.check(["HELLO"])
    let error = #expect(throws: ProducerError.self) { try bench.hear(welcome(21)) }
    #expect(error == .rolledBack(lastSent: 20, resumeAfter: 21))
    let forgotten = #expect(throws: ProducerError.self) { try bench.hear(welcome(9)) }
    #expect(forgotten == .forgotten(acknowledged: 10, resumeAfter: 9))
  }

  @Test func anEpochInUseIsToldApart() throws {
    #expect(try check(error(.sessionSuperseded)) == .epochInUse("x"))
  }

  @Test func jitterShortensGreetingsLengthensBusyAndFollowsItsSeed() throws {
    func hellos(_ seed: UInt64?) -> [UInt64] {
      var settings = ProducerSettings()
      settings.jitterSeed = seed
      var bench = Bench(settings)
      var times: [UInt64] = []
      for time in 0..<20_000 as Range<UInt64> {
        bench.now = time
        if bench.spoken() == ["HELLO"] { times.append(time) }
      }
      return times
    }
    let exact = hellos(nil)
    #expect(hellos(1) == hellos(1) && hellos(1) != hellos(2) && hellos(1) != exact)
    for seed in 0..<32 as Range<UInt64> {
      let times = hellos(seed)
      #expect(times.count >= exact.count)
      for (index, wait) in zip(times, times.dropFirst()).map({ $1 - $0 }).enumerated() {
        let full = min(UInt64(250) << UInt64(min(index, 20)), 5_000)
        #expect(wait <= full && wait >= full / 2, "seed \(seed)")
      }
      var settings = ProducerSettings()
      settings.jitterSeed = seed
      var bench = try welcomed(settings)
      try bench.offer(2)
      bench.check(["PUT 1-2"])
      try bench.hear(.busy(retryMilliseconds: 300))
      bench.now = 299
      bench.check([])
      bench.now = 451
      bench.check(["PUT 1-2"])
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
    let recoverable: Set<ErrorCode> = [.helloRequired, .wrongEpoch, .sequenceGap, .sessionSuperseded]
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
