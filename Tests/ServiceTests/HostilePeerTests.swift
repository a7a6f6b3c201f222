import Foundation
import Reports
import TestSupport
import Testing
import Wire
import ZeroMQ

/// Producers that do what they should not: each is answered, the memory stays within its bound, and the others go on.
extension ServiceTests {
  @Suite struct HostilePeerTests {
    /// Kibibytes of a line of /proc/PID/status.
    private func kibibytes(_ daemon: Daemon, _ name: String) throws -> Int {
      let status = try String(contentsOfFile: "/proc/\(daemon.child.identifier)/status", encoding: .utf8)
      let line = status.split(separator: "\n").first { $0.hasPrefix("\(name):") }
      return line?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
    }

    private func checkServes(_ keyed: KeyedDaemon, sourceLocation: SourceLocation = #_sourceLocation) throws {
      let peer = try keyed.peer(keyed.city)
      let epoch = Epoch(high: 1, low: 1)
      guard case .welcome = try peer.ask(KeyedDaemon.hello("city/honest", epoch: epoch)) else {
        Issue.record("no WELCOME", sourceLocation: sourceLocation)
        return
      }
      guard case .ack = try peer.ask(KeyedDaemon.put(1, source: "city/1", ids: ["honest"], epoch: epoch)) else {
        Issue.record("no ACK", sourceLocation: sourceLocation)
        return
      }
    }

    /// Two that use one epoch: the later one goes on, the earlier one is told why it does not.
    @Test func theSecondSessionOfAnEpochTakesOver() throws {
      let keyed = try KeyedDaemon()
      let first = try keyed.peer(keyed.city)
      let second = try keyed.peer(keyed.city)
      guard case .welcome = try first.ask(KeyedDaemon.hello("city")) else { Issue.record("no WELCOME"); return }
      guard case .ack = try first.ask(KeyedDaemon.put(1, source: "city/1", ids: ["a"])) else { Issue.record("no ACK"); return }
      guard case .welcome(let welcome) = try second.ask(KeyedDaemon.hello("city", lastSequence: 1)) else {
        Issue.record("no WELCOME")
        return
      }
      #expect(welcome.resumeAfter == 1)
      guard case .error(let told) = try first.next() else { Issue.record("not told"); return }
      #expect(told.knownCode == .sessionSuperseded)
      guard case .error(let again) = try first.ask(KeyedDaemon.put(2, source: "city/1", ids: ["intruder"])) else {
        Issue.record("no ERROR")
        return
      }
      #expect(again.knownCode == .sessionSuperseded)
      guard case .ack = try second.ask(KeyedDaemon.put(2, source: "city/1", ids: ["b"])) else { Issue.record("no ACK"); return }
      // Another epoch of the same producer is nobody's business.
      let third = try keyed.peer(keyed.city)
      guard case .welcome = try third.ask(KeyedDaemon.hello("city", epoch: Epoch(high: 1, low: 2))) else {
        Issue.record("no WELCOME")
        return
      }
      guard case .pong = try second.ask(WireMessage.ping.frames) else { Issue.record("no PONG"); return }
      #expect(keyed.daemon.stop() == 0, "\(keyed.daemon.log)")
      #expect(try checkedLedger(store: keyed.store)["received"] == 2)
      #expect(try !keyed.stores("intruder"))
    }

    /// Whoever says nothing is asked, and given up when there is no answer; whoever answers is not.
    @Test func aSilentProducerIsAskedAndGivenUp() throws {
      let keyed = try KeyedDaemon(service: "heartbeatMilliseconds = 200")
      let silent = try keyed.peer(keyed.town)
      let awake = try keyed.peer(keyed.city)
      guard case .welcome = try silent.ask(KeyedDaemon.hello("town")) else { Issue.record("no WELCOME"); return }
      guard case .welcome = try awake.ask(KeyedDaemon.hello("city")) else { Issue.record("no WELCOME"); return }
      guard case .ping = try silent.next(milliseconds: 5_000) else { Issue.record("no PING"); return }
      for _ in 0..<100 where !keyed.daemon.log.contains("silent-session") {
        _ = try awake.socket.send(WireMessage.pong(nil).frames)
        usleep(50_000)
      }
      #expect(try keyed.refusals(waitingFor: "silent-session")["silent-session"] == 1)
      #expect(keyed.daemon.log.contains("town was silent"), "\(keyed.daemon.log)")
      // It may come back at any time.
      guard case .welcome = try keyed.peer(keyed.town).ask(KeyedDaemon.hello("town")) else { Issue.record("no WELCOME"); return }
      #expect(keyed.daemon.stop() == 0, "\(keyed.daemon.log)")
    }

    /// A quota is kept by BUSY: nothing is dropped, and what is not over it goes on.
    @Test func overItsQuotaAProducerIsToldToWait() throws {
      let keyed = try KeyedDaemon(quotas: "eventsPerSecond = 20\nnewKeywordsPerHour = 1000")
      let town = try keyed.peer(keyed.town)
      let city = try keyed.peer(keyed.city)
      guard case .welcome = try town.ask(KeyedDaemon.hello("town")) else { Issue.record("no WELCOME"); return }
      guard case .welcome = try city.ask(KeyedDaemon.hello("city")) else { Issue.record("no WELCOME"); return }
      var (next, busyCount) = (0, 0)
      while next < 4 {
        let ids = (0..<10).map { "t\(next * 10 + $0)" }
        switch try town.ask(KeyedDaemon.put(UInt64(next * 10 + 1), source: "town/1", ids: ids)) {
        case .ack: next += 1
        case .busy(let milliseconds):
          #expect((1...1_000).contains(milliseconds))
          busyCount += 1
          usleep(UInt32(milliseconds) * 1_000)
        case let other:
          Issue.record("\(String(describing: other))")
          return
        }
        let cityPut = KeyedDaemon.put(UInt64(next + busyCount), source: "city/1", ids: ["c\(next + busyCount)"])
        guard case .ack = try city.ask(cityPut) else { Issue.record("the other waits"); return }
      }
      #expect(busyCount >= 3)
      #expect(keyed.daemon.stop() == 0, "\(keyed.daemon.log)")
      #expect(try keyed.refusals()["over-quota"] == UInt64(busyCount))
      #expect(try checkedLedger(store: keyed.store)["accepted"] == UInt64(40 + next + busyCount))
    }

    @Test func newKeywordsAreCountedOnceAndWaitedFor() throws {
      let keyed = try KeyedDaemon(quotas: "newKeywordsPerHour = 5")
      let town = try keyed.peer(keyed.town)
      guard case .welcome = try town.ask(KeyedDaemon.hello("town")) else { Issue.record("no WELCOME"); return }
      // Five new ones are the hour's; the same again are not new.
      for first in [1, 5, 9] as [UInt64] {
        let put = KeyedDaemon.put(first, source: "town/1", ids: ["a", "b", "c", "d"])
        guard case .ack = try town.ask(put) else { Issue.record("no ACK for \(first)"); return }
      }
      guard case .ack = try town.ask(KeyedDaemon.put(13, source: "town/1", ids: ["e", "f"])) else {
        Issue.record("no ACK"); return
      }
      guard case .busy(let wait) = try town.ask(KeyedDaemon.put(15, source: "town/1", ids: ["g"])) else {
        Issue.record("no BUSY")
        return
      }
      #expect((700_000...1_500_000).contains(wait), "two words owed, at one in twelve minutes")
      #expect(keyed.daemon.stop() == 0, "\(keyed.daemon.log)")
    }

    @Test func moreConnectionsThanThereMayBeAreClosed() throws {
      let keyed = try KeyedDaemon(service: "connections = 4")
      let context = try Context()
      func connect() throws -> Socket {
        let socket = try Socket(.dealer, in: context)
        try socket.setLinger(milliseconds: 0)
        try socket.setReconnectInterval(milliseconds: 2_000, maximumMilliseconds: 2_000)
        try socket.setCurveClient(keyed.credentials(keyed.town))
        try socket.connect(to: keyed.daemon.endpoint)
        return socket
      }
      let (a, b) = (try Connected(connect()), try Connected(connect()))
      let (c, d) = (try Connected(connect()), try Connected(connect()))
      let (e, f) = (try Connected(connect()), try Connected(connect()))
      #expect(try keyed.refusals(waitingFor: "too-many-connections")["too-many-connections"] ?? 0 >= 2)
      withExtendedLifetime([a, b, c, d, e, f]) {}
    }

    private final class Connected {
      let socket: Socket
      init(_ socket: consuming Socket) { self.socket = socket }
    }

    /// A limit of descriptors that connections could use up is told at the start, not when a segment cannot be made any more.
    @Test func tooFewDescriptorsAreToldAtTheStart() throws {
      let folder = try TemporaryFolder()
      try Data("version = 1\n[service]\nconnections = 300\n".utf8).write(to: folder.url.appending(path: "c.toml"))
      let errors = folder.path("errors")
      let serve = "exec '\(Tocsin.binary.path)' serve --store '\(folder.path("s"))' --config '\(folder.path("c.toml"))'"
      let child = try Child(
        ["sh", "-c", "ulimit -Sn 300; ulimit -Hn 700; \(serve) --endpoint 'tcp://127.0.0.1:*'"], errors: errors)
      #expect(child.wait() == 2)
      let said = try String(contentsOfFile: errors, encoding: .utf8)
      #expect(said.contains("728 descriptors are needed") && said.contains("may have 700"), "\(said)")
    }

    /// More connections than there are descriptors for are not taken over by SIGHUP either.
    @Test func tooFewDescriptorsAreToldAtAReload() throws {
      let folder = try TemporaryFolder()
      let config = folder.url.appending(path: "c.toml")
      try Data("version = 1\n[service]\nconnections = 20\n".utf8).write(to: config)
      let daemon = try Daemon(store: folder.path("s"), log: folder, arguments: ["--config", config.path])
      #expect(try Child.run(["prlimit", "--pid", "\(daemon.child.identifier)", "--nofile=500:500"]) == 0)
      try Data("version = 1\n[service]\nconnections = 300\n".utf8).write(to: config)
      daemon.child.signal(SIGHUP)
      for _ in 0..<100 where !daemon.log.contains("not read anew") { usleep(50_000) }
      #expect(daemon.log.contains("728 descriptors are needed"), "\(daemon.log)")
      #expect(daemon.stop() == 0)
    }

    /// Somebody has taken the last descriptor, as connections without end may: the journal, which can begin no segment, and the
    /// summaries, which can read no text from it, wait until there are some again. Both took nothing more for good.
    @Test func withoutADescriptorItWaits() throws {
      let folder = try TemporaryFolder()
      let config = folder.path("c.toml")
      try Data("version = 1\n[journal]\nsegmentMebibytes = 1\n".utf8).write(to: URL(filePath: config))
      let daemon = try Daemon(store: folder.path("s"), log: folder, arguments: ["--config", config])
      let process = "/proc/\(daemon.child.identifier)/fd"
      func limit(_ count: Int) throws {
        #expect(try Child.run(["prlimit", "--pid", "\(daemon.child.identifier)", "--nofile=\(count):"]) == 0)
      }
      let lines = Stream.lines(seed: 31, count: 20_000)
      try Stream.write(lines, to: folder.path("stream"))
      let before = try FileManager.default.contentsOfDirectory(atPath: process).count
      // Slow enough to be cut off in the middle.
      let producer = try Child([
        Tocsin.binary.path, "send", folder.path("stream"), "--to", daemon.endpoint, "--batch", "32", "--timeout", "60", "--rate",
        "10000",
      ])
      for _ in 0..<200 where try FileManager.default.contentsOfDirectory(atPath: process).count <= before { usleep(10_000) }
      usleep(200_000)
      // The least number that is free: nothing more can be opened.
      let used = Set(try FileManager.default.contentsOfDirectory(atPath: process).compactMap { Int($0) })
      try limit((0...).first { !used.contains($0) } ?? 0)
      for _ in 0..<200 where !daemon.log.contains("no file descriptor is left") { usleep(50_000) }
      #expect(daemon.log.contains("no file descriptor is left"), "\(daemon.log)")
      usleep(1_000_000)
      let isServing = daemon.child.isRunning
      #expect(isServing && producer.isRunning, "\(daemon.log)")
      try limit(1_000)
      #expect(producer.wait() == 0)
      #expect(daemon.stop() == 0, "\(daemon.log)")
      #expect(try checkedLedger(store: folder.path("s"))["received"] == UInt64(lines.count))
    }

    /// Giant frames, batches that are never asked for, HELLOs without end, lies about counts and sums, answers that nobody reads.
    @Test func theMemoryStaysWithinItsBound() throws {
      let connectionCount = 8
      let keyed = try KeyedDaemon(service: "connections = \(connectionCount)")
      try checkServes(keyed)
      let before = try kibibytes(keyed.daemon, "VmRSS")
      let (endpoint, credentials) = (keyed.daemon.endpoint, keyed.credentials(keyed.town))
      let threads = (0..<5).map { number in
        Thread {
          guard let peer = try? Peer(endpoint, credentials) else { return }
          let body = [UInt8](repeating: UInt8(ascii: "x"), count: Limits.batchByteCount)
          let rejected = Array(String(repeating: "[]\n", count: Limits.batchEventCount).utf8)
          let epoch = Epoch(high: 100, low: UInt64(number))
          _ = try? peer.socket.send(KeyedDaemon.hello("town/\(number)", epoch: epoch))
          for round in 0..<120 as Range<UInt64> {
            switch number {
            case 0:  // A frame that is longer than any may be.
              _ = try? peer.socket.send(KeyedDaemon.put(1, source: "town/1", ids: ["x"]).dropLast() + [body + [0]])
            case 1:  // The greatest batches, whatever the credit, and no answer is read.
              let put = Put(epoch: epoch, firstSequence: round * 4_096 + 1, count: 4_096, body: rejected.span)
              _ = try? peer.socket.send(WireMessage.put(put).frames + [rejected])
            case 2:  // A sum that is wrong, a count that is wrong.
              let lie = Put(epoch: epoch, firstSequence: 1, count: 7, crc32c: UInt32(round))
              _ = try? peer.socket.send(WireMessage.put(lie).frames + [body])
            case 3:  // A HELLO with a new epoch each time.
              for low in 0..<50 as Range<UInt64> {
                _ = try? peer.socket.send(KeyedDaemon.hello("town/\(number)", epoch: Epoch(high: round, low: low)))
              }
            default:  // Sequences that jump to and fro.
              let jump = KeyedDaemon.put(round % 3 == 0 ? 1 : (1 << 52) - round, source: "town/1", ids: ["x"], epoch: epoch)
              _ = try? peer.socket.send(jump)
            }
            usleep(5_000)
          }
          usleep(500_000)
        }
      }
      for thread in threads { thread.start() }
      for _ in 0..<20 {
        try checkServesAgain(keyed)
        usleep(50_000)
      }
      for thread in threads { while !thread.isFinished { usleep(20_000) } }
      let peak = try kibibytes(keyed.daemon, "VmHWM")
      let bound = (256 + connectionCount * 82) << 10 + Environment.sanitizerByteCount >> 10
      print("memory: \(before) KiB before, \(peak) KiB at the peak, bound \(bound) KiB above")
      #expect(peak - before < bound)
      #expect(keyed.daemon.stop() == 0, "\(keyed.daemon.log)")
      _ = try checkedLedger(store: keyed.store)
    }

    private func checkServesAgain(_ keyed: KeyedDaemon) throws {
      let peer = try keyed.peer(keyed.city)
      guard case .welcome = try peer.ask(KeyedDaemon.hello("city/other", epoch: Epoch(high: 1, low: 3)), milliseconds: 20_000)
      else {
        Issue.record("no WELCOME meanwhile")
        return
      }
    }
  }
}
