import Configuration
import Foundation
import TestSupport
import Testing
import Wire
import ZeroMQ

/// SIGHUP, with the real executable.
extension ServiceTests {
  @Suite struct ReloadTests {
    /// Another file, SIGHUP, and the log line that answers it.
    private func reload(_ keyed: KeyedDaemon, _ text: String, expecting line: String) throws {
      try Data(text.utf8).write(to: URL(filePath: keyed.configuration))
      keyed.daemon.child.signal(SIGHUP)
      for _ in 0..<100 where !keyed.daemon.log.contains(line) { usleep(50_000) }
      #expect(keyed.daemon.log.contains(line), "\(keyed.daemon.log)")
    }

    @Test func aRevokedKeyIsCutOffAndAnotherGetsIn() throws {
      let keyed = try KeyedDaemon()
      let city = try keyed.peer(keyed.city)
      let town = try keyed.peer(keyed.town)
      guard case .welcome = try city.ask(KeyedDaemon.hello("city")) else { Issue.record("no WELCOME"); return }
      guard case .welcome = try town.ask(KeyedDaemon.hello("town")) else { Issue.record("no WELCOME"); return }
      guard case .ack = try town.ask(KeyedDaemon.put(1, source: "town/1", ids: ["before"])) else {
        Issue.record("no ACK"); return
      }
      let fresh = try KeyedDaemon.key("fresh", keyed.folder)
      try reload(
        keyed, KeyedDaemon.text(keyed.folder, [("city", [keyed.city.publicKey, fresh.publicKey], "")]),
        expecting: "count=1 producers=town")
      #expect(keyed.daemon.log.contains("applied=producer"), "\(keyed.daemon.log)")
      // Cut off, not only unheard: the socket connects again and is refused at the handshake.
      _ = try town.socket.send(KeyedDaemon.put(2, source: "town/1", ids: ["intruder"]))
      #expect(try town.next(milliseconds: 500) == nil)
      let counts = try keyed.refusals(waitingFor: "unknown-key")
      #expect(counts["unknown-key"] ?? 0 >= 1, "\(counts)")
      let again = try keyed.peer(keyed.town)
      _ = try again.socket.send(KeyedDaemon.hello("town"))
      #expect(try again.next(milliseconds: 500) == nil)
      // The others go on, and the new key is known.
      guard case .ack = try city.ask(KeyedDaemon.put(1, source: "city/1", ids: ["after"])) else { Issue.record("no ACK"); return }
      let new = try keyed.peer(fresh)
      guard case .welcome = try new.ask(KeyedDaemon.hello("city/new")) else { Issue.record("no WELCOME"); return }
      #expect(keyed.daemon.stop() == 0, "\(keyed.daemon.log)")
      #expect(try checkedLedger(store: keyed.store)["received"] == 2)
      #expect(try !keyed.stores("intruder"))
    }

    @Test func aFileThatIsNotUnderstoodChangesNothing() throws {
      let keyed = try KeyedDaemon()
      let good = try String(contentsOfFile: keyed.configuration, encoding: .utf8)
      try reload(keyed, good + "\nnonsense = 1\n[[producer]]\n", expecting: "not read anew")
      #expect(keyed.daemon.log.contains("producer[2].name: missing"), "\(keyed.daemon.log)")
      let town = try keyed.peer(keyed.town)
      guard case .welcome = try town.ask(KeyedDaemon.hello("town")) else { Issue.record("no WELCOME"); return }
      // To be asked for keys no longer is nothing that happens by a slip of the editor.
      try reload(keyed, "version = 1\n", expecting: "changes only with a new start")
      // What changes with the next start only is named, and the rest holds.
      let both = good.replacingOccurrences(
        of: "[service]", with: "[time]\nallowedLatenessMinutes = 7\n[service]\nconnections = 77")
      try reload(keyed, both, expecting: "kept=time.allowedLatenessMinutes")
      #expect(keyed.daemon.log.contains("applied=service.connections"), "\(keyed.daemon.log)")
      guard case .pong = try town.ask(WireMessage.ping.frames) else { Issue.record("no PONG"); return }
      #expect(keyed.daemon.stop() == 0, "\(keyed.daemon.log)")
    }

    @Test func withoutAFileThereIsNothingToRead() throws {
      let folder = try TemporaryFolder()
      let daemon = try Daemon(store: folder.path("store"), log: folder)
      daemon.child.signal(SIGHUP)
      for _ in 0..<100 where !daemon.log.contains("without --config") { usleep(50_000) }
      #expect(daemon.log.contains("without --config"), "\(daemon.log)")
      #expect(daemon.stop() == 0)
    }
  }
}
