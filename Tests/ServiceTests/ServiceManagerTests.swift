import Foundation
import TestSupport
import Testing

@testable import Service

/// What systemd is told, with the real executable and a socket in systemd's place.
extension ServiceTests {
  @Suite struct ServiceManagerTests {
    private static let unit = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "config/tocsin.service")

    @Test(arguments: ["file", "abstract"]) func itIsReadyReloadsAndStopsAloud(_ kind: String) throws {
      let folder = try TemporaryFolder()
      let socket = try NotificationSocket(path: kind == "file" ? folder.path("notify") : "@tocsin-\(UUID().uuidString)")
      let file = folder.path("tocsin.toml")
      try Data("version = 1\n".utf8).write(to: URL(filePath: file))
      let daemon = try Daemon(
        store: folder.path("store"), log: folder, arguments: ["--config", file], environment: ["NOTIFY_SOCKET": socket.path])
      #expect(socket.waits(for: "STATUS=listening on \(daemon.endpoint), 0 connections"), "\(socket.lines)")
      // Long starts are announced before the endpoint is open, and readiness is not.
      let ready = try #require(socket.lines.firstIndex(of: "READY=1"))
      let extended = try #require(socket.lines.firstIndex { $0.hasPrefix("EXTEND_TIMEOUT_USEC=") })
      #expect(extended < ready)
      let before = socket.lines.count
      daemon.child.signal(SIGHUP)
      #expect(socket.waits(for: "READY=1", after: before), "\(socket.lines)")
      let after = socket.lines.dropFirst(before).filter { !$0.hasPrefix("STATUS=") }
      #expect(after.first == "RELOADING=1" && after.dropFirst().first?.hasPrefix("MONOTONIC_USEC=") == true, "\(after)")
      #expect(daemon.stop() == 0)
      #expect(socket.waits(for: "STOPPING=1"), "\(socket.lines)")
      #expect(!socket.lines.contains("WATCHDOG=1"), "nobody asked for it")
    }

    /// While the disk hangs with a batch on its way, the service does not claim to be alive; once it moves, it does again.
    @Test func aStageThatHangsSilencesTheWatchdog() throws {
      let folder = try TemporaryFolder()
      let socket = try NotificationSocket(path: folder.path("notify"))
      let machine = try SlowMachine(in: folder)
      try machine.setSync(milliseconds: 0)
      let variables = ["NOTIFY_SOCKET": socket.path, "WATCHDOG_USEC": "400000"].merging(machine.environment) { $1 }
      let daemon = try Daemon(store: folder.path("store"), log: folder, environment: variables)
      #expect(socket.waits(for: "WATCHDOG=1"), "\(socket.lines)")
      // Idle is alive.
      #expect(socket.count(of: "WATCHDOG=1", milliseconds: 1_000) > 2)
      let file = folder.path("stream")
      let lines = Stream.lines(seed: 21, count: 500)
      try Stream.write(lines, to: file)
      try machine.setSync(milliseconds: 600_000)
      let producer = try Child([Tocsin.binary.path, "send", file, "--endpoint", daemon.endpoint, "--timeout", "60"])
      for _ in 0..<200 where !daemon.log.contains("a stage has work and does not move") { socket.listen(milliseconds: 50) }
      #expect(daemon.log.contains("stage=commit"), "\(daemon.log)")
      _ = socket.count(of: "WATCHDOG=1", milliseconds: 100)
      #expect(socket.count(of: "WATCHDOG=1", milliseconds: 1_500) == 0)
      try machine.setSync(milliseconds: 0)
      #expect(socket.waits(for: "WATCHDOG=1", after: socket.lines.count), "\(socket.lines)")
      #expect(producer.wait() == 0)
      #expect(daemon.stop() == 0, "\(daemon.log)")
      #expect(try checkedLedger(store: folder.path("store"))["received"] == UInt64(lines.count))
    }

    /// A manager that is not there, or asks in a way that is not understood, ends nothing.
    @Test func rubbishFromTheEnvironmentIsSurvived() throws {
      let folder = try TemporaryFolder()
      for path in ["", "nowhere", "@", "/nowhere", "/" + String(repeating: "x", count: 300)] {
        let daemon = try Daemon(
          store: folder.path("store"), log: folder, environment: ["NOTIFY_SOCKET": path, "WATCHDOG_USEC": "soon"])
        #expect(daemon.log.contains("service manager cannot be told"), "\(path): \(daemon.log)")
        #expect(daemon.stop() == 0)
      }
    }

    @Test func theWatchdogOfAnotherProcessIsNotMine() throws {
      func interval(_ variables: [String: String]) -> UInt64? {
        ServiceManager(environment: { variables[$0] }, processIdentifier: 7).watchdogNanoseconds
      }
      let manager = try NotificationSocket(path: "@tocsin-\(UUID().uuidString)")
      let socket = ["NOTIFY_SOCKET": manager.path]
      #expect(interval(["WATCHDOG_USEC": "5"]) == nil)
      #expect(interval(socket.merging(["WATCHDOG_USEC": "5"]) { $1 }) == 5_000)
      #expect(interval(socket.merging(["WATCHDOG_USEC": "5", "WATCHDOG_PID": "7"]) { $1 }) == 5_000)
      #expect(interval(socket.merging(["WATCHDOG_USEC": "5", "WATCHDOG_PID": "8"]) { $1 }) == nil)
      for rubbish in ["0", "-1", "x", "18446744073709551615"] {
        #expect(interval(socket.merging(["WATCHDOG_USEC": rubbish]) { $1 }) == nil)
      }
    }

    @Test func aPulseTellsAStageThatHangsFromOneThatIsIdle() {
      func stages(_ work: Bool, _ turns: UInt64) -> [Pulse.Stage] {
        [.init(name: "idle", hasWork: false, turns: 4), .init(name: "busy", hasWork: work, turns: turns)]
      }
      var pulse = Pulse()
      #expect(pulse.stuck(stages(true, 1)) == nil)
      #expect(pulse.stuck(stages(true, 2)) == nil)
      #expect(pulse.stuck(stages(true, 2)) == "busy" && pulse.isNews)
      #expect(pulse.stuck(stages(true, 2)) == "busy" && !pulse.isNews)
      #expect(pulse.stuck(stages(true, 3)) == nil && pulse.isNews)
      // It had nothing to do between two pieces of work.
      #expect(pulse.stuck(stages(false, 3)) == nil)
      #expect(pulse.stuck(stages(true, 3)) == nil)
    }

    /// The unit as systemd itself reads it, and what it leaves a service that is broken into.
    @Test func theUnitIsSoundAndHardened() throws {
      guard try Child.run(["sh", "-c", "command -v systemd-analyze"]) == 0 else {
        print("SKIPPED: config/tocsin.service was not verified, systemd is not installed")
        return
      }
      let folder = try TemporaryFolder()
      let text = try String(contentsOf: Self.unit, encoding: .utf8)
      // The executable of this build stands for the one that is installed.
      let unit = folder.url.appending(path: "tocsin.service")
      try Data(text.replacingOccurrences(of: "/usr/local/bin/tocsin", with: Tocsin.binary.path).utf8).write(to: unit)
      let errors = folder.path("errors")
      #expect(try Child(["systemd-analyze", "verify", unit.path], errors: errors).wait() == 0)
      let complaints = try String(contentsOfFile: errors, encoding: .utf8)
      #expect(complaints.isEmpty, "\(complaints)")
      // Tenths of its ten degrees of exposure.
      func exposure(_ threshold: Int, _ path: String) throws -> Int32 {
        try Child.run(["systemd-analyze", "security", "--offline=true", "--threshold=\(threshold)", path])
      }
      #expect(try exposure(15, unit.path) == 0)
      // The guard can fail: one line less is told.
      let open = folder.url.appending(path: "open.service")
      let lines = text.split(separator: "\n").filter { !$0.hasPrefix("SystemCallFilter") }
      try Data(lines.joined(separator: "\n").utf8).write(to: open)
      #expect(try exposure(15, open.path) != 0)
    }
  }
}
