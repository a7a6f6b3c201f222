import Foundation
import TestSupport
import Testing
import Wire
import ZeroMQ

/// A slow disk and an engine that stands still: producers slow down, memory stays bounded, nothing is dropped.
extension ServiceTests {
  @Suite struct SlowMachineTests {
    private static let producerCount = 4
    /// What docs/wire.md, section 6.1, says of so many connections, and three more.
    private static let boundMebibytes = 192 + 26 * (producerCount + 3) + Environment.sanitizerByteCount >> 20

    private struct Case {
      let folder: TemporaryFolder
      let machine: SlowMachine
      let daemon: Daemon
      let store: String

      init() throws {
        folder = try TemporaryFolder()
        machine = try SlowMachine(in: folder)
        store = folder.path("store")
        daemon = try Daemon(store: store, log: folder, environment: machine.environment)
      }

      /// Starts the producers, each with so many events of a few hundred bytes.
      func producers(eventCount: Int) throws -> [Child] {
        try (0..<producerCount).map { index in
          let lines = (0..<eventCount).map { number in
            #"{"specversion":"1.0","type":"org.tocsin.report.v1","source":"s/\#(index)","id":"\#(number)","time":"2015-02-10T12:00:00Z","#
              + #""data":{"keywords":["snow \#(number % 50)"],"text":"\#(String(repeating: "word ", count: 20))"}}"#
          }
          try Stream.write(lines, to: folder.path("stream-\(index)"))
          return try Child(
            [
              Tocsin.binary.path, "send", folder.path("stream-\(index)"), "--to", daemon.endpoint, "--name", "p\(index)",
              "--timeout", "120",
            ], errors: folder.path("errors-\(index)"))
        }
      }

      /// Mebibytes that the daemon has held in memory at most.
      func peakMebibytes() throws -> Int {
        let status = try String(contentsOfFile: "/proc/\(daemon.child.identifier)/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") })
        return try #require(line.split(separator: " ").dropLast().last.flatMap { Int($0) }) / 1_024
      }

      /// Sends twice the credit of a session, whatever the answers are.
      func flood(_ name: String) throws -> Peer {
        let peer = try Peer(daemon.endpoint)
        guard case .welcome = try peer.ask(KeyedDaemon.hello(name)) else { throw SlowMachine.Failed() }
        for batch in 0..<128 {
          let ids = (0..<1_000).map { "\(batch * 1_000 + $0)" }
          _ = try peer.socket.send(
            KeyedDaemon.put(UInt64(batch * 1_000 + 1), source: "\(name)/1", ids: ids), blocking: true)
        }
        return peer
      }

      func check(_ producers: [Child], eventCount: Int) throws {
        for (index, producer) in producers.enumerated() {
          #expect(producer.wait() == 0, "\((try? String(contentsOfFile: folder.path("errors-\(index)"), encoding: .utf8)) ?? "")")
        }
        #expect(daemon.stop() == 0, "\(daemon.log)")
        let ledger = try Tocsin.output(["sources", "--format", "ndjson", "--store", store])
        for index in producers.indices {
          #expect(
            ledger.contains("\"source\":\"s/\(index)\",\"received\":\(eventCount),\"accepted\":\(eventCount),"), "\(ledger)")
        }
        _ = try checkedLedger(store: store, producers: true)
      }
    }

    @Test func aSlowDiskSlowsProducersDownAndNothingElse() throws {
      let one = try Case()
      let before = try one.peakMebibytes()
      try one.machine.setSync(milliseconds: 100)
      let producers = try one.producers(eventCount: 30_000)
      for producer in producers { producer.wait() }
      let peak = try one.peakMebibytes() - before
      print("a disk with 100 ms a sync: \(peak) MiB at the most, of \(Self.boundMebibytes)")
      #expect(peak < Self.boundMebibytes)
      try one.machine.setSync(milliseconds: 0)
      try one.check(producers, eventCount: 30_000)
    }

    /// More is sent than may be under way: the rest waits at the producers, who are told that somebody is there.
    @Test func aStalledEngineHoldsProducersBackAndNothingIsDropped() throws {
      let one = try Case()
      let before = try one.peakMebibytes()
      try one.machine.setEngine(milliseconds: 600_000)
      let eventCount = 90_000
      let producers = try one.producers(eventCount: eventCount)
      let greedy = try one.flood("greedy")
      let hungry = try one.flood("hungry")
      let peer = try Peer(one.daemon.endpoint)
      guard case .welcome = try peer.ask(KeyedDaemon.hello("peer")) else { Issue.record("no WELCOME"); return }
      // While nothing moves whoever asks is answered.
      for _ in 0..<20 {
        usleep(100_000)
        guard case .pong = try peer.ask(WireMessage.ping.frames) else { Issue.record("no PONG"); return }
      }
      let running = producers.count { $0.isRunning }
      #expect(running == producers.count)
      let peak = try one.peakMebibytes() - before
      print("an engine that stands still: \(peak) MiB at the most, of \(Self.boundMebibytes)")
      #expect(peak < Self.boundMebibytes)
      // It was full: whoever took no notice of credits is told to wait.
      var answers: [WireMessage] = []
      while let answer = try greedy.next(milliseconds: 200) { answers.append(answer) }
      #expect(answers.contains { if case .busy = $0 { true } else { false } }, "\(answers.count) answers")
      #expect(!answers.contains { if case .ack = $0 { true } else { false } })
      withExtendedLifetime(hungry) {}
      try one.machine.setEngine(milliseconds: 0)
      try one.check(producers, eventCount: eventCount)
    }
  }
}
