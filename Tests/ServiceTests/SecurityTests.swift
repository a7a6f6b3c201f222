import Foundation
import Reports
import Service
import TestSupport
import Testing
import Wire
import ZeroMQ

/// Nobody gets in who should not, everybody who tries is counted, and nothing of theirs is stored.
extension ServiceTests {
  @Suite struct SecurityTests {
    /// The store is as if they had never come.
    private func checkNothingStored(_ keyed: KeyedDaemon, sourceLocation: SourceLocation = #_sourceLocation) throws {
      #expect(keyed.daemon.stop() == 0, "\(keyed.daemon.log)", sourceLocation: sourceLocation)
      #expect(
        try Tocsin.run(["sources", "--store", keyed.store]).status == 1, "the ledger is empty", sourceLocation: sourceLocation)
      #expect(try !keyed.stores("intruder"), sourceLocation: sourceLocation)
    }

    @Test func aKeyThatIsKnownGetsIn() throws {
      let keyed = try KeyedDaemon()
      try Stream.write(Stream.lines(seed: 3, count: 300), to: keyed.folder.path("stream"))
      _ = try Tocsin.output([
        "send", keyed.folder.path("stream"), "--endpoint", keyed.daemon.endpoint, "--name", "city/north", "--key",
        keyed.folder.path("city.key"), "--server-key", "\(keyed.server.publicKey)", "--timeout", "60",
      ])
      #expect(keyed.daemon.stop() == 0, "\(keyed.daemon.log)")
      #expect(try checkedLedger(store: keyed.store)["accepted"] ?? 0 > 250)
      #expect(try keyed.refusals() == [:])
    }

    @Test func aRandomKeyIsRefusedAndCounted() throws {
      let keyed = try KeyedDaemon()
      let stranger = try CurveKeyPair.generate()
      let peer = try keyed.peer(stranger)
      #expect(try peer.ask(KeyedDaemon.hello("city"), milliseconds: 500) == nil)
      #expect(try keyed.refusals(waitingFor: "unknown-key")["unknown-key"] == 1)
      #expect(keyed.daemon.log.contains("\(stranger.publicKey) from 127.0.0.1"), "\(keyed.daemon.log)")
      try checkNothingStored(keyed)
    }

    @Test func aPlainClientIsRefusedAndCounted() throws {
      let keyed = try KeyedDaemon()
      let peer = try Peer(keyed.daemon.endpoint)
      #expect(try peer.ask(KeyedDaemon.hello("city"), milliseconds: 500) == nil)
      // A socket whose only connection was refused takes nothing more.
      _ = try peer.socket.send(KeyedDaemon.put(1, source: "city/1", ids: ["intruder"]))
      // Whichever side sees the difference first hangs up.
      let counts = try keyed.refusals(waitingFor: "other-mechanism", "broken-handshake")
      #expect(counts["other-mechanism", default: 0] + counts["broken-handshake", default: 0] >= 1, "\(counts)")
      try checkNothingStored(keyed)
    }

    @Test func aClientOfAnotherServerIsRefusedAndCounted() throws {
      let keyed = try KeyedDaemon()
      let other = try CurveKeyPair.generate()
      let peer = try Peer(keyed.daemon.endpoint, CurveCredentials(keys: keyed.city, serverKey: other.publicKey))
      #expect(try peer.ask(KeyedDaemon.hello("city"), milliseconds: 500) == nil)
      #expect(try keyed.refusals(waitingFor: "handshake-mismatch")["handshake-mismatch"] ?? 0 >= 1)
      try checkNothingStored(keyed)
    }

    @Test func nothingIsTakenBeforeHello() throws {
      let keyed = try KeyedDaemon()
      let peer = try keyed.peer(keyed.city)
      guard case .error(let error) = try peer.ask(KeyedDaemon.put(1, source: "city/1", ids: ["intruder"])) else {
        Issue.record("no ERROR")
        return
      }
      #expect(error.knownCode == .helloRequired)
      try checkNothingStored(keyed)
    }

    @Test func aProducerKeepsToItsNameAndItsSources() throws {
      let keyed = try KeyedDaemon()
      let peer = try keyed.peer(keyed.town)
      // Under another's name it could acknowledge away what the other has yet to send.
      for name in ["city", "townhall", "town2/x", "/town"] {
        guard case .error(let error) = try peer.ask(KeyedDaemon.hello(name)) else {
          Issue.record("\(name) was welcomed")
          continue
        }
        #expect(error.knownCode == .producerNotAllowed, "\(name)")
      }
      guard case .welcome = try peer.ask(KeyedDaemon.hello("town")) else { Issue.record("no WELCOME"); return }
      let puts = [
        ("town/1", "good", UInt64(1)), ("city/1", "intruder-1", 2), ("townhall", "intruder-2", 3), ("to", "intruder-3", 4),
      ]
      for (source, id, sequence) in puts {
        guard case .ack(let ack) = try peer.ask(KeyedDaemon.put(sequence, source: source, ids: [id])) else {
          Issue.record("\(source): no ACK")
          continue
        }
        #expect(ack.exceptions.map(\.code) == (id == "good" ? [] : ["source-not-allowed"]), "\(source)")
      }
      #expect(keyed.daemon.stop() == 0, "\(keyed.daemon.log)")
      let ledger = try checkedLedger(store: keyed.store)
      #expect(ledger == ["received": 4, "accepted": 1, "duplicate": 0, "late": 0, "rejected": 3])
      #expect(try keyed.stores("good") && !keyed.stores("intruder"))
      // Not even the names of the sources, which would stand in the ledger.
      #expect(try !keyed.stores("city/1") && !keyed.stores("townhall"))
      #expect(try keyed.refusals()["producer-not-allowed"] == 4)
    }

    /// The bytes of a handshake that once got in, and of the batch behind it, sent again.
    @Test func aReplayedHandshakeIsRefusedAndCounted() throws {
      guard try Child.run(["/usr/bin/env", "python3", "-c", ""]) == 0 else {
        print("SKIPPED: no python3 to record a handshake with")
        return
      }
      let keyed = try KeyedDaemon()
      let record = keyed.folder.path("record")
      let proxy = try HandshakeRecorder.record(keyed.daemon.endpoint, into: record)
      do {
        let peer = try Peer(proxy.endpoint, keyed.credentials(keyed.city))
        guard case .welcome = try peer.ask(KeyedDaemon.hello("city")) else { Issue.record("no WELCOME"); return }
        guard case .ack = try peer.ask(KeyedDaemon.put(1, source: "city/1", ids: ["once"])) else {
          Issue.record("no ACK"); return
        }
      }
      proxy.child.wait()
      let bytes = try Data(contentsOf: URL(filePath: record))
      #expect(bytes.count > 64 + 200 && bytes.range(of: Data("CURVE".utf8)) != nil)
      #expect(bytes.range(of: Data("specversion".utf8)) == nil, "a batch travelled in the clear")
      let outcome = try HandshakeRecorder.replay(record, to: keyed.daemon.endpoint)
      #expect(outcome.hasPrefix("closed"), "\(outcome)")
      let counts = try keyed.refusals(waitingFor: "handshake-mismatch", "malformed-handshake", "broken-handshake")
      #expect(counts["handshake-mismatch"] ?? 0 >= 1, "\(outcome) \(counts)")
      #expect(keyed.daemon.stop() == 0, "\(keyed.daemon.log)")
      #expect(try checkedLedger(store: keyed.store)["received"] == 1)
    }

    // MARK: Opening

    /// The canary of the self-test: where libzmq asks nobody, or whoever is asked lets everybody in, it does not open.
    @Test(arguments: [Entrance.Weakness.nobodyAsks, .everybodyIsKnown])
    func anEntranceThatLetsStrangersInStaysClosed(_ weakness: Entrance.Weakness) throws {
      let keys = try CurveKeyPair.generate()
      let error = #expect(throws: ServiceError.self) {
        _ = try Entrance(endpoint: "tcp://127.0.0.1:*", secretKeys: keys, keys: [], weakness: weakness)
      }
      #expect(error?.description.contains("a random key got in") == true, "\(String(describing: error))")
      let whole = try Entrance(endpoint: "tcp://127.0.0.1:*", secretKeys: keys, keys: [])
      #expect(whole.publicKey == keys.publicKey)
    }

    @Test func withKeysOtherAddressesAreServed() throws {
      let keyed = try KeyedDaemon(endpoint: "tcp://0.0.0.0:*")
      #expect(keyed.daemon.endpoint.hasPrefix("tcp://0.0.0.0:"))
      #expect(
        keyed.daemon.log.contains("key=\"\(keyed.server.publicKey)\"")
          || keyed.daemon.log.contains("key=\(keyed.server.publicKey)"))
      let port = keyed.daemon.endpoint.split(separator: ":").last ?? ""
      let peer = try Peer("tcp://127.0.0.1:\(port)", keyed.credentials(keyed.city))
      guard case .welcome = try peer.ask(KeyedDaemon.hello("city")) else { Issue.record("no WELCOME"); return }
    }

    @Test func keyFilesThatOthersCanReadAreRefusedByName() throws {
      let folder = try TemporaryFolder()
      let keys = try KeyedDaemon.key("server", folder)
      let path = folder.path("server.key")
      #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
      let again = try Tocsin.run(["keygen", path])
      #expect(again.status == 2 && again.complaints.contains("never overwritten"), "\(again.complaints)")
      #expect(try Tocsin.output(["keygen", "--show", path]) == "\(keys.publicKey)\n")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["server.key"])
      try Data(KeyedDaemon.text(folder, []).utf8).write(to: folder.url.appending(path: "c.toml"))
      let serve = ["serve", "--store", folder.path("s"), "--endpoint", "tcp://127.0.0.1:*", "--config", folder.path("c.toml")]
      for mode in [0o644, 0o640, 0o602] {
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        for command in [serve, ["keygen", "--show", path]] {
          let result = try Tocsin.run(command, timeoutSeconds: 20)
          #expect(result.status == 2 && result.complaints.contains(path) && result.complaints.contains("chmod 600"))
          #expect(!result.complaints.contains(keys.secretKeyText))
        }
      }
      try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
      try Data("tocsin-secret-key-1 nonsense\n".utf8).write(to: URL(filePath: path))
      let result = try Tocsin.run(serve, timeoutSeconds: 20)
      #expect(result.status == 2 && result.complaints.contains("not a secret key"), "\(result.complaints)")
      try FileManager.default.removeItem(atPath: path)
      #expect(try Tocsin.run(serve, timeoutSeconds: 20).complaints.contains(path))
      #expect(unsafe mkfifo(path, 0o600) == 0)
      let pipe = try Tocsin.run(["keygen", "--show", path], timeoutSeconds: 20)
      #expect(pipe.status == 2 && pipe.complaints.contains("not a regular file"), "\(pipe.complaints)")
      let nowhere = try Tocsin.run(["keygen", folder.path("nowhere/a.key")])
      #expect(nowhere.status == 2 && nowhere.complaints.contains("nowhere/a.key: No such file"), "\(nowhere.complaints)")
    }

    @Test func sendSaysWhichFlagIsMissing() throws {
      let folder = try TemporaryFolder()
      let keys = try KeyedDaemon.key("a", folder)
      for flags in [["--key", folder.path("a.key")], ["--server-key", "\(keys.publicKey)"], ["--server-key", "x"]] {
        let result = try Tocsin.run(["send", "/dev/null"] + flags)
        #expect(result.status == 2 && result.complaints.contains("--server-key"), "\(result.complaints)")
      }
    }
  }
}
