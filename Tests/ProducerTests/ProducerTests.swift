import Foundation
import Reports
import Synchronization
import TestSupport
import Testing
import TocsinProducer
import Wire
import ZeroMQ

/// The library as its users see it, against a real socket and a real disk.
@Suite struct ProducerTests {
  /// What the callbacks said.
  private final class Diary: Sendable {
    private let state = Mutex((verdicts: [TocsinProducer.Verdict](), notices: [Notice]()))

    func note(_ verdict: TocsinProducer.Verdict) { state.withLock { $0.verdicts.append(verdict) } }
    func note(_ notice: Notice) { state.withLock { $0.notices.append(notice) } }
    var verdicts: [TocsinProducer.Verdict] { state.withLock { $0.verdicts } }
    var notices: [Notice] { state.withLock { $0.notices } }
  }

  private func start(
    _ aggregator: TestAggregator?, outbox: String, _ diary: Diary, _ settings: ProducerSettings = ProducerSettings()
  ) throws(ProducerError) -> Producer {
    try Producer(
      endpoint: aggregator?.endpoint ?? "tcp://127.0.0.1:1", name: "test", outbox: outbox, settings: settings,
      onVerdict: { diary.note($0) }, onNotice: { diary.note($0) })
  }

  private func lines(_ range: Range<Int>) -> [String] { range.map { Simulation.line($0) } }

  private func publish(_ range: Range<Int>, to producer: Producer) throws {
    for line in lines(range) { try producer.publish(line) }
  }

  private func kind(_ number: Int) -> TocsinProducer.Verdict.Kind {
    switch Simulation.verdict(number) {
    case .late: .late
    case .rejected: .rejected
    default: .accepted
    }
  }

  private func checkSum(_ summary: Summary, sent: UInt64, sourceLocation: SourceLocation = #_sourceLocation) {
    let sum = summary.accepted + summary.duplicate + summary.late + summary.rejected + summary.alreadyHeld
    #expect(summary.sent == sent && sum + summary.outstanding == sent, "\(summary)", sourceLocation: sourceLocation)
  }

  @Test func everyEventHasItsVerdictOnce() throws {
    let folder = try TemporaryFolder()
    let aggregator = try TestAggregator()
    let diary = Diary()
    let producer = try start(aggregator, outbox: folder.path("outbox"), diary)
    try publish(1..<500, to: producer)
    try producer.publish(contentsOf: lines(500..<1_001).map { Array($0.utf8) })
    #expect(try producer.flush())
    #expect(producer.summary.outstanding == 0)
    try publish(1_001..<1_101, to: producer)
    checkSum(try producer.close(), sent: 1_100)
    #expect(diary.verdicts.map(\.number) == (1...1_100).map { UInt64($0) })
    #expect(diary.verdicts.map(\.kind) == (1...1_100).map(kind))
    let bad = try #require(diary.verdicts.first { $0.kind == .rejected })
    #expect(bad.code == "missing-member" && bad.member == "id" && bad.message == "expected a non-empty string")
    #expect(diary.notices == [])
    let (stored, faults) = aggregator.stop()
    #expect(stored == [lines(1..<1_101)] && faults == [])
    #expect(throws: ProducerError.self) { try producer.publish("x") }
    try producer.close()
  }

  @Test func severalThreadsPublishAtOnce() throws {
    let folder = try TemporaryFolder()
    let aggregator = try TestAggregator(lives: [3, 5])
    let diary = Diary()
    let producer = try start(aggregator, outbox: folder.path("outbox"), diary)
    let failures = Mutex(0)
    DispatchQueue.concurrentPerform(iterations: 4) { thread in
      for event in 0..<250 {
        do {
          try producer.publish("thread \(thread) event \(event)")
          if event % 50 == 0 { try producer.synchronize() }
        } catch { failures.withLock { $0 += 1 } }
      }
    }
    try producer.close()
    #expect(failures.withLock { $0 } == 0)
    #expect(diary.verdicts.map(\.number) == (1...1_000).map { UInt64($0) })
    let (stored, faults) = aggregator.stop()
    #expect(faults == [] && stored.count == 1)
    let all = (0..<4).flatMap { thread in (0..<250).map { "thread \(thread) event \($0)" } }
    #expect(stored.first?.sorted() == all.sorted())
    for thread in 0..<4 {
      let own = stored.first?.filter { $0.hasPrefix("thread \(thread) ") }
      #expect(own == (0..<250).map { "thread \(thread) event \($0)" })
    }
  }

  @Test func whatNobodyTookIsSentByTheNextProducer() throws {
    let folder = try TemporaryFolder()
    let diary = Diary()
    let first = try start(nil, outbox: folder.path("outbox"), diary)
    try publish(1..<301, to: first)
    try first.publish(contentsOf: [Array(Simulation.line(301).utf8)], checkpoint: [1, 2, 3])
    #expect(try !first.flush(deadlineMilliseconds: 10))
    let summary = try first.close(deadlineMilliseconds: 10)
    checkSum(summary, sent: 301)
    #expect(summary.outstanding == 301 && diary.verdicts.isEmpty)

    let aggregator = try TestAggregator()
    let second = try start(aggregator, outbox: folder.path("outbox"), diary)
    #expect(second.checkpoint == [1, 2, 3])
    try publish(302..<401, to: second)
    checkSum(try second.close(), sent: 400)
    #expect(diary.verdicts.map(\.number) == (1...400).map { UInt64($0) })
    let (stored, faults) = aggregator.stop()
    #expect(stored == [lines(1..<401)] && faults == [] && diary.notices == [])
  }

  @Test func twoProducersOnOneOutboxAreRefused() throws {
    let folder = try TemporaryFolder()
    let producer = try start(nil, outbox: folder.path("outbox"), Diary())
    let error = #expect(throws: ProducerError.self) { _ = try start(nil, outbox: folder.path("outbox"), Diary()) }
    #expect(error == .outbox(.held(path: folder.path("outbox/lock"), process: Int(getpid()))))
    try producer.close(deadlineMilliseconds: 0)
    try start(nil, outbox: folder.path("outbox"), Diary()).close(deadlineMilliseconds: 0)
  }

  // MARK: Copies and older states

  @Test func aCopiedOutboxSendsUnderItsOwnEpoch() throws {
    let folder = try TemporaryFolder()
    let (diary, copyDiary) = (Diary(), Diary())
    let first = try start(nil, outbox: folder.path("outbox"), diary)
    try publish(1..<51, to: first)
    try first.close(deadlineMilliseconds: 0)
    try FileManager.default.copyItem(atPath: folder.path("outbox"), toPath: folder.path("copy"))
    let aggregator = try TestAggregator()
    let copy = try start(aggregator, outbox: folder.path("copy"), copyDiary)
    try copy.publish("only in the copy")
    try copy.close()
    #expect(copyDiary.notices == [.copied(path: folder.path("copy"))])
    let original = try start(aggregator, outbox: folder.path("outbox"), diary)
    try original.publish("only in the original")
    try original.close()
    #expect(diary.notices == [])
    let (stored, faults) = aggregator.stop()
    #expect(faults == [])
    #expect(Set(stored) == [lines(1..<51) + ["only in the copy"], lines(1..<51) + ["only in the original"]])
  }

  /// The bytes of an outbox's files, to be written back into the same files, as a restored snapshot of a disk does.
  private func snapshot(_ folder: String) throws -> [String: Data] {
    var files: [String: Data] = [:]
    for name in try FileManager.default.contentsOfDirectory(atPath: folder) where name != "lock" {
      files[name] = try Data(contentsOf: URL(filePath: folder + "/" + name))
    }
    return files
  }

  private func restore(_ files: [String: Data], to folder: String) throws {
    for (name, data) in files {
      let file = try FileHandle(forWritingTo: URL(filePath: folder + "/" + name))
      try file.truncate(atOffset: 0)
      try file.write(contentsOf: data)
      try file.close()
    }
  }

  @Test func anOlderStateOfAnOutboxBeginsANewEpoch() throws {
    let folder = try TemporaryFolder()
    let aggregator = try TestAggregator()
    let diary = Diary()
    let outbox = folder.path("outbox")
    let first = try start(aggregator, outbox: outbox, diary)
    try publish(1..<51, to: first)
    try first.close()
    let older = try snapshot(outbox)
    let second = try start(aggregator, outbox: outbox, diary)
    try publish(51..<81, to: second)
    try second.close()
    try restore(older, to: outbox)
    let third = try start(aggregator, outbox: outbox, diary)
    for number in 0..<20 { try third.publish("new \(number)") }
    checkSum(try third.close(), sent: 20)
    #expect(diary.notices == [.rolledBack(lastSent: 50, resumeAfter: 80)])
    let (stored, faults) = aggregator.stop()
    #expect(faults == [])
    #expect(Set(stored) == [lines(1..<81), (0..<20).map { "new \($0)" }])
  }

  @Test func aTwinUnderTheSameEpochMakesItTakeANewOne() throws {
    let folder = try TemporaryFolder()
    let aggregator = try TestAggregator(seesATwin: true)
    let diary = Diary()
    let producer = try start(aggregator, outbox: folder.path("outbox"), diary)
    try publish(1..<51, to: producer)
    checkSum(try producer.close(), sent: 50)
    #expect(diary.notices == [.epochInUse])
    #expect(diary.verdicts.map(\.number) == (1...50).map { UInt64($0) })
    let (stored, faults) = aggregator.stop()
    #expect(stored == [lines(1..<51)] && faults == [])
  }

  /// An aggregator whose store was replaced is named; what is not acknowledged goes on under a new epoch when it is asked to.
  @Test func anotherAggregatorIsNamedAndARenewedOutboxGoesOn() throws {
    let folder = try TemporaryFolder()
    let (first, second) = (try TestAggregator(), try TestAggregator())
    let diary = Diary()
    let outbox = folder.path("outbox")
    let producer = try start(first, outbox: outbox, diary)
    try publish(1..<51, to: producer)
    try producer.close()
    let stranger = try start(second, outbox: outbox, diary)
    try stranger.publish(Simulation.line(1))
    #expect(throws: ProducerError.forgotten(acknowledged: 50, resumeAfter: 0)) { try stranger.close() }
    var settings = ProducerSettings()
    settings.renewsEpoch = true
    let renewed = try start(second, outbox: outbox, diary, settings)
    checkSum(try renewed.close(), sent: 1)
    #expect(diary.notices == [.renewed] && diary.verdicts.last?.number == 51)
    #expect(first.stop().stored == [lines(1..<51)])
    #expect(second.stop().stored == [lines(1..<2)])
  }

  // MARK: Bounds

  @Test func whatIsNoEventIsNotTaken() throws {
    let folder = try TemporaryFolder()
    let producer = try start(nil, outbox: folder.path("outbox"), Diary())
    for bad in ["", "a\nb", String(repeating: "a", count: Producer.eventByteCount + 1)] {
      let error = #expect(throws: ProducerError.self) { try producer.publish(contentsOf: [[65], Array(bad.utf8)]) }
      guard case .malformedEvent(index: 1, _) = error else { throw Missing() }
    }
    #expect(throws: ProducerError.checkpointTooLong(byteCount: 64)) {
      try producer.publish(contentsOf: [[65]], checkpoint: [UInt8](repeating: 0, count: 64))
    }
    #expect(throws: ProducerError.self) { try producer.publish(contentsOf: [[UInt8]](repeating: [65], count: 4_097)) }
    #expect(producer.summary.sent == 0)
    try producer.close(deadlineMilliseconds: 0)
  }

  private struct Missing: Error {}

  @Test func aFullOutboxFailsOrWaitsAsTold() throws {
    let folder = try TemporaryFolder()
    var settings = ProducerSettings()
    settings.outboxByteCount = 1 << 20
    settings.whenFull = .fail
    let event = String(repeating: "x", count: 10_000)
    var count = 0
    do {
      let producer = try start(nil, outbox: folder.path("outbox"), Diary(), settings)
      let error = #expect(throws: ProducerError.self) {
        while true {
          try producer.publish(event)
          count += 1
        }
      }
      #expect(error == .outbox(.full(limitByteCount: 1 << 20)))
      #expect(count > 90 && count < 110)
      try producer.close(deadlineMilliseconds: 0)
    }
    settings.whenFull = .wait
    let aggregator = try TestAggregator()
    let diary = Diary()
    let producer = try start(aggregator, outbox: folder.path("outbox"), diary, settings)
    for _ in 0..<400 { try producer.publish(event) }
    checkSum(try producer.close(), sent: UInt64(count + 400))
    #expect(diary.verdicts.count == count + 400)
    let (stored, faults) = aggregator.stop()
    #expect(stored.map(\.count) == [count + 400] && faults == [])
  }

  @Test func absurdSettingsAreBounded() throws {
    let folder = try TemporaryFolder()
    let aggregator = try TestAggregator()
    for extreme in [UInt64.max, 0] {
      var settings = ProducerSettings()
      (settings.greetingMilliseconds, settings.maximumGreetingMilliseconds) = (extreme, extreme)
      (settings.acknowledgementMilliseconds, settings.lingerMilliseconds) = (extreme, extreme)
      (settings.windowEventCount, settings.windowByteCount) = (extreme, extreme)
      settings.batchEventCount = Int(clamping: extreme)
      settings.batchByteCount = Int(clamping: extreme)
      settings.outboxByteCount = Int(clamping: extreme)
      let producer = try start(aggregator, outbox: folder.path("outbox-\(extreme)"), Diary(), settings)
      try publish(1..<11, to: producer)
      checkSum(try producer.close(deadlineMilliseconds: .max), sent: 10)
    }
    #expect(aggregator.stop().stored == [lines(1..<11), lines(1..<11)])
  }

  @Test func waitingInACallbackIsRefused() throws {
    let folder = try TemporaryFolder()
    let aggregator = try TestAggregator()
    let producer = Mutex<Producer?>(nil)
    let refusals = Mutex<[ProducerError]>([])
    let made = try Producer(
      endpoint: aggregator.endpoint, name: "test", outbox: folder.path("outbox"),
      onVerdict: { verdict in
        guard verdict.number == 1, let producer = producer.withLock({ $0 }) else { return }
        do throws(ProducerError) { _ = try producer.flush() } catch { refusals.withLock { $0.append(error) } }
        do throws(ProducerError) { try producer.close() } catch { refusals.withLock { $0.append(error) } }
        _ = try? producer.publish("from the callback")
      })
    producer.withLock { $0 = made }
    try made.publish("first")
    while made.summary.accepted < 2 { usleep(1_000) }
    try made.close()
    producer.withLock { $0 = nil }
    #expect(refusals.withLock { $0 } == [.calledFromCallback, .calledFromCallback])
    #expect(aggregator.stop().stored == [["first", "from the callback"]])
  }

  @Test func anAggregatorsRefusalIsSaidToEveryCaller() throws {
    let folder = try TemporaryFolder()
    let aggregator = try TestAggregator()
    let name = String(repeating: "n", count: Limits.producerByteCount + 1)
    let producer = try Producer(endpoint: aggregator.endpoint, name: name, outbox: folder.path("outbox"))
    try producer.publish("x")
    let expected = ProducerError.refused(WireError(.outOfRange, "HELLO producer: 129 bytes, expected 1 to 128"))
    #expect(throws: expected) { _ = try producer.flush() }
    #expect(throws: expected) { try producer.publish("y") }
    #expect(throws: expected) { try producer.close() }
    // Closed it is all the same, and holds what it held.
    let again = try start(aggregator, outbox: folder.path("outbox"), Diary())
    checkSum(try again.close(), sent: 1)
    _ = aggregator.stop()
  }

  @Test func aMalformedEndpointIsSaidAtOnce() throws {
    let folder = try TemporaryFolder()
    #expect(throws: ProducerError.self) {
      _ = try Producer(endpoint: "nonsense", name: "test", outbox: folder.path("outbox"))
    }
  }

  @Test func aProducerThatIsLetGoGivesItsOutboxFree() throws {
    let folder = try TemporaryFolder()
    do { try start(nil, outbox: folder.path("outbox"), Diary()).publish("kept") }
    for _ in 0..<1_000 {
      do throws(ProducerError) {
        let producer = try start(nil, outbox: folder.path("outbox"), Diary())
        #expect(producer.summary.outstanding == 1)
        try producer.close(deadlineMilliseconds: 0)
        return
      } catch {
        guard case .outbox(.held) = error else { throw error }
        usleep(10_000)
      }
    }
    Issue.record("the outbox is still held")
  }
}
