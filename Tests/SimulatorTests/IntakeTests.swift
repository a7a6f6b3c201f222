import Reports
import Testing
import Wire

/// The intake with stages that stand still: what only shows in an order of steps that threads seldom take.
@Suite struct IntakeTests {
  private static let epoch = Epoch(high: 1, low: 2)

  private func hello(_ lastSequence: UInt64) -> WireMessage {
    .hello(
      Hello(
        producer: "p", epoch: Self.epoch, lastSequence: lastSequence, mediaTypes: [MediaType.ndjson.rawValue]))
  }

  /// Sends events; those with an odd sequence lack their time.
  private func put(_ service: StillService, _ sequences: ClosedRange<UInt64>, from route: UInt8) throws {
    queue(service, sequences, from: route)
    try service.turn()
  }

  /// The same at the next turn; `count` is what the header says where that is wrong.
  private func queue(_ service: StillService, _ sequences: ClosedRange<UInt64>, count: Int? = nil, from route: UInt8) {
    let lines = sequences.map { sequence in
      "{\"specversion\":\"1.0\",\"type\":\"org.tocsin.report.v1\",\"source\":\"s\",\"id\":\"\(sequence)\","
        + (sequence % 2 == 0 ? "\"time\":\"2025-12-31T12:00:00Z\"," : "") + "\"data\":{\"keywords\":[\"snow\"]}}\n"
    }
    let body = Array(lines.joined().utf8)
    service.queue(
      .put(Put(epoch: Self.epoch, firstSequence: sequences.lowerBound, count: count ?? sequences.count, body: body.span)), body,
      from: route)
  }

  /// PUTs of one connection in one turn become one batch; one that cannot be used in between leaves nothing of itself, and what is
  /// not adjacent or long stands alone. Every event has its verdict.
  @Test func putsOfOneTurnBecomeOneBatch() throws {
    let service = try StillService()
    try service.send(hello(0), from: 1)
    for sequence in 1...10 as ClosedRange<UInt64> { queue(service, sequence...sequence, from: 1) }
    queue(service, 11...12, count: 1, from: 1)
    for sequence in 11...300 as ClosedRange<UInt64> { queue(service, sequence...sequence, from: 1) }
    // Sent again, before it is durable: passed over, for its ACK is still to come.
    queue(service, 300...300, from: 1)
    queue(service, 301...400, from: 1)
    try service.turn()
    try service.turn()
    #expect(service.underWayCount == 3)
    try service.work()
    let heard = try service.heard(by: 1)
    #expect(acks(heard).last?.throughSequence == 400)
    #expect(acks(heard).flatMap(\.exceptions).map(\.sequence) == stride(from: 1, to: 400, by: 2).map { $0 })
    let errors = heard.compactMap { if case .error(let error) = $0 { error } else { nil } }
    #expect(errors.map(\.knownCode) == [.countMismatch])
    let batches = try service.journal().filter { $0.count > 0 }
    #expect(batches.map(\.count).reduce(0, +) == 400)
    #expect(batches.first?.count == 255 && batches.last?.count == 100)
    #expect(zip(batches, batches.dropFirst()).allSatisfy { $0.lastSequence + 1 == $1.firstSequence })
  }

  /// Two connections whose messages come by turns have a batch each, and each its own ACK.
  @Test func connectionsThatTakeTurnsHaveABatchEach() throws {
    let service = try StillService()
    let other = Epoch(high: 3, low: 4)
    try service.send(hello(0), from: 1)
    try service.send(
      .hello(Hello(producer: "q", epoch: other, lastSequence: 0, mediaTypes: [MediaType.ndjson.rawValue])), from: 2)
    let body = Array("{}\n".utf8)
    for sequence in 1...20 as ClosedRange<UInt64> {
      queue(service, sequence...sequence, from: 1)
      service.queue(.put(Put(epoch: other, firstSequence: sequence, count: 1, body: body.span)), body, from: 2)
    }
    try service.turn()
    #expect(service.underWayCount == 2)
    try service.work()
    #expect(try acks(service.heard(by: 1)).last?.throughSequence == 20)
    let ack = try #require(acks(service.heard(by: 2)).last)
    #expect(ack.throughSequence == 20 && ack.exceptions.count == 20)
  }

  /// What is told one connection in a turn stands where another's stood in the turn before: none hears of what is the other's. A connection
  /// that goes on with another epoch within a turn hears of both, of each by itself.
  @Test func whatIsToldOneIsNotToldAnother() throws {
    let service = try StillService()
    let epochs = [Self.epoch, Epoch(high: 3, low: 4), Epoch(high: 5, low: 6)]
    func greet(_ epoch: Epoch, from route: UInt8) throws {
      try service.send(
        .hello(Hello(producer: "p\(epoch.low)", epoch: epoch, lastSequence: 0, mediaTypes: [MediaType.ndjson.rawValue])),
        from: route)
    }
    func put(_ epoch: Epoch, _ sequences: ClosedRange<UInt64>, from route: UInt8) throws {
      let body = Array(String(repeating: "{}\n", count: sequences.count).utf8)
      let put = Put(epoch: epoch, firstSequence: sequences.lowerBound, count: sequences.count, body: body.span)
      try service.send(.put(put), body, from: route)
    }
    try greet(epochs[0], from: 1)
    try greet(epochs[1], from: 2)
    _ = try (service.heard(by: 1), service.heard(by: 2))
    // Both in a turn, the second first, then the first alone, then the second alone.
    try put(epochs[1], 1...3, from: 2)
    try put(epochs[0], 1...40, from: 1)
    try service.work()
    try put(epochs[0], 41...42, from: 1)
    try service.work()
    try put(epochs[1], 4...9, from: 2)
    try service.work()
    let (first, second) = try (acks(service.heard(by: 1)), acks(service.heard(by: 2)))
    #expect(first.map(\.throughSequence) == [40, 42] && first.allSatisfy { $0.epoch == epochs[0] })
    #expect(first.flatMap(\.exceptions).map(\.sequence) == Array(1...42))
    #expect(second.map(\.throughSequence) == [3, 9] && second.allSatisfy { $0.epoch == epochs[1] })
    #expect(second.flatMap(\.exceptions).map(\.sequence) == Array(1...9))
    // Another epoch, while the last batch of the one before is under way.
    try put(epochs[0], 43...44, from: 1)
    try greet(epochs[2], from: 1)
    try put(epochs[2], 1...2, from: 1)
    try put(epochs[1], 10...10, from: 2)
    try service.work()
    let last = try acks(service.heard(by: 1))
    #expect(last.map(\.epoch) == [epochs[0], epochs[2]] && last.map(\.throughSequence) == [44, 2])
    #expect(last.map { $0.exceptions.map(\.sequence) } == [[43, 44], [1, 2]])
    #expect(try acks(service.heard(by: 2)).map(\.throughSequence) == [10])
  }

  /// Old events that come again in such a number that their ACK has several parts are named, and no part goes back behind what was said.
  @Test func noAckGoesBackForWhatIsSentAgain() throws {
    let service = try StillService()
    try service.send(hello(0), from: 1)
    try put(service, 1...600, from: 1)
    try service.work()
    // Every other one is refused.
    #expect(try acks(service.heard(by: 1)).map(\.throughSequence) == [511, 600])
    try put(service, 1...600, from: 1)
    try service.work()
    let again = try acks(service.heard(by: 1))
    #expect(again.map(\.throughSequence) == [600, 600, 600])
    #expect(again.flatMap(\.exceptions).map(\.sequence) == Array(1...600))
  }

  /// What a producer is asked for again is noted behind what came before it, and nothing joins over the note.
  @Test func nothingGrowsOverANote() throws {
    let service = try StillService()
    try service.send(hello(0), from: 1)
    queue(service, 1...1, from: 1)
    queue(service, 3...3, from: 1)
    queue(service, 2...2, from: 1)
    queue(service, 3...3, from: 1)
    try service.turn()
    try service.work()
    #expect(try acks(service.heard(by: 1)).last?.throughSequence == 3)
    #expect(try service.journal().map(\.count) == [1, 0, 2])
  }

  private func acks(_ messages: [WireMessage]) -> [Ack] {
    messages.compactMap { if case .ack(let ack) = $0 { ack } else { nil } }
  }

  /// Two batches on their way on a connection that breaks, and HELLO on another, which had no answer for them.
  private func broken() throws -> StillService {
    let service = try StillService()
    try service.send(hello(0), from: 1)
    try put(service, 1...2, from: 1)
    try put(service, 3...4, from: 1)
    try service.send(hello(4), from: 2)
    return service
  }

  /// It said that events were accepted whose verdicts it had told an earlier connection only, which heard nothing any more.
  @Test func anAckAnswersForNothingThatOnlyAnEarlierConnectionWasTold() throws {
    let service = try broken()
    // The first batch is sent again before any of it is durable.
    try put(service, 1...2, from: 2)
    _ = try service.heard(by: 2)
    try service.work()
    let ack = try #require(acks(service.heard(by: 2)).last)
    #expect(ack.throughSequence == 2)
    #expect(ack.exceptions.map(\.sequence) == [1, 2])
    try put(service, 3...4, from: 2)
    try service.work()
    let next = try #require(acks(service.heard(by: 2)).last)
    #expect(next.throughSequence == 4)
    #expect(next.exceptions.map(\.sequence) == [3, 4])
  }

  /// A HELLO that is repeated before the first WELCOME comes brings a second one, which a producer that has gone on does not heed.
  /// An ACK then answered for all that this one said, and refused events counted as accepted.
  @Test func anAckAnswersForNothingThatOnlyASecondWelcomeTold() throws {
    let service = try broken()
    try service.work()
    try service.send(hello(4), from: 2)
    _ = try service.heard(by: 2)
    try put(service, 1...2, from: 2)
    try service.work()
    let ack = try #require(acks(service.heard(by: 2)).last)
    #expect(ack.throughSequence == 2)
    #expect(ack.exceptions.map(\.sequence) == [1, 2])
  }

  /// Batches that are held already were taken however full it was: without a bound while the disk is full.
  @Test func whatIsHeldAlreadyIsNotTakenWhileTheDiskIsFull() throws {
    let service = try StillService()
    try service.send(hello(0), from: 1)
    try put(service, 1...2, from: 1)
    try service.work()
    service.limitDisk(to: service.diskByteCount)
    for _ in 0..<50 { try put(service, 1...2, from: 1) }
    #expect(service.underWayCount <= 1)
    #expect(try service.heard(by: 1).contains { if case .busy = $0 { true } else { false } })
    service.limitDisk(to: .max)
    try service.turn()
    try service.work()
    try put(service, 1...4, from: 1)
    try service.work()
    #expect(try acks(service.heard(by: 1)).last?.throughSequence == 4)
  }

  /// A snapshot has the summaries synced that it stands on. That this failed was only logged, and the next sync, which finds
  /// nothing left to write, was believed.
  @Test func aFailedSyncOfTheSummariesEndsTheService() throws {
    struct Failed: Error {}
    let service = try StillService()
    try service.send(hello(0), from: 1)
    try put(service, 1...2, from: 1)
    try service.work()
    #expect(throws: Failed.self) { try service.store { throw Failed() } }
    #expect { try service.turn() } throws: { "\($0)".contains("could not be synced") }
    // The guard can fail: where it succeeds the service goes on.
    let other = try StillService()
    try other.send(hello(0), from: 1)
    try put(other, 1...2, from: 1)
    try other.work()
    var syncCount = 0
    try other.store { syncCount += 1 }
    #expect(syncCount == 1)
    try other.turn()
  }
}
