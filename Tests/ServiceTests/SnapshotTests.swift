import Foundation
import TestSupport
import Testing

/// Restarts that begin with a snapshot, and what is let go of because of them: with the real executable and real files.
extension ServiceTests {
  @Suite struct SnapshotTests {
    /// A store that takes a snapshot at every stop, in small segments.
    private struct Case {
      let folder: TemporaryFolder
      let lines: [String]
      let config: String
      let store: String

      init(seed: UInt64, count: Int = 32_000, retentionDays: Int = 366) throws {
        folder = try TemporaryFolder()
        lines = Stream.lines(seed: seed, count: count)
        config = folder.path("config.toml")
        store = folder.path("store")
        try write(retentionDays: retentionDays)
      }

      func write(retentionDays: Int, more: String = "") throws {
        let text = "version = 1\n[journal]\nrecoverySeconds = 0\nsegmentMebibytes = 1\nretentionDays = \(retentionDays)\n\(more)"
        try Data(text.utf8).write(to: URL(filePath: config))
      }

      func replay(_ part: Range<Int>, store: String? = nil, _ more: [String] = []) throws -> Tocsin.Result {
        try Stream.write(Array(lines[part]), to: folder.path("part"))
        return try Tocsin.run(["replay", folder.path("part"), "--config", config, "--store", store ?? self.store] + more)
      }

      /// What comes of the whole stream in one go, in another store.
      func undisturbed() throws -> Summaries {
        let store = folder.path("undisturbed")
        if !FileManager.default.fileExists(atPath: store) { _ = try replay(0..<lines.count, store: store) }
        return try Summaries(store: store)
      }

      /// The snapshots, the newest last.
      var snapshots: [URL] {
        get throws {
          try FileManager.default.contentsOfDirectory(atPath: store + "/snapshots").sorted()
            .map { URL(filePath: store + "/snapshots/" + $0) }
        }
      }

      var firstSegment: String? {
        (try? FileManager.default.contentsOfDirectory(atPath: store + "/journal"))?.filter { $0.hasSuffix(".segment") }.min()
      }
    }

    private func flip(_ file: URL, at offset: Int) throws {
      var bytes = try Data(contentsOf: file)
      bytes[offset < 0 ? bytes.count + offset : offset] ^= 0x20
      try bytes.write(to: file)
    }

    @Test func aRestartGoesOnFromTheNewestSnapshot() throws {
      let one = try Case(seed: 61)
      // What is let go of on the way is the same, too.
      try one.write(retentionDays: 366, more: "[retention]\ntextDays = 3\ncountDays = 5\n")
      #expect(try one.replay(0..<8_000).status == 0)
      let second = try one.replay(8_000..<16_000)
      #expect(second.complaints.contains("message=recovered batches=0 events=0 snapshot="), "\(second.complaints)")
      #expect(!second.complaints.contains("snapshot=none"))
      #expect(try one.replay(16_000..<one.lines.count).status == 0)
      #expect(try Summaries(store: one.store) == one.undisturbed())
      #expect(try one.snapshots.count == 2, "older ones are not kept")
      let modes = try one.snapshots.map { try FileManager.default.attributesOfItem(atPath: $0.path)[.posixPermissions] as? Int }
      #expect(modes == [0o600, 0o600])
      let doctor = try Tocsin.run(["doctor", "--store", one.store])
      #expect(doctor.status == 0 && doctor.output.contains("whole at position"), "\(doctor.output)")
    }

    /// A bit that has flipped anywhere is seen, and the one before is gone on from; without any the journal is folded.
    @Test func aDamagedSnapshotIsPassedOver() throws {
      let one = try Case(seed: 62)
      for part in [0..<8_000, 8_000..<16_000] { #expect(try one.replay(part).status == 0) }
      let files = try one.snapshots
      try flip(files[1], at: -300)
      let doctor = try Tocsin.run(["doctor", "--store", one.store])
      #expect(doctor.output.contains("does not check"), "\(doctor.output)")
      let older = try one.replay(16_000..<20_000)
      #expect(older.status == 0 && older.complaints.contains("a snapshot cannot be used"), "\(older.complaints)")
      #expect(older.complaints.contains(files[1].lastPathComponent), "\(older.complaints)")
      for file in try one.snapshots { try flip(file, at: 40) }
      let none = try one.replay(20_000..<one.lines.count)
      #expect(none.status == 0 && none.complaints.contains("snapshot=none"), "\(none.complaints)")
      #expect(try Summaries(store: one.store) == one.undisturbed())
    }

    @Test func onesOfOtherSettingsVersionsOrStoresAreNotUsed() throws {
      let one = try Case(seed: 63)
      #expect(try one.replay(0..<8_000).status == 0)
      let file = try #require(try one.snapshots.last)
      let whole = try Data(contentsOf: file)
      let other = try Case(seed: 64)
      #expect(try other.replay(0..<8_000).status == 0)
      try Data(contentsOf: try #require(try other.snapshots.last)).write(to: file)
      let foreign = try one.replay(8_000..<8_001)
      #expect(foreign.complaints.contains("a snapshot cannot be used"), "\(foreign.complaints)")
      try whole.write(to: file)
      try one.write(retentionDays: 366, more: "[cluster]\ncellMeters = 4000.0\n")
      let wide = try one.replay(8_001..<16_000)
      #expect(wide.complaints.contains("made the summaries anew"), "\(wide.complaints)")
      #expect(wide.complaints.contains("snapshot=none"), "\(wide.complaints)")
      #expect(try one.replay(16_000..<one.lines.count).complaints.contains("message=recovered batches=0"))
      #expect(try Summaries(store: one.store) == one.undisturbed())
    }

    /// The journal's beginning goes once two snapshots stand behind it, and the summaries stay the same.
    @Test func theJournalIsLetGoOfAndNothingIsLost() throws {
      let one = try Case(seed: 65, retentionDays: 0)
      let first = "00000000000000000000.segment"
      for begin in stride(from: 0, to: 24_000, by: 4_000) { #expect(try one.replay(begin..<begin + 4_000).status == 0) }
      #expect(one.firstSegment != first && one.firstSegment != nil)
      let daemon = try Daemon(store: one.store, log: one.folder, arguments: ["--config", one.config])
      try Stream.write(Array(one.lines[24_000..<28_000]), to: one.folder.path("part"))
      _ = try Tocsin.output(["send", one.folder.path("part"), "--to", daemon.endpoint])
      daemon.kill()
      #expect(try one.replay(28_000..<one.lines.count).status == 0)
      #expect(try Summaries(store: one.store) == one.undisturbed())
      #expect(try Tocsin.run(["doctor", "--store", one.store]).status == 0)
      #expect(try Tocsin.run(["journal", "check", "--store", one.store]).status == 0)
      // By default nothing of this year goes.
      let other = try Case(seed: 65)
      for begin in stride(from: 0, to: 24_000, by: 4_000) { #expect(try other.replay(begin..<begin + 4_000).status == 0) }
      #expect(other.firstSegment == first)
    }

    /// With its beginning gone, a journal alone makes no whole summaries: that is said, and done only when asked for.
    @Test func whatCannotBeMadeWholeIsRefused() throws {
      let one = try Case(seed: 66, retentionDays: 0)
      for begin in stride(from: 0, to: 24_000, by: 4_000) { #expect(try one.replay(begin..<begin + 4_000).status == 0) }
      let before = try Summaries(store: one.store)
      for file in try one.snapshots { try flip(file, at: -300) }
      let refused = try one.replay(24_000..<one.lines.count)
      #expect(refused.status == 2 && refused.complaints.contains("--rebuild"), "\(refused.complaints)")
      #expect(try Summaries(store: one.store) == before, "a refusal changes nothing")
      let rebuilt = try one.replay(24_000..<one.lines.count, ["--rebuild"])
      #expect(rebuilt.status == 0 && rebuilt.complaints.contains("made the summaries anew"), "\(rebuilt.complaints)")
      #expect(try one.replay(0..<1).status == 0)
      try one.write(retentionDays: 0, more: "[cluster]\ncellMeters = 4000.0\n")
      let other = try one.replay(0..<1)
      #expect(other.status == 2 && other.complaints.contains("--rebuild"), "\(other.complaints)")
    }

    /// Killed while snapshots are being written beside the stream: each start goes on, and the store is the undisturbed one.
    @Test func killedBesideItsSnapshotsItLosesNothing() throws {
      let one = try Case(seed: 67, count: 60_000, retentionDays: 0)
      let seed = UInt64.random(in: 0...UInt64.max)
      print("snapshot kill seed \(seed)")
      var generator = SeededGenerator(seed: seed)
      try Stream.write(one.lines, to: one.folder.path("all"))
      var daemon = try Daemon(store: one.store, log: one.folder, arguments: ["--config", one.config])
      let endpoint = daemon.endpoint
      let producer = try Child(
        [
          Tocsin.binary.path, "send", one.folder.path("all"), "--to", endpoint, "--outbox", one.folder.path("outbox"), "--batch",
          "16", "--timeout", "120",
        ], errors: one.folder.path("errors"))
      var written = 0
      for _ in 0..<60 where producer.isRunning {
        usleep(UInt32.random(in: 100_000...900_000, using: &generator))
        daemon.kill()
        written += daemon.log.components(separatedBy: "a snapshot of the engine is written").count - 1
        daemon = try Daemon(store: one.store, endpoint: endpoint, log: one.folder, arguments: ["--config", one.config])
      }
      let status = producer.wait()
      #expect(status == 0, "seed \(seed): \((try? String(contentsOfFile: one.folder.path("errors"), encoding: .utf8)) ?? "")")
      #expect(daemon.stop() == 0, "\(daemon.log)")
      print("\(written) snapshots were written beside the stream")
      #expect(try Summaries(store: one.store) == one.undisturbed(), "seed \(seed)")
      _ = try checkedLedger(store: one.store)
    }
  }
}
