import Reports
import Testing
import Wire

@Suite struct SessionTests {
  private let epoch = Epoch(high: 1, low: 2)
  private let terms = Session.Terms(credit: Credit(events: 100, bytes: 1_000), heartbeatMilliseconds: 500)

  private func put(_ first: UInt64, _ count: Int, epoch: Epoch? = nil) -> WireMessage {
    .put(Put(epoch: epoch ?? self.epoch, firstSequence: first, count: count, crc32c: 0))
  }

  private func opened(cursor: UInt64 = 0) -> Session {
    var session = Session()
    _ = session.receive(.hello(Hello(producer: "p", epoch: epoch)), cursor: cursor, terms: terms)
    return session
  }

  /// Expects an ERROR with a code and, for a gap, the sequence to go on at.
  private func check(
    _ answer: Session.Answer, _ code: ErrorCode, expectedSequence: UInt64? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    guard case .reply(.error(let error)) = answer else {
      Issue.record("\(answer)", sourceLocation: sourceLocation)
      return
    }
    #expect(error.code == code.rawValue, sourceLocation: sourceLocation)
    #expect(error.expectedSequence == expectedSequence, sourceLocation: sourceLocation)
  }

  @Test func helloIsWelcomedWithTheCursorAndTheTerms() {
    var session = Session()
    let hello = Hello(producer: "p", epoch: epoch, mediaTypes: ["text/plain", "application/cloudevents-batch+json"])
    let welcome = Welcome(
      resumeAfter: 41, credit: terms.credit, heartbeatMilliseconds: 500, mediaType: .cloudEventsBatch)
    #expect(session.receive(.hello(hello), cursor: 41, terms: terms) == .reply(.welcome(welcome)))
    #expect(session.identity?.producer == "p")
    #expect(session.identity?.nextSequence == 42)
  }

  @Test func whatIsNotSpokenIsRefused() {
    var session = Session()
    let plain = Hello(producer: "p", epoch: epoch, mediaTypes: ["text/plain"])
    check(session.receive(.hello(plain), cursor: 0, terms: terms), .unsupportedMediaType)
    let later = Hello(producer: "p", epoch: epoch, minorVersions: [1, 2])
    check(session.receive(.hello(later), cursor: 0, terms: terms), .unsupportedVersion)
    #expect(session.identity == nil)
  }

  @Test func nothingBeforeHello() {
    var session = Session()
    check(session.receive(put(1, 1), cursor: 0, terms: terms), .helloRequired)
    check(session.receive(.ping, cursor: 0, terms: terms), .helloRequired)
  }

  @Test func batchesFollowOneAnother() {
    var session = opened(cursor: 10)
    #expect(session.receive(put(11, 5), cursor: 10, terms: terms) == .take(heldCount: 0))
    #expect(session.receive(put(16, 1), cursor: 10, terms: terms) == .take(heldCount: 0))
    #expect(session.identity?.nextSequence == 17)
  }

  @Test func aGapIsNamedAndMended() {
    var session = opened()
    #expect(session.receive(put(1, 5), cursor: 0, terms: terms) == .take(heldCount: 0))
    check(session.receive(put(7, 2), cursor: 0, terms: terms), .sequenceGap, expectedSequence: 6)
    #expect(session.receive(put(6, 1), cursor: 0, terms: terms) == .take(heldCount: 0))
    #expect(session.receive(put(7, 2), cursor: 0, terms: terms) == .take(heldCount: 0))
  }

  /// What is under way is passed over until it is durable; what is durable is taken again, for its answer.
  @Test func whatComesAgainIsPassedOverUntilItIsHeldAndWhatIsHeldIsCounted() {
    var session = opened()
    #expect(session.receive(put(1, 5), cursor: 0, terms: terms) == .take(heldCount: 0))
    #expect(session.receive(put(1, 5), cursor: 0, terms: terms) == .none)
    #expect(session.receive(put(1, 5), cursor: 3, terms: terms) == .none)
    #expect(session.receive(put(1, 5), cursor: 5, terms: terms) == .take(heldCount: 5))
    #expect(session.receive(put(4, 5), cursor: 5, terms: terms) == .take(heldCount: 2))
    #expect(session.identity?.nextSequence == 9)
  }

  @Test func theCursorMayRunAheadOfTheSession() {
    var session = opened()
    #expect(session.receive(put(8, 2), cursor: 7, terms: terms) == .take(heldCount: 0))
    check(session.receive(put(20, 2), cursor: 15, terms: terms), .sequenceGap, expectedSequence: 16)
  }

  @Test func busyTakesNothingNewAndLeavesNoTrace() {
    var session = opened()
    var busy = terms
    busy.busyMilliseconds = 70
    #expect(session.receive(put(1, 5), cursor: 0, terms: busy) == .reply(.busy(retryMilliseconds: 70)))
    #expect(session.receive(put(1, 5), cursor: 5, terms: busy) == .take(heldCount: 5))
    #expect(opened().identity?.nextSequence == 1)
  }

  /// After BUSY everything comes again: what was already under way behind the batch is no gap.
  @Test func whatIsUnderWayBehindABusyBatchIsPassedOver() {
    var session = opened()
    var busy = terms
    busy.busyMilliseconds = 70
    #expect(session.receive(put(1, 5), cursor: 0, terms: busy) == .reply(.busy(retryMilliseconds: 70)))
    #expect(session.receive(put(6, 5), cursor: 0, terms: busy) == .none)
    #expect(session.receive(put(11, 5), cursor: 0, terms: terms) == .none)
    #expect(session.receive(put(1, 5), cursor: 0, terms: terms) == .take(heldCount: 0))
    check(session.receive(put(11, 5), cursor: 0, terms: terms), .sequenceGap, expectedSequence: 6)
  }

  @Test func aSessionThatWasTakenOverSaysSoUntilHello() {
    var session = opened()
    check(.reply(session.supersede()), .sessionSuperseded)
    check(session.receive(put(1, 1), cursor: 0, terms: terms), .sessionSuperseded)
    check(session.receive(.ping, cursor: 0, terms: terms), .sessionSuperseded)
    _ = session.receive(.hello(Hello(producer: "p", epoch: epoch)), cursor: 0, terms: terms)
    #expect(session.receive(put(1, 1), cursor: 0, terms: terms) == .take(heldCount: 0))
  }

  @Test func anotherEpochNeedsAnotherHello() {
    var session = opened(cursor: 10)
    let other = Epoch(high: 3, low: 4)
    check(session.receive(put(11, 1, epoch: other), cursor: 10, terms: terms), .wrongEpoch)
    _ = session.receive(.hello(Hello(producer: "p", epoch: other)), cursor: 0, terms: terms)
    #expect(session.receive(put(1, 1, epoch: other), cursor: 0, terms: terms) == .take(heldCount: 0))
  }

  @Test func theRest() {
    var session = opened()
    #expect(session.receive(.ping, cursor: 0, terms: terms) == .reply(.pong(terms.credit)))
    #expect(session.receive(.pong(nil), cursor: 0, terms: terms) == .none)
    #expect(session.receive(.error(WireError(.badMagic, "")), cursor: 0, terms: terms) == .none)
    check(session.receive(.busy(retryMilliseconds: 1), cursor: 0, terms: terms), .unexpectedVerb)
    let ack = Ack(epoch: epoch, throughSequence: 0, credit: terms.credit)
    check(session.receive(.ack(ack), cursor: 0, terms: terms), .unexpectedVerb)
    #expect(session.receive(.bye, cursor: 0, terms: terms) == .close)
    check(session.receive(put(1, 1), cursor: 0, terms: terms), .helloRequired)
  }
}
