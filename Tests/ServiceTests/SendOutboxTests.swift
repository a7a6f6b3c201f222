import Foundation
import JSON
import Reports
import TestSupport
import Testing
import TocsinProducer
import Wire
import ZeroMQ

/// `tocsin send --outbox` with the real executables: killed, copied, cut, shared.
extension ServiceTests {
  @Suite struct SendOutboxTests {
    private struct Failed: Error, CustomStringConvertible { let description: String }

    /// Sequences that the store holds, by epoch.
    private func sequences(_ store: String) throws -> [String: UInt64] {
      let output = try Tocsin.output(["sources", "--producers", "--format", "ndjson", "--store", store])
      var through: [String: UInt64] = [:]
      for line in output.split(separator: "\n") {
        let row = try JSONValue(parsing: Array(line.utf8))
        through[row["epoch"]?.string ?? ""] = row["through"]?.uint64 ?? row["throughSequence"]?.uint64
      }
      return through
    }

    /// What was taken, by what it came to; duplicates are left out: a repeated PUT makes more of them, and changes nothing else.
    private func taken(_ store: String) throws -> [String: UInt64] {
      try checkedLedger(store: store).filter { ["accepted", "late", "rejected"].contains($0.key) }
    }

    private func send(_ words: [String], errors: String = "/dev/null") throws -> Child {
      try Child([Tocsin.binary.path, "send"] + words, errors: errors)
    }

    /// Killed at random instants on both sides: every line is one sequence of one epoch, and the store is the undisturbed one.
    @Test func killedOnBothSidesItLosesAndDoublesNothing() throws {
      let folder = try TemporaryFolder()
      let seed = UInt64.random(in: 0...UInt64.max)
      print("outbox kill seed \(seed)")
      var generator = SeededGenerator(seed: seed)
      let lines = Stream.lines(seed: 41, count: 10_000)
      try Stream.write(lines, to: folder.path("stream"))
      // An undisturbed run: what the store must come to, and how long this machine takes, so that the kills fall into it.
      let calm = try Daemon(store: folder.path("undisturbed"), log: folder)
      let start = ContinuousClock.now
      _ = try Tocsin.output([
        "send", folder.path("stream"), "--to", calm.endpoint, "--outbox", folder.path("calm"), "--batch", "3",
      ])
      let taken = start.duration(to: .now)
      #expect(calm.stop() == 0, "\(calm.log)")
      let microseconds = max(20_000, UInt32(taken / .microseconds(1)) / 6)
      let store = folder.path("store")
      var daemon = try Daemon(store: store, log: folder)
      let endpoint = daemon.endpoint
      let words = [folder.path("stream"), "--to", endpoint, "--outbox", folder.path("outbox"), "--batch", "3"]
      var killedWhileSending = 0
      for round in 0..<14 {
        let producer = try send(words, errors: folder.path("errors"))
        usleep(UInt32.random(in: 5_000...microseconds, using: &generator))
        killedWhileSending += producer.isRunning ? 1 : 0
        producer.signal(SIGKILL)
        producer.wait()
        if round % 4 == 3 {
          daemon.kill()
          daemon = try Daemon(store: store, endpoint: endpoint, log: folder)
        }
      }
      #expect(killedWhileSending >= 5, "the kills came too late to prove anything; seed \(seed)")
      let last = try Tocsin.run(["send"] + words)
      // Nothing may have been left to do.
      #expect([0, 1].contains(last.status), "seed \(seed): \(last.complaints)")
      #expect(daemon.stop() == 0, "\(daemon.log)")
      #expect(try Array(sequences(store).values) == [UInt64(lines.count)], "seed \(seed)")
      #expect(try Summaries(store: store) == Summaries(store: folder.path("undisturbed")), "seed \(seed)")
      #expect(try self.taken(store) == self.taken(folder.path("undisturbed")), "seed \(seed)")
    }

    /// The canary: without an outbox a second run is a second epoch, and the count of sequences shows it.
    @Test func theCountOfSequencesCanFail() throws {
      let folder = try TemporaryFolder()
      try Stream.write(Stream.lines(seed: 42, count: 100), to: folder.path("stream"))
      let daemon = try Daemon(store: folder.path("store"), log: folder)
      for _ in 0..<2 { _ = try Tocsin.output(["send", folder.path("stream"), "--to", daemon.endpoint]) }
      #expect(daemon.stop() == 0)
      #expect(try sequences(folder.path("store")).count == 2)
    }

    @Test func aFileThatGrowsIsSentFromWhereItWasLeft() throws {
      let folder = try TemporaryFolder()
      let lines = Stream.lines(seed: 43, count: 300)
      let daemon = try Daemon(store: folder.path("store"), log: folder)
      let words = ["send", folder.path("stream"), "--to", daemon.endpoint, "--outbox", folder.path("outbox")]
      try Data(lines[..<100].map { $0 + "\n" }.joined().utf8).write(to: URL(filePath: folder.path("stream")))
      #expect(try Tocsin.run(words).complaints.contains("sent 100:"))
      let file = try FileHandle(forWritingTo: URL(filePath: folder.path("stream")))
      try file.seekToEnd()
      try file.write(contentsOf: Data(("{nonsense\n" + lines[100...].map { $0 + "\n" }.joined()).utf8))
      try file.close()
      let second = try Tocsin.run(words)
      #expect(second.complaints.contains("goes on at byte"), "\(second.complaints)")
      #expect(second.complaints.contains("sent \(lines.count - 99):"), "\(second.complaints)")
      #expect(second.complaints.contains("stream:101: malformed-json"), "\(second.complaints)")
      let third = try Tocsin.run(words)
      #expect(third.status == 1 && third.complaints.contains("sent 0:"), "\(third.complaints)")
      // Another file in its place is another input.
      try Data((lines[0] + "\n").utf8).write(to: URL(filePath: folder.path("stream")))
      #expect(try Tocsin.run(words).complaints.contains("sent 1: accepted 0, duplicate 1"))
      #expect(daemon.stop() == 0)
    }

    /// An outbox that nobody takes from, with a stream in it.
    private func fill(_ folder: TemporaryFolder, count: Int) throws {
      try Stream.write(Stream.lines(seed: 44, count: count), to: folder.path("stream"))
      let producer = try send(
        [folder.path("stream"), "--to", "tcp://127.0.0.1:1", "--outbox", folder.path("outbox")], errors: folder.path("errors"))
      let segment = folder.path("outbox/00000000000000000000.segment")
      let goal = try FileManager.default.attributesOfItem(atPath: folder.path("stream"))[.size] as? UInt64 ?? .max
      for _ in 0..<600 {
        let size = (try? FileManager.default.attributesOfItem(atPath: segment)[.size] as? UInt64) ?? 0
        if size > goal {
          let second = try Tocsin.run([
            "send", folder.path("stream"), "--to", "tcp://127.0.0.1:1", "--outbox", folder.path("outbox"),
          ])
          #expect(second.status == 2, "\(second.complaints)")
          #expect(second.complaints.contains("held by process \(producer.identifier)"), "\(second.complaints)")
          producer.signal(SIGKILL)
          producer.wait()
          return
        }
        usleep(20_000)
      }
      producer.signal(SIGKILL)
      throw Failed(description: "the outbox does not fill")
    }

    @Test func twoProcessesDoNotShareAnOutboxAndATruncatedOneIsNamed() throws {
      let folder = try TemporaryFolder()
      try fill(folder, count: 500)
      let daemon = try Daemon(store: folder.path("store"), log: folder)
      let segment = URL(filePath: folder.path("outbox/00000000000000000000.segment"))
      // It was never synced, for it was never sent: what a loss of power might take may be gone, and is said.
      var bytes = try Data(contentsOf: segment)
      try bytes.prefix(bytes.count - 5).write(to: segment)
      let words = ["send", folder.path("stream"), "--to", daemon.endpoint, "--outbox", folder.path("outbox")]
      let torn = try Tocsin.run(words)
      #expect(torn.status == 0 && torn.complaints.contains("cut off"), "\(torn.complaints)")
      _ = try Tocsin.output(["replay", folder.path("stream"), "--store", folder.path("replayed")])
      // What was synced is another matter.
      bytes = try Data(contentsOf: segment)
      try bytes.prefix(bytes.count - 5).write(to: segment)
      let refused = try Tocsin.run(words)
      #expect(refused.status == 2 && refused.complaints.contains("--renew"), "\(refused.complaints)")
      #expect(refused.complaints.contains(segment.lastPathComponent) && refused.complaints.contains("at byte"))
      let renewed = try Tocsin.run(words + ["--renew"])
      #expect(renewed.status == 0 && renewed.complaints.contains("a new epoch was begun"), "\(renewed.complaints)")
      #expect(daemon.stop() == 0)
      #expect(try taken(folder.path("store"))["accepted"] == taken(folder.path("replayed"))["accepted"])
      #expect(try Summaries(store: folder.path("store")) == Summaries(store: folder.path("replayed")))
    }

    @Test func aCopiedOutboxIsToldAndNothingCountsTwice() throws {
      let folder = try TemporaryFolder()
      try fill(folder, count: 400)
      try FileManager.default.copyItem(atPath: folder.path("outbox"), toPath: folder.path("copy"))
      let daemon = try Daemon(store: folder.path("store"), log: folder)
      let original = try Tocsin.run(
        ["send", folder.path("stream"), "--to", daemon.endpoint, "--outbox", folder.path("outbox")])
      #expect(original.status == 0 && !original.complaints.contains("copied"), "\(original.complaints)")
      let copy = try Tocsin.run(["send", folder.path("stream"), "--to", daemon.endpoint, "--outbox", folder.path("copy")])
      #expect(copy.status == 0 && copy.complaints.contains("this outbox was copied"), "\(copy.complaints)")
      #expect(copy.complaints.contains("accepted 0"), "\(copy.complaints)")
      #expect(daemon.stop() == 0)
      _ = try Tocsin.output(["replay", folder.path("stream"), "--store", folder.path("replayed")])
      #expect(try Summaries(store: folder.path("store")) == Summaries(store: folder.path("replayed")))
      #expect(try taken(folder.path("store"))["accepted"] == taken(folder.path("replayed"))["accepted"])
    }

    @Test func anEpochHasOneSessionAtATime() throws {
      let folder = try TemporaryFolder()
      let daemon = try Daemon(store: folder.path("store"), log: folder)
      let hello = WireMessage.hello(Hello(producer: "twin", epoch: Epoch(high: 5, low: 6))).frames
      let first = try Peer(daemon.endpoint)
      let second = try Peer(daemon.endpoint)
      guard case .welcome = try first.ask(hello), case .welcome = try first.ask(hello), case .welcome = try second.ask(hello)
      else { throw Failed(description: "no WELCOME") }
      // What the first one hears from now on is that its session is over.
      guard case .error(let told) = try first.ask(WireMessage.ping.frames), told.knownCode == .sessionSuperseded,
        case .error(let after) = try first.ask(WireMessage.ping.frames), after.knownCode == .sessionSuperseded,
        case .pong = try second.ask(WireMessage.ping.frames)
      else { throw Failed(description: "the first session goes on") }
      #expect(daemon.stop() == 0)
    }

    /// The example of the library, built beside the tests, is a program that works.
    @Test func theExampleProgramSendsAndGoesOn() throws {
      let folder = try TemporaryFolder()
      let example = Tocsin.builds.appending(path: "tocsin-example-producer").path
      let daemon = try Daemon(store: folder.path("store"), log: folder)
      for _ in 0..<2 {
        let status = try Child.run([example, daemon.endpoint, folder.path("outbox"), "50"], output: folder.path("out"))
        #expect(status == 0)
      }
      #expect(daemon.stop() == 0)
      let said = try String(contentsOf: URL(filePath: folder.path("out")), encoding: .utf8)
      #expect(said == String(repeating: "accepted 50 of 50; 0 are kept for the next run\n", count: 2), "\(said)")
      #expect(try checkedLedger(store: folder.path("store"))["accepted"] == 100)
    }

    // MARK: Memory

    /// Reads everything, grants without bound and acknowledges nothing; gives the bytes of bodies of the first session.
    private func stall(_ router: borrowing Socket, seconds: Double) throws -> Int {
      var byteCount = 0
      var helloCount = 0
      var poller = Poller()
      _ = poller.add(router, for: .readable)
      let end = Date(timeIntervalSinceNow: seconds)
      while Date() < end {
        guard try poller.wait(milliseconds: 50) > 0 else { continue }
        var frames: [[UInt8]] = []
        var message = Message()
        while try router.receive(into: &message, blocking: !frames.isEmpty) {
          let bytes = message.bytes
          frames.append(bytes.indices.map { bytes[$0] })
          if !message.hasMore { break }
        }
        guard frames.count > 2 else { continue }
        switch Verb(rawValue: frames[1][5]) {
        case .hello:
          helloCount += 1
          let welcome = Welcome(
            resumeAfter: 0, credit: Credit(events: 1 << 40, bytes: 1 << 40), heartbeatMilliseconds: 3_600_000)
          _ = try router.send([frames[0]] + WireMessage.welcome(welcome).frames)
        case .put where helloCount == 1: byteCount += frames[3].count
        default: break
        }
      }
      return byteCount
    }

    @Test func memoryIsBoundedWhateverTheAggregatorDoes() throws {
      let folder = try TemporaryFolder()
      let line = "{\"data\":\"" + String(repeating: "x", count: 8_000) + "\"}\n"
      try Data(String(repeating: line, count: 8_000).utf8).write(to: URL(filePath: folder.path("stream")))
      let context = try Context()
      let router = try Socket(.router, in: context)
      try router.setLinger(milliseconds: 0)
      try router.bind(to: "tcp://127.0.0.1:*")
      let producer = try send([
        folder.path("stream"), "--to", try router.lastEndpoint(), "--outbox", folder.path("outbox"), "--outbox-limit", "40",
      ])
      let byteCount = try stall(router, seconds: 4)
      #expect(producer.isRunning)
      let status = try String(contentsOf: URL(filePath: "/proc/\(producer.identifier)/status"), encoding: .utf8)
      let field = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }?.split(whereSeparator: { !$0.isNumber }).first
      let kibibytes = try #require(field.flatMap { Int($0) })
      producer.signal(SIGKILL)
      producer.wait()
      let window = Int(ProducerSettings().windowByteCount)
      #expect(byteCount > window / 2 && byteCount <= window, "\(byteCount) bytes outstanding")
      let disk = try FileManager.default.contentsOfDirectory(atPath: folder.path("outbox")).reduce(0) { sum, name in
        let size = try FileManager.default.attributesOfItem(atPath: folder.path("outbox/" + name))[.size] as? Int
        return sum + (size ?? 0)
      }
      #expect(disk > 30 << 20 && disk <= 40 << 20 + 12_288, "\(disk) bytes on the disk")
      // The program itself, with its libraries, needs some 20 MiB.
      print("send --outbox: \(kibibytes) KiB resident at most")
      let bound = window + Producer.fixedByteCount + 24 << 20 + Environment.sanitizerByteCount
      #expect(kibibytes << 10 <= bound, "\(kibibytes) KiB")
    }
  }
}
