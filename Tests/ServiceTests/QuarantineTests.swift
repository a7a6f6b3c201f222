import Foundation
import JSON
import Reports
import TestSupport
import Testing
import Wire
import ZeroMQ

/// Refused events with the real executable: kept, blanked, bounded, sent again, thrown away.
extension ServiceTests {
  @Suite struct QuarantineTests {
    private static let secret = "joe.doe"

    private func event(_ id: String, time: String = "2015-02-10T13:05:00Z", text: String = "t", source: String = "/s") -> String {
      "{\"specversion\":\"1.0\",\"type\":\"org.tocsin.report.v1\",\"source\":\"\(source)\",\"id\":\"\(id)\",\"time\":\"\(time)\","
        + "\"data\":{\"keywords\":[\"snow\"],\"text\":\"\(text)\",\"reporter\":\"\(Self.secret)\"}}"
    }

    /// A time that lies ten minutes ahead: refused by `strict`, taken by `loose`. Neither determines the summaries.
    private var ahead: String { ISO8601DateFormatter().string(from: Date(timeIntervalSinceNow: 600)) }

    private func config(_ folder: TemporaryFolder, _ name: String, _ text: String) throws -> String {
      let path = folder.path(name + ".toml")
      try Data("version = 1\n\(text)\n".utf8).write(to: URL(filePath: path))
      return path
    }

    private func list(_ store: String, _ flags: [String] = []) throws -> [JSONValue] {
      let result = try Tocsin.run(["quarantine", "list", "--format", "ndjson", "--store", store] + flags)
      #expect([0, 1].contains(result.status), "\(result.complaints)")
      return try result.output.split(separator: "\n").map { try JSONValue(parsing: Array($0.utf8)) }
    }

    /// What does not depend on when and by whom it was sent.
    private func lasting(_ rows: [JSONValue]) -> [[String]] {
      rows.map { row in
        ["number", "code", "member", "message", "source", "eventID", "eventTime", "sequence", "isWhole", "raw"].map {
          "\(String(describing: row[$0]))"
        }
      }
    }

    @Test func servedAndReplayedHoldTheSameAndNeverTheReporter() throws {
      let folder = try TemporaryFolder()
      let broken = event("b").replacing("\"text\":\"t\"", with: "\"text\":\"a \"t\"")
      let hidden = event("h").replacing("\"reporter\"", with: "\"\\u0072eporter\"").replacing("\"1.0\"", with: "\"2.0\"")
      let nested = event("n").replacing("\"text\":\"t\"", with: "\"text\":{\"reporter\":\"\(Self.secret)\"}")
      let twice = event("d").replacing("{\"keywords\"", with: "{\"reporter\":\"\(Self.secret)\",\"keywords\"")
      let lines =
        [
          event("1"), event("1"), event("1", text: "other"), broken, hidden, nested, twice, "\(Self.secret)",
          event("2", time: ahead),
        ]
        + Stream.lines(seed: 3, count: 900)
      try Stream.write(lines, to: folder.path("stream"))
      let strict = try config(folder, "strict", "[time]\nmaximumSkewAheadMinutes = 0")
      _ = try Tocsin.output(["replay", folder.path("stream"), "--store", folder.path("A"), "--config", strict])
      let expected = lasting(try list(folder.path("A")))
      #expect(expected.count > 20)
      for batch in [1, 256] {
        let store = folder.path("B\(batch)")
        let daemon = try Daemon(store: store, log: folder, arguments: ["--config", strict])
        _ = try Tocsin.output([
          "send", folder.path("stream"), "--endpoint", daemon.endpoint, "--batch", "\(batch)", "--timeout", "60",
        ])
        #expect(daemon.stop() == 0, "\(daemon.log)")
        #expect(lasting(try list(store)) == expected, "batches of \(batch)")
      }
      let rows = try list(folder.path("A")).reversed().prefix(7)
      #expect(
        rows.map { $0["code"]?.string } == [
          "conflict", "malformed-json", "unsupported-specversion", "wrong-type", "duplicate-member", "malformed-json",
          "time-ahead",
        ])
      #expect(rows.map { $0["eventID"]?.string } == ["1", nil, "h", "n", "d", nil, "2"])
      #expect(rows.map { $0["isWhole"]?.bool } == [true, false, true, true, true, false, true])
      #expect(rows.first?["raw"]?.string?.contains("\"text\":\"other\"") == true)
      // The canary: what is looked for was sent. It is in no file of the store, and in nothing that is printed.
      #expect(lines.joined().contains(Self.secret))
      for case let file as URL in FileManager.default.enumerator(
        at: folder.url.appending(path: "A"), includingPropertiesForKeys: nil) ?? .init()
      {
        guard let bytes = try? Data(contentsOf: file) else { continue }
        #expect(bytes.range(of: Data(Self.secret.utf8)) == nil, "\(file.path)")
      }
      let shown = try Tocsin.output(["quarantine", "show", "2", "--store", folder.path("A")])
      #expect(shown.contains("cut here") && !shown.contains(Self.secret), "\(shown)")
    }

    @Test func whatIsSentAgainIsMarkedWithAndWithoutADaemon() throws {
      let folder = try TemporaryFolder()
      let strict = try config(folder, "strict", "[time]\nmaximumSkewAheadMinutes = 0")
      let loose = try config(folder, "loose", "[time]\nmaximumSkewAheadMinutes = 1440")
      try Stream.write([event("1", time: ahead), event("2", time: ahead), "{"], to: folder.path("stream"))
      func states(_ store: String) throws -> [String?] { try list(store).reversed().map { $0["retryVerdict"]?.string } }
      for serves in [false, true] {
        let store = folder.path("store-\(serves)")
        _ = try Tocsin.output(["replay", folder.path("stream"), "--store", store, "--config", strict])
        // Refused once more it is the same row, counted.
        var again = try Tocsin.run(["quarantine", "retry", "1", "--store", store, "--config", strict])
        #expect(again.status == 1 && again.complaints.contains("1: time-ahead"), "\(again.complaints)")
        #expect(try states(store) == ["rejected", nil, nil])
        #expect(try list(store).last?["retryCount"]?.uint64 == 1)
        let daemon = serves ? try Daemon(store: store, log: folder, arguments: ["--config", loose]) : nil
        again = try Tocsin.run(["quarantine", "retry", "--all", "--store", store, "--config", loose])
        #expect(again.status == 0, "\(again.complaints)")
        #expect(
          again.complaints.contains("accepted 2") && again.complaints.contains("1 cannot be sent again"), "\(again.complaints)")
        if let daemon { #expect(daemon.stop() == 0, "\(daemon.log)") }
        #expect(try states(store) == ["accepted", "accepted", nil])
        #expect(try list(store, ["--state", "waiting"]).map { $0["number"]?.uint64 } == [3])
        #expect(try Tocsin.run(["quarantine", "retry", "1,2", "--store", store, "--config", loose]).status == 1)
        // As a producer of its own it stands in the ledger, and the ledger adds up.
        #expect(try checkedLedger(store: store, producers: true)["accepted"] == 2)
        #expect(try checkedLedger(store: store)["received"] == 6)
      }
    }

    @Test func otherSettingsAreNotLetIn() throws {
      let folder = try TemporaryFolder()
      let wide = try config(folder, "wide", "[cluster]\ncellMeters = 4000.0")
      try Stream.write([event("1", time: ahead).replacing("\"1.0\"", with: "\"2\"")], to: folder.path("stream"))
      _ = try Tocsin.output(["replay", folder.path("stream"), "--store", folder.path("store"), "--config", wide])
      let result = try Tocsin.run(["quarantine", "retry", "1", "--store", folder.path("store")])
      #expect(result.status == 2 && result.complaints.contains("--config"), "\(result.complaints)")
      #expect(try Tocsin.run(["quarantine", "retry", "--store", folder.path("store")]).status == 2, "never all of them unasked")
    }

    @Test func whatIsThrownAwayStaysAwayWhenTheStoreIsMadeAnew() throws {
      let folder = try TemporaryFolder()
      let store = folder.path("store")
      try Stream.write(Stream.lines(seed: 4, count: 400) + [event("1"), event("1", text: "other")], to: folder.path("stream"))
      _ = try Tocsin.output(["replay", folder.path("stream"), "--store", store])
      let before = lasting(try list(store))
      #expect(before.count > 5)
      let daemon = try Daemon(store: store, log: folder)
      #expect(try Tocsin.run(["quarantine", "drop", "1,3-4", "--store", store]).complaints.contains("dropped 3"))
      #expect(try Tocsin.run(["quarantine", "drop", "--code", "conflict", "--store", store]).complaints.contains("dropped 1"))
      #expect(daemon.stop() == 0, "\(daemon.log)")
      let left = lasting(try list(store))
      #expect(left == Array(before.dropFirst().dropLast(4)) + [before[before.count - 2]])
      let wide = try config(folder, "wide", "[cluster]\ncellMeters = 4000.0")
      let rebuilt = try Tocsin.run(["replay", "/dev/null", "--config", wide, "--store", store])
      #expect(rebuilt.complaints.contains("made the summaries anew"))
      #expect(lasting(try list(store)) == left)
    }

    @Test func itIsBoundedTheOldestGoFirstAndAreCounted() throws {
      let folder = try TemporaryFolder()
      let few = try config(folder, "few", "[quarantine]\nmaximumEvents = 5")
      try Stream.write(Stream.lines(seed: 5, count: 600), to: folder.path("stream"))
      _ = try Tocsin.output(["replay", folder.path("stream"), "--store", folder.path("all")])
      _ = try Tocsin.output(["replay", folder.path("stream"), "--store", folder.path("few"), "--config", few])
      let all = lasting(try list(folder.path("all")))
      #expect(all.count > 10)
      #expect(lasting(try list(folder.path("few"))) == Array(all.prefix(5)))
      let said = try Tocsin.run(["quarantine", "list", "--store", folder.path("few")]).complaints
      #expect(said.contains("of \(all.count) refused events the first \(all.count - 5) are no longer kept"), "\(said)")
      // The other bounds.
      let none = try config(folder, "none", "[quarantine]\nmaximumMebibytes = 0")
      _ = try Tocsin.output(["replay", folder.path("stream"), "--store", folder.path("none"), "--config", none])
      #expect(try list(folder.path("none")).allSatisfy { $0["raw"]?.string == "" })
    }

    @Test func filtersChoose() throws {
      let folder = try TemporaryFolder()
      let store = folder.path("store")
      try Stream.write(
        [event("1", source: "/a"), event("1", text: "x", source: "/a"), "{", event("2").replacing("1.0", with: "9")],
        to: folder.path("stream"))
      _ = try Tocsin.output(["replay", folder.path("stream"), "--store", store])
      func numbers(_ flags: String...) throws -> [UInt64?] { try list(store, flags).map { $0["number"]?.uint64 } }
      #expect(try numbers() == [3, 2, 1] && numbers("--limit", "1") == [3])
      #expect(try numbers("--source", "/a") == [1] && numbers("--code", "malformed-json") == [2])
      #expect(try numbers("--since", "1h ago") == [3, 2, 1] && numbers("--until", "1h ago").isEmpty)
      #expect(try Tocsin.run(["quarantine", "list", "--code", "nonsense", "--store", store]).status == 2)
      #expect(try Tocsin.run(["quarantine", "show", "9", "--store", store]).status == 1)
      #expect(
        try Tocsin.output(["quarantine", "list", "--format", "csv", "--store", store]).hasPrefix("number,receivedAt,code,"))
    }

    // MARK: The loss ledger

    private func producers(_ store: String) throws -> [String: JSONValue] {
      let output = try Tocsin.output(["sources", "--producers", "--format", "ndjson", "--store", store])
      let rows = try output.split(separator: "\n").map { try JSONValue(parsing: Array($0.utf8)) }
      return Dictionary(rows.map { ($0["producer"]?.string ?? "", $0) }) { $1 }
    }

    /// What a producer has announced and not brought stands in its ledger, also after a kill, and goes once it comes.
    @Test func whatWasAnnouncedAndDidNotComeIsShown() throws {
      let folder = try TemporaryFolder()
      let store = folder.path("store")
      func put(_ first: UInt64, _ id: String, _ epoch: Epoch) -> [[UInt8]] {
        let body = Array((event(id) + "\n").utf8)
        return WireMessage.put(Put(epoch: epoch, firstSequence: first, count: 1, body: body.span)).frames + [body]
      }
      var daemon = try Daemon(store: store, log: folder)
      let epoch = Epoch(high: 1, low: 1)
      do {
        let peer = try Peer(daemon.endpoint)
        _ = try peer.ask(WireMessage.hello(Hello(producer: "hand", epoch: epoch, lastSequence: 20)).frames)
        guard case .ack = try peer.ask(put(1, "1", epoch)) else { Issue.record("no ACK"); return }
        // Above what is next: asked for again, once.
        guard case .error(let gap) = try peer.ask(put(30, "30", epoch)) else { Issue.record("no ERROR"); return }
        #expect(gap.knownCode == .sequenceGap)
        // Only announced, nothing brought.
        let other = try Peer(daemon.endpoint)
        _ = try other.ask(WireMessage.hello(Hello(producer: "silent", epoch: epoch, lastSequence: 7)).frames)
        // A batch that comes twice.
        guard case .ack = try peer.ask(put(1, "1", epoch)) else { Issue.record("no ACK"); return }
        _ = try peer.ask(WireMessage.ping.frames)
      }
      daemon.kill()
      daemon = try Daemon(store: store, log: folder)
      #expect(daemon.stop() == 0)
      var rows = try producers(store)
      func counts(_ name: String) -> [UInt64?] {
        ["throughSequence", "announcedSequence", "outstanding", "missing", "rerequests", "resent", "received"].map {
          rows[name]?[$0]?.uint64
        }
      }
      #expect(counts("hand") == [1, 30, 29, 0, 1, 1, 2])
      #expect(counts("silent") == [0, 7, 7, 0, 0, 0, 0])
      #expect(rows["hand"]?["lastSeenAt"]?.string != nil)
      daemon = try Daemon(store: store, log: folder)
      do {
        let peer = try Peer(daemon.endpoint)
        _ = try peer.ask(WireMessage.hello(Hello(producer: "hand", epoch: epoch, lastSequence: 30)).frames)
        for sequence in 2...30 as ClosedRange<UInt64> { _ = try peer.ask(put(sequence, "\(sequence)", epoch)) }
      }
      #expect(daemon.stop() == 0)
      rows = try producers(store)
      #expect(counts("hand") == [30, 30, 0, 0, 1, 1, 31])
      _ = try checkedLedger(store: store, producers: true)
    }
  }
}
