import Foundation
import Reports
import Testing
import TocsinProducer
import Wire
import ZeroMQ

@Suite struct ProducerConnectionTests {
  private static let epoch = Epoch(high: 0x0123_4567, low: 0x89ab_cdef)

  private func lines(_ range: Range<Int>) -> [String] { range.map { Simulation.line($0) } }

  private func body(_ range: Range<Int>) -> [UInt8] { Array(lines(range).map { $0 + "\n" }.joined().utf8) }

  /// Sends events in batches to an aggregator with these lives and expects every one to be stored, once, in order.
  private func check(lives: [Int], eventCount: Int, batchCount: Int) throws -> (Summary, [EventException]) {
    let aggregator = try TestAggregator(lives: lives)
    var exceptions: [EventException] = []
    var progressCount = 0
    var connection = try ProducerConnection(endpoint: aggregator.endpoint, name: "test", epoch: Self.epoch)
    connection.onException = { exceptions.append($0) }
    connection.onProgress = { _ in progressCount += 1 }
    for first in stride(from: 1, through: eventCount, by: batchCount) {
      let range = first..<min(first + batchCount, eventCount + 1)
      try connection.send(body: body(range), count: range.count)
    }
    let summary = try connection.finish()
    let (stored, faults) = aggregator.stop()
    #expect(faults == [])
    #expect(stored == [lines(1..<eventCount + 1)])
    let sum = summary.accepted + summary.duplicate + summary.late + summary.rejected + summary.alreadyHeld
    #expect(summary.sent == UInt64(eventCount))
    #expect(sum == summary.sent)
    #expect(summary.outstanding == 0)
    #expect(UInt64(exceptions.count) == summary.duplicate + summary.late + summary.rejected)
    #expect(progressCount > 0)
    return (summary, exceptions)
  }

  @Test func everyEventArrivesWithItsVerdict() throws {
    let (summary, exceptions) = try check(lives: [], eventCount: 5_000, batchCount: 64)
    let expected = (1...5_000).compactMap { EventException(sequence: UInt64($0), Simulation.verdict($0)) }
    #expect(exceptions == expected)
    #expect(summary.resentBatches == 0)
    #expect(summary.accepted == 5_000 - UInt64(expected.count))
  }

  @Test func anAggregatorThatIsKilledAndStartedAgainLosesNothing() throws {
    let (summary, _) = try check(lives: [3, 1, 20, 2], eventCount: 4_000, batchCount: 50)
    #expect(summary.resentBatches > 0)
  }

  @Test func aSecondRunSendsOnlyWhatIsNotHeld() throws {
    let aggregator = try TestAggregator()
    for (eventCount, heldCount) in [(100, 0), (150, 100), (150, 150)] as [(Int, UInt64)] {
      var connection = try ProducerConnection(endpoint: aggregator.endpoint, name: "test", epoch: Self.epoch)
      for first in stride(from: 1, through: eventCount, by: 10) {
        try connection.send(body: body(first..<first + 10), count: 10)
      }
      #expect(try connection.finish().alreadyHeld == heldCount)
    }
    let (stored, faults) = aggregator.stop()
    #expect(stored == [lines(1..<151)])
    #expect(faults == [])
  }

  @Test func waitingWatchesAFileDescriptorAndReportsMeanwhile() throws {
    let aggregator = try TestAggregator(heartbeatMilliseconds: 100)
    var connection = try ProducerConnection(endpoint: aggregator.endpoint, name: "test", epoch: Self.epoch)
    let pipe = Pipe()
    let descriptor = pipe.fileHandleForReading.fileDescriptor
    var reported = false
    connection.onProgress = { reported = $0.outstanding == 0 && $0.sent == 5 }
    try connection.send(body: body(1..<6), count: 5)
    for _ in 0..<200 where !reported { #expect(try connection.wait(forReadable: descriptor, milliseconds: 100) == false) }
    #expect(reported)
    pipe.fileHandleForWriting.write(Data([1]))
    #expect(try connection.wait(forReadable: descriptor) == true)
    try connection.send(body: body(6..<11), count: 5)
    #expect(try connection.finish().outstanding == 0)
    let (stored, faults) = aggregator.stop()
    #expect(stored == [lines(1..<11)])
    #expect(faults == [])
  }

  @Test func nothingToSendNeedsNobody() throws {
    var connection = try ProducerConnection(endpoint: "tcp://127.0.0.1:1", name: "test", epoch: Self.epoch)
    #expect(try connection.finish() == Summary())
  }

  // MARK: Giving up

  private func check(
    silentAt endpoint: String, isConnected: Bool, _ words: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    var settings = ProducerSettings()
    settings.giveUpMilliseconds = 1_000
    var connection = try ProducerConnection(endpoint: endpoint, name: "test", epoch: Self.epoch, settings: settings)
    var thrown: ProducerError?
    do throws(ProducerError) {
      try connection.send(body: body(1..<2), count: 1)
      _ = try connection.finish()
    } catch {
      thrown = error
    }
    guard case .silence(endpoint, 1, isConnected) = thrown else {
      Issue.record("\(String(describing: thrown))", sourceLocation: sourceLocation)
      return
    }
    #expect(thrown?.description.contains(words) == true, sourceLocation: sourceLocation)
  }

  @Test func givingUpSaysThatNothingListens() throws {
    try check(silentAt: "tcp://127.0.0.1:1", isConnected: false, "nothing that speaks ZeroMQ listens there")
  }

  @Test func givingUpSaysThatSomethingListensWithoutAnAnswer() throws {
    let context = try Context()
    let mute = try Socket(.router, in: context)
    try mute.setLinger(milliseconds: 0)
    try mute.bind(to: "tcp://127.0.0.1:*")
    try check(silentAt: try mute.lastEndpoint(), isConnected: true, "something listens there but does not answer")
  }

  @Test func aRefusalEndsTheRunWithTheAggregatorsWords() throws {
    let aggregator = try TestAggregator()
    // A name that the aggregator's side of the protocol does not take.
    let name = String(repeating: "n", count: Limits.producerByteCount + 1)
    var connection = try ProducerConnection(endpoint: aggregator.endpoint, name: name, epoch: Self.epoch)
    var thrown: ProducerError?
    do throws(ProducerError) {
      try connection.send(body: body(1..<2), count: 1)
      _ = try connection.finish()
    } catch {
      thrown = error
    }
    let expected = WireError(.outOfRange, "HELLO producer: 129 bytes, expected 1 to 128")
    #expect(thrown == .refused(expected))
    _ = aggregator.stop()
  }

  @Test func aMalformedEndpointIsSaidAtOnce() {
    #expect(throws: ProducerError.self) { try connect(to: "nonsense") }
  }

  private func connect(to endpoint: String) throws(ProducerError) {
    var connection = try ProducerConnection(endpoint: endpoint, name: "test", epoch: Self.epoch)
    _ = try connection.finish()
  }

  // MARK: The documented producer

  private func python(_ arguments: [String], input: String) throws -> (output: String, status: Int32) {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["/usr/bin/python3"] + arguments
    let (standardInput, standardOutput) = (Pipe(), Pipe())
    process.standardInput = standardInput
    process.standardOutput = standardOutput
    try process.run()
    standardInput.fileHandleForWriting.write(Data(input.utf8))
    try standardInput.fileHandleForWriting.close()
    let output = standardOutput.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (String(decoding: output, as: UTF8.self), process.terminationStatus)
  }

  @Test(arguments: [[], [2, 1]])
  func theDocumentedProducerDelivers(lives: [Int]) throws {
    guard try python(["-c", "import zmq"], input: "").status == 0 else {
      print("SKIPPED: docs/producer.py was not run, python3-zmq is not installed")
      return
    }
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let aggregator = try TestAggregator(lives: lives)
    let script = root.appending(path: "docs/producer.py").path
    let result = try python([script, aggregator.endpoint], input: lines(1..<301).joined(separator: "\n\n"))
    let (stored, faults) = aggregator.stop()
    #expect(faults == [])
    #expect(stored == [lines(1..<301)])
    let named = (1...300).compactMap { EventException(sequence: UInt64($0), Simulation.verdict($0)) }
    let output = result.output.split(separator: "\n")
    // A life that ends before its ACK leaves the verdict `duplicate` to the next one.
    let expected = lives.isEmpty ? "sent 300, accepted \(300 - named.count), " : "sent 300, accepted "
    #expect(output.last?.hasPrefix(expected) == true, "\(output.last ?? "")")
    if lives.isEmpty { #expect(output.count == named.count + 1) }
    #expect(result.status == 0)
  }
}
