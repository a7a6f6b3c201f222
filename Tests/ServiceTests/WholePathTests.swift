import Foundation
import JSON
import TestSupport
import Testing

/// The whole path with the real executable: real sockets, real disk, real SQLite.
extension ServiceTests {
  @Suite struct WholePathTests {
    /// The same events, replayed from a file and sent over ZeroMQ in batches of several sizes, give the same bytes.
    private func checkEveryWay(_ file: String, in folder: TemporaryFolder, batches: [Int] = [1, 64, 256]) throws -> String {
      let replayed = folder.path("A")
      _ = try Tocsin.output(["replay", file, "--store", replayed])
      let expected = try Summaries(store: replayed)
      let ledger = try checkedLedger(store: replayed)
      #expect(!expected.list.isEmpty && !expected.rollups.isEmpty)
      #expect(try checkedLedger(store: replayed, producers: true) == ledger)
      for batch in batches {
        let store = folder.path("B\(batch)")
        let daemon = try Daemon(store: store, log: folder)
        _ = try Tocsin.output(["send", file, "--endpoint", daemon.endpoint, "--batch", "\(batch)", "--timeout", "60"])
        #expect(daemon.stop() == 0, "\(daemon.log)")
        #expect(try Summaries(store: store) == expected, "batches of \(batch)")
        #expect(try checkedLedger(store: store) == ledger, "batches of \(batch)")
        #expect(try checkedLedger(store: store, producers: true) == ledger, "batches of \(batch)")
      }
      return replayed
    }

    @Test func aSeededStreamGivesTheSameStoreEveryWay() throws {
      let folder = try TemporaryFolder()
      let lines = Stream.lines(seed: 7, count: 6_000)
      try Stream.write(lines, to: folder.path("stream.ndjson"))
      let store = try checkEveryWay(folder.path("stream.ndjson"), in: folder)
      let ledger = try checkedLedger(store: store)
      #expect(ledger["received"] == UInt64(lines.count))
      #expect(ledger["rejected"] ?? 0 > 100 && ledger["duplicate"] ?? 0 > 50)
    }

    @Test func bostonGivesTheSameStoreEveryWayAndItsSnowStandsOut() throws {
      let folder = try TemporaryFolder()
      guard let file = try Stream.boston(into: folder) else { return }
      // One by one it is sent in the test that kills.
      let store = try checkEveryWay(file, in: folder, batches: [64, 256])
      #expect(
        try checkedLedger(store: store) == ["received": 115_796, "accepted": 115_796, "duplicate": 0, "late": 0, "rejected": 0])
      let top = try Tocsin.output(["top", "--keyword", "snow", "--limit", "20", "--format", "ndjson", "--store", store])
      let rows = try top.split(separator: "\n").map { try JSONValue(parsing: Array($0.utf8)) }
      let months = rows.compactMap { $0["day"]?.string?.prefix(7) }
      #expect(months.count == 20)
      #expect(months.filter { $0 == "2015-02" }.count > 10, "\(months)")
      // Every one of them brought at least five times what such a day usually brings.
      #expect(rows.allSatisfy { Double($0["reportCount"]?.uint64 ?? 0) >= 5 * ($0["usualCount"]?.double ?? .infinity) }, "\(top)")
    }

    /// Killed ten times at random instants while a producer sends and sends again: nothing is lost, nothing counts twice.
    @Test func killedTenTimesItEndsInTheSameState() throws {
      let folder = try TemporaryFolder()
      let seed = UInt64.random(in: 0...UInt64.max)
      print("kill seed \(seed)")
      var generator = SeededGenerator(seed: seed)
      let file = folder.path("stream.ndjson")
      if let boston = try Stream.boston(into: folder) {
        try FileManager.default.moveItem(atPath: boston, toPath: file)
      } else {
        try Stream.write(Stream.lines(seed: 11, count: 60_000), to: file)
      }
      _ = try Tocsin.output(["replay", file, "--store", folder.path("undisturbed")])
      let store = folder.path("store")
      var daemon = try Daemon(store: store, log: folder)
      let endpoint = daemon.endpoint
      let errors = folder.path("errors")
      let producer = try Child(
        [Tocsin.binary.path, "send", file, "--endpoint", endpoint, "--batch", "1", "--timeout", "120"], errors: errors)
      var killedWhileSending = 0
      for _ in 0..<10 {
        usleep(UInt32.random(in: 10_000...150_000, using: &generator))
        killedWhileSending += producer.isRunning ? 1 : 0
        daemon.kill()
        daemon = try Daemon(store: store, endpoint: endpoint, log: folder)
      }
      #expect(producer.wait() == 0, "seed \(seed): \((try? String(contentsOfFile: errors, encoding: .utf8)) ?? "")")
      #expect(killedWhileSending >= 3, "the kills came too late to prove anything; seed \(seed)")
      #expect(daemon.stop() == 0, "\(daemon.log)")
      #expect(try Summaries(store: store) == Summaries(store: folder.path("undisturbed")), "seed \(seed)")
      _ = try checkedLedger(store: store)
      _ = try checkedLedger(store: store, producers: true)
    }

    /// The guard of the comparison: a store that lacks one report is told apart.
    @Test func comparisonCanFail() throws {
      let folder = try TemporaryFolder()
      let lines = Stream.lines(seed: 3, count: 500)
      try Stream.write(lines, to: folder.path("all"))
      try Stream.write(lines.filter { !$0.contains("\"id\":\"250\"") }, to: folder.path("less"))
      for name in ["all", "less"] {
        _ = try Tocsin.output(["replay", folder.path(name), "--store", folder.path("store-\(name)")])
      }
      #expect(try Summaries(store: folder.path("store-all")) != Summaries(store: folder.path("store-less")))
    }

    /// A restart in the middle, and a changed setting that has the summaries made anew.
    @Test func aRestartGoesOnAndAChangedSettingRebuilds() throws {
      let folder = try TemporaryFolder()
      let lines = Stream.lines(seed: 5, count: 3_000)
      try Stream.write(lines, to: folder.path("all"))
      try Stream.write(Array(lines[..<1_700]), to: folder.path("first"))
      try Stream.write(Array(lines[1_700...]), to: folder.path("second"))
      let config = folder.path("wide.toml")
      try Data("version = 1\n[cluster]\ncellMeters = 4000.0\n".utf8).write(to: URL(filePath: config))
      for name in ["all", "first"] {
        _ = try Tocsin.output(["replay", folder.path(name), "--store", folder.path(name + ".store")])
      }
      _ = try Tocsin.output(["replay", folder.path("second"), "--store", folder.path("first.store")])
      #expect(try Summaries(store: folder.path("first.store")) == Summaries(store: folder.path("all.store")))
      let rebuilt = try Tocsin.run(["replay", "/dev/null", "--config", config, "--store", folder.path("first.store")])
      #expect(rebuilt.complaints.contains("made the summaries anew"))
      _ = try Tocsin.output(["replay", folder.path("all"), "--config", config, "--store", folder.path("wide.store")])
      #expect(try Summaries(store: folder.path("first.store")) == Summaries(store: folder.path("wide.store")))
      #expect(try Summaries(store: folder.path("first.store")) != Summaries(store: folder.path("all.store")))
    }

    /// docs/producer.py, the foreign client, against the real daemon.
    @Test func aForeignClientIsServed() throws {
      let folder = try TemporaryFolder()
      let script = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "docs/producer.py")
      guard try Child.run(["/usr/bin/python3", "-c", "import zmq"]) == 0 else {
        print("SKIPPED: docs/producer.py was not run, python3-zmq is not installed")
        return
      }
      let lines = Stream.lines(seed: 9, count: 1_500)
      try Stream.write(lines, to: folder.path("stream"))
      let daemon = try Daemon(store: folder.path("store"), log: folder)
      let status = try Child.run(
        ["timeout", "120", "/usr/bin/python3", script.path, daemon.endpoint], input: folder.path("stream"),
        output: folder.path("out"))
      #expect(status == 0, "\(daemon.log)")
      #expect(daemon.stop() == 0)
      _ = try Tocsin.output(["replay", folder.path("stream"), "--store", folder.path("replayed")])
      #expect(try Summaries(store: folder.path("store")) == Summaries(store: folder.path("replayed")))
      #expect(try checkedLedger(store: folder.path("store"))["received"] == UInt64(lines.count))
      let said = try String(contentsOf: URL(filePath: folder.path("out")), encoding: .utf8)
      #expect(said.contains("sent \(lines.count)"), "\(said.suffix(200))")
    }
  }
}
