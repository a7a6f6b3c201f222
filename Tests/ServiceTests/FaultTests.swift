import Foundation
import JSON
import Reports
import TestSupport
import Testing
import Wire
import ZeroMQ

/// What goes wrong around the real executable: each gets a clear word, and nothing that was promised is lost.
extension ServiceTests {
  @Suite struct FaultTests {
    // MARK: Stores

    @Test func aSecondDaemonIsRefusedAndToldOfTheFirst() throws {
      let folder = try TemporaryFolder()
      let daemon = try Daemon(store: folder.path("store"), log: folder)
      let second = try Tocsin.run(["serve", "--store", folder.path("store"), "--endpoint", "tcp://127.0.0.1:*"])
      #expect(second.status == 2)
      #expect(second.complaints.contains("process \(daemon.child.identifier) writes this store"), "\(second.complaints)")
      let replay = try Tocsin.run(["replay", "/dev/null", "--store", folder.path("store")])
      #expect(replay.status == 2 && replay.complaints.contains("\(daemon.child.identifier)"))
      #expect(daemon.stop() == 0)
    }

    @Test func aPortInUseIsNamed() throws {
      let folder = try TemporaryFolder()
      let daemon = try Daemon(store: folder.path("a"), log: folder)
      let second = try Tocsin.run(["serve", "--store", folder.path("b"), "--endpoint", daemon.endpoint])
      #expect(second.status == 2 && second.complaints.contains("port in use"), "\(second.complaints)")
    }

    @Test func onlyLoopbackIsServed() throws {
      let folder = try TemporaryFolder()
      let result = try Tocsin.run(["serve", "--store", folder.path("a"), "--endpoint", "tcp://0.0.0.0:7999"])
      #expect(result.status == 2 && result.complaints.contains("loopback"), "\(result.complaints)")
    }

    private func makeStore(_ folder: TemporaryFolder, count: Int = 2_000) throws -> (store: String, segment: URL) {
      let store = folder.path("store")
      try Stream.write(Stream.lines(seed: 21, count: count), to: folder.path("stream"))
      _ = try Tocsin.output(["replay", folder.path("stream"), "--store", store])
      let segment = URL(filePath: store + "/journal/00000000000000000000.segment")
      return (store, segment)
    }

    /// What was on the disk and is no more stops the daemon, with segment and offset; `doctor --repair` keeps what precedes.
    private func checkDamage(_ folder: TemporaryFolder, _ store: String, _ segment: URL, setsAside: Bool) throws {
      for command in [["serve", "--endpoint", "tcp://127.0.0.1:*"], ["replay", "/dev/null"]] {
        let refused = try Tocsin.run(command + ["--store", store], timeoutSeconds: 20)
        #expect(refused.status == 2, "\(refused.complaints)")
        #expect(refused.complaints.contains(segment.lastPathComponent) && refused.complaints.contains("at byte"))
        #expect(refused.complaints.contains("doctor --repair"), "\(refused.complaints)")
      }
      let doctor = try Tocsin.run(["doctor", "--store", store])
      #expect(doctor.status == 2 && doctor.output.contains(segment.lastPathComponent), "\(doctor.output)")
      let repair = try Tocsin.run(["doctor", "--repair", "--store", store])
      #expect(repair.status == 0, "\(repair.complaints) \(repair.output)")
      let names = try FileManager.default.contentsOfDirectory(atPath: store + "/journal")
      #expect(names.contains { $0.hasSuffix(".damaged") } == setsAside, "\(names)")
      let start = try Tocsin.run(["replay", "/dev/null", "--store", store])
      #expect(start.complaints.contains("made the summaries anew"), "\(start.complaints)")
      let kept = try checkedLedger(store: store)["received"] ?? 0
      #expect((256...2_200).contains(kept) && kept % 256 == 0, "\(kept)")
      // What was lost can be sent again: the rest is known and not counted twice.
      _ = try Tocsin.output(["replay", folder.path("stream"), "--store", store])
      _ = try Tocsin.output(["replay", folder.path("stream"), "--store", folder.path("whole")])
      #expect(try Summaries(store: store) == Summaries(store: folder.path("whole")))
    }

    @Test func aTruncatedJournalKeepsWhatPrecedes() throws {
      let folder = try TemporaryFolder()
      let (store, segment) = try makeStore(folder)
      let bytes = try Data(contentsOf: segment)
      try bytes.prefix(bytes.count * 2 / 3).write(to: segment)
      try checkDamage(folder, store, segment, setsAside: true)
    }

    @Test func aFlippedBitIsNamedAndRepairKeepsWhatPrecedes() throws {
      let folder = try TemporaryFolder()
      let (store, segment) = try makeStore(folder)
      var bytes = try Data(contentsOf: segment)
      bytes[bytes.count / 2] ^= 0x10
      try bytes.write(to: segment)
      try checkDamage(folder, store, segment, setsAside: true)
    }

    /// A crash tears only what was never promised: that is cut off with a word, and no more.
    @Test func aTornTailIsCutOff() throws {
      let folder = try TemporaryFolder()
      let (store, segment) = try makeStore(folder)
      let before = try Summaries(store: store)
      let file = try FileHandle(forWritingTo: segment)
      try file.seekToEnd()
      try file.write(contentsOf: Data((0..<100).map { UInt8($0) }))
      try file.close()
      let start = try Tocsin.run(["replay", "/dev/null", "--store", store])
      #expect(start.complaints.contains("cut off") && start.complaints.contains(segment.lastPathComponent), "\(start.complaints)")
      #expect(try Summaries(store: store) == before)
    }

    @Test func aStoreOfANewerSchemaIsRefused() throws {
      let folder = try TemporaryFolder()
      let (store, _) = try makeStore(folder, count: 100)
      #expect(try Child.run(["sqlite3", store + "/summaries.sqlite", "PRAGMA user_version = 99"]) == 0)
      for command in [["list"], ["serve", "--endpoint", "tcp://127.0.0.1:*"]] {
        let result = try Tocsin.run(command + ["--store", store])
        #expect(
          result.status == 2 && result.complaints.contains("99") && result.complaints.contains("newer"), "\(result.complaints)")
      }
    }

    /// A disk that fills: nothing more is acknowledged, the log says so, and everything goes on once there is space.
    @Test func aFullDiskStopsAcknowledgingAndGoesOn() throws {
      let folder = try TemporaryFolder()
      let disk = folder.path("disk")
      try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: true)
      func shell(_ line: String) throws -> Int32 { try Child.run(["/bin/sh", "-c", line]) }
      guard try shell("mount -t tmpfs -o size=24m tmpfs '\(disk)'") == 0 else {
        print("SKIPPED: no small disk, mounting a tmpfs is not permitted")
        return
      }
      defer { _ = try? shell("umount -l '\(disk)'") }
      let lines = Stream.lines(seed: 31, count: 20_000)
      try Stream.write(lines, to: folder.path("stream"))
      let store = disk + "/store"
      let daemon = try Daemon(store: store, log: folder)
      #expect(try shell("dd if=/dev/zero of='\(disk)/ballast' bs=64k count=374") != 99)
      let producer = try Child([
        Tocsin.binary.path, "send", folder.path("stream"), "--endpoint", daemon.endpoint, "--timeout", "120",
      ])
      for _ in 0..<200 where !daemon.log.contains("the disk is full") { usleep(50_000) }
      #expect(daemon.log.contains("the disk is full"), "\(daemon.log)")
      usleep(700_000)
      #expect(producer.isRunning, "everything was acknowledged on a full disk")
      try FileManager.default.removeItem(atPath: disk + "/ballast")
      #expect(producer.wait() == 0)
      #expect(daemon.stop() == 0, "\(daemon.log)")
      #expect(daemon.log.contains("can be written again"), "\(daemon.log)")
      _ = try Tocsin.output(["replay", folder.path("stream"), "--store", folder.path("whole")])
      #expect(try Summaries(store: store) == Summaries(store: folder.path("whole")))
      #expect(try checkedLedger(store: store)["accepted"] == checkedLedger(store: folder.path("whole"))["accepted"])
    }

    // MARK: The wire

    private static let epoch = Epoch(high: 1, low: 2)

    private static func put(_ first: UInt64, _ body: String, count: Int? = nil) -> [[UInt8]] {
      let bytes = Array(body.utf8)
      let lines = body.split(separator: "\n").count
      return WireMessage.put(Put(epoch: epoch, firstSequence: first, count: count ?? lines, body: bytes.span)).frames + [bytes]
    }

    private func checkError(_ answer: WireMessage?, _ code: ErrorCode, sourceLocation: SourceLocation = #_sourceLocation) {
      guard case .error(let error) = answer else {
        Issue.record("expected \(code.rawValue), got \(String(describing: answer))", sourceLocation: sourceLocation)
        return
      }
      #expect(error.knownCode == code, "\(error)", sourceLocation: sourceLocation)
      #expect(!error.message.isEmpty, sourceLocation: sourceLocation)
    }

    @Test func everyBadMessageGetsItsCode() throws {
      let folder = try TemporaryFolder()
      let daemon = try Daemon(store: folder.path("store"), log: folder)
      let peer = try Peer(daemon.endpoint)
      let hello = WireMessage.hello(Hello(producer: "hand", epoch: Self.epoch)).frames
      let good =
        "{\"specversion\":\"1.0\",\"type\":\"org.tocsin.report.v1\",\"source\":\"s\",\"id\":\"1\",\"time\":\"2015-02-10T13:05:00Z\",\"data\":{\"text\":\"t\"}}\n"

      checkError(try peer.ask(Self.put(1, good)), .helloRequired)
      guard case .welcome(let welcome) = try peer.ask(hello) else { Issue.record("no WELCOME"); return }
      #expect(welcome.resumeAfter == 0 && welcome.credit.events > 0)
      checkError(try peer.ask([[1, 2, 3]]), .badMagic)
      checkError(try peer.ask([Array("TCSN".utf8) + [9, 3], Array("{}".utf8)]), .unsupportedVersion)
      checkError(try peer.ask([Array("TCSN".utf8) + [1, 77], Array("{}".utf8)]), .unknownVerb)
      checkError(try peer.ask([hello[0]]), .malformedFrames)
      checkError(try peer.ask(Array(Self.put(1, good).prefix(2))), .malformedFrames)
      checkError(try peer.ask([hello[0], Array("{\"producer\":".utf8)]), .malformedHeader)
      checkError(try peer.ask(Self.put(1, good, count: 0)), .emptyBatch)
      checkError(try peer.ask(Self.put(1, good, count: 2)), .countMismatch)
      var lying = Self.put(1, good)
      lying[2][5] ^= 1
      checkError(try peer.ask(lying), .checksumMismatch)
      checkError(try peer.ask(Self.put(7, good)), .sequenceGap)
      // After all of that, the same sequences are still to come, and a batch of one is taken.
      guard case .ack(let ack) = try peer.ask(Self.put(1, good)) else { Issue.record("no ACK"); return }
      #expect(ack.throughSequence == 1 && ack.exceptions.isEmpty)
      // A batch with bad events is not refused whole, and every bad one is named.
      let mixed = good.replacingOccurrences(of: "\"1\"", with: "\"2\"") + "{nonsense\n" + good + "[]\n"
      guard case .ack(let second) = try peer.ask(Self.put(2, mixed)) else { Issue.record("no ACK"); return }
      #expect(second.throughSequence == 5)
      #expect(second.exceptions.map(\.sequence) == [3, 4, 5])
      #expect(second.exceptions.map(\.code) == ["malformed-json", "identity", "not-an-object"])
      // Sent again, it is answered from the cursor.
      guard case .ack(let again) = try peer.ask(Self.put(1, good)) else { Issue.record("no ACK"); return }
      #expect(again.exceptions.map(\.code) == ["cursor"])
      guard case .pong = try peer.ask(WireMessage.ping.frames) else { Issue.record("no PONG"); return }
      // A body of 100 MB is refused by the socket, which breaks the connection; the daemon serves on.
      _ = try peer.socket.send(Array(Self.put(6, good).prefix(2)) + [[UInt8](repeating: 32, count: 100_000_000)], blocking: true)
      let other = try Peer(daemon.endpoint)
      guard case .welcome = try other.ask(WireMessage.hello(Hello(producer: "other", epoch: Self.epoch)).frames) else {
        Issue.record("no WELCOME after a body of 100 MB")
        return
      }
      #expect(daemon.stop() == 0, "\(daemon.log)")
      let ledger = try checkedLedger(store: folder.path("store"))
      #expect(ledger == ["received": 6, "accepted": 2, "duplicate": 2, "late": 0, "rejected": 2])
    }
  }
}
