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
    let lines = sequences.map { sequence in
      "{\"specversion\":\"1.0\",\"type\":\"org.tocsin.report.v1\",\"source\":\"s\",\"id\":\"\(sequence)\","
        + (sequence % 2 == 0 ? "\"time\":\"2025-12-31T12:00:00Z\"," : "") + "\"data\":{\"keywords\":[\"snow\"]}}\n"
    }
    let body = Array(lines.joined().utf8)
    try service.send(
      .put(Put(epoch: Self.epoch, firstSequence: sequences.lowerBound, count: sequences.count, body: body.span)), body,
      from: route)
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
