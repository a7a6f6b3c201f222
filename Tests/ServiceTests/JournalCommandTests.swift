import Foundation
import JSON
import TestSupport
import Testing

/// `tocsin journal` with the real executable: what is whole comes out, what is not is named.
extension StoreCommandTests {
  @Suite struct JournalCommandTests {
    /// A store whose journal has several segments.
    private func makeStore(_ folder: TemporaryFolder) throws -> (store: String, segments: [URL]) {
      let config = folder.path("small.toml")
      try Data("version = 1\n[journal]\nsegmentMebibytes = 1\n".utf8).write(to: URL(filePath: config))
      // One long word, so that few events fill a segment.
      let padding = String(repeating: "x", count: 2_000)
      let lines = Stream.lines(seed: 31, count: 1_500).map {
        $0.replacing("\"text\":\"report", with: "\"text\":\"\(padding) report")
      }
      try Stream.write(lines, to: folder.path("stream"))
      _ = try Tocsin.output(["replay", folder.path("stream"), "--store", folder.path("store"), "--config", config])
      let names = try FileManager.default.contentsOfDirectory(atPath: folder.path("store/journal")).sorted()
      #expect(names.count >= 3, "\(names)")
      return (folder.path("store"), names.map { folder.url.appending(path: "store/journal/\($0)") })
    }

    private func rows(_ arguments: [String], status: Int32 = 0) throws -> (rows: [JSONValue], complaints: String) {
      let result = try Tocsin.run(["journal"] + arguments + ["--format", "ndjson"])
      #expect(result.status == status, "\(result.complaints)")
      return (try result.output.split(separator: "\n").map { try JSONValue(parsing: Array($0.utf8)) }, result.complaints)
    }

    /// Everything that `sources` says, the refused events that a file of events cannot say left out unless wanted.
    private func ledger(_ store: String, rejected: Bool) throws -> [[String]] {
      let members = ["source", "accepted", "duplicate", "late", "lastSeenAt", "nearDuplicate", "commonestPlaceShare"]
      return try Tocsin.output(["sources", "--format", "ndjson", "--store", store]).split(separator: "\n").compactMap { line in
        let row = try JSONValue(parsing: Array(line.utf8))
        if !rejected, row["source"]?.string == nil { return nil }
        return (members + (rejected ? ["received", "rejected"] : [])).map { "\(String(describing: row[$0]))" }
      }
    }

    @Test func aWholeJournalIsWholeAndCounted() throws {
      let folder = try TemporaryFolder()
      let (store, segments) = try makeStore(folder)
      let check = try rows(["check", "--store", store])
      #expect(check.rows.map { $0["segment"]?.string } == segments.map(\.lastPathComponent))
      #expect(check.rows.allSatisfy { $0["state"]?.string == "whole" } && check.complaints.isEmpty)
      let stat = try rows(["stat", "--store", store])
      let received = try checkedLedger(store: store)
      #expect(stat.rows.reduce(0) { $0 + ($1["eventCount"]?.uint64 ?? 0) } == received["received"])
      #expect(stat.rows.reduce(0) { $0 + ($1["refusedCount"]?.uint64 ?? 0) } == received["rejected"])
      for (row, file) in zip(stat.rows, segments) {
        #expect(row["byteCount"]?.uint64 == UInt64(try Data(contentsOf: file).count))
        #expect(row["firstEventAt"]?.string ?? "" < row["lastEventAt"]?.string ?? "")
      }
      let producers = try rows(["stat", "--by", "producer", "--store", store]).rows
      #expect(
        producers.map { $0["producer"]?.string } == ["replay"] && producers[0]["eventCount"]?.uint64 == received["received"])
      // A daemon may be writing it.
      let daemon = try Daemon(store: store, log: folder)
      _ = try rows(["check", "--store", store])
      #expect(daemon.stop() == 0)
      #expect(try Tocsin.run(["journal", "check", "--store", folder.path("none")]).status == 2)
    }

    /// Replayed, the exported events give the same summaries; started, the exported segments give the same store.
    @Test func whatIsExportedGivesTheSameStore() throws {
      let folder = try TemporaryFolder()
      let (store, _) = try makeStore(folder)
      let expected = try Summaries(store: store)
      let export = try Tocsin.run(["journal", "export", "--output", folder.path("events"), "--store", store])
      #expect(export.status == 0 && export.complaints.contains("refused events"), "\(export.complaints)")
      _ = try Tocsin.output(["replay", folder.path("events"), "--store", folder.path("replayed")])
      #expect(try Summaries(store: folder.path("replayed")) == expected)
      #expect(try ledger(folder.path("replayed"), rejected: false) == ledger(store, rejected: false))
      #expect(
        try Tocsin.output(["journal", "export", "--store", store])
          == String(contentsOfFile: folder.path("events"), encoding: .utf8))
      _ = try Tocsin.output(["journal", "export", "--format", "binary", "--output", folder.path("copy"), "--store", store])
      _ = try Tocsin.run(["replay", "/dev/null", "--store", folder.path("copy")])
      #expect(try Summaries(store: folder.path("copy")) == expected)
      #expect(try ledger(folder.path("copy"), rejected: true) == ledger(store, rejected: true))
      func quarantine(_ store: String) throws -> String {
        try Tocsin.output(["quarantine", "list", "--format", "ndjson", "--store", store])
      }
      #expect(try quarantine(folder.path("copy")) == quarantine(store))
      for arguments in [
        ["--output", folder.path("events")], ["--format", "binary", "--output", folder.path("copy")], ["--format", "binary"],
      ] {
        #expect(try Tocsin.run(["journal", "export", "--store", store] + arguments).status == 2, "nothing is overwritten")
      }
    }

    /// A first segment that retention has not let go of is missed like any other.
    @Test func aMissingBeginningIsNamed() throws {
      let folder = try TemporaryFolder()
      let (store, segments) = try makeStore(folder)
      try? FileManager.default.removeItem(atPath: store + "/snapshots")
      try FileManager.default.removeItem(at: segments[0])
      let check = try Tocsin.run(["journal", "check", "--store", store])
      let name = segments[0].lastPathComponent
      #expect(check.status == 2 && check.complaints.contains("missing at the front, with \(name)"), "\(check.complaints)")
      let doctor = try Tocsin.run(["doctor", "--store", store])
      #expect(doctor.status == 2 && doctor.output.contains(name), "\(doctor.output)")
      let words = ["replay", "/dev/null", "--store", store]
      let refused = try Tocsin.run(words)
      #expect(refused.status == 2 && refused.complaints.contains(name) && !refused.complaints.contains("let go of after"))
      #expect(refused.complaints.contains("--rebuild"), "\(refused.complaints)")
      let rebuilt = try Tocsin.run(words + ["--rebuild"])
      #expect(rebuilt.complaints.contains("the journal has lost its beginning"), "\(rebuilt.complaints)")
      // Whoever gives it up says so once.
      _ = try Tocsin.run(["doctor", "--repair", "--store", store])
      #expect(try Tocsin.run(["journal", "check", "--store", store]).status == 0)
      #expect(try Tocsin.run(["doctor", "--store", store]).status == 0)
    }

    @Test func aMissingSegmentIsNamedAndWhatIsWholeComesOutAroundIt() throws {
      let folder = try TemporaryFolder()
      let (store, segments) = try makeStore(folder)
      let whole = try Tocsin.output(["journal", "export", "--store", store]).split(separator: "\n")
      let counts = try rows(["stat", "--store", store]).rows.map {
        (($0["eventCount"]?.uint64 ?? 0) - ($0["refusedCount"]?.uint64 ?? 0))
      }
      try FileManager.default.removeItem(at: segments[1])
      let check = try rows(["check", "--store", store], status: 2)
      #expect(check.rows.map { $0["segment"]?.string } == segments.map(\.lastPathComponent))
      #expect(check.rows.map { $0["state"]?.string }.prefix(3) == ["whole", "missing", "whole"])
      #expect(check.complaints.contains("journal export") && check.complaints.contains("are missing"), "\(check.complaints)")
      let doctor = try Tocsin.run(["doctor", "--store", store])
      #expect(doctor.status == 2 && doctor.output.contains("journal export"), "\(doctor.output)")
      #expect(try Tocsin.run(["serve", "--store", store, "--endpoint", "tcp://127.0.0.1:*"], timeoutSeconds: 20).status == 2)
      let export = try Tocsin.run(["journal", "export", "--store", store])
      let lines = export.output.split(separator: "\n")
      #expect(lines == Array(whole.prefix(Int(counts[0])) + whole.dropFirst(Int(counts[0] + counts[1]))))
      #expect(export.complaints.contains("left out"), "\(export.complaints)")
      try Data(export.output.utf8).write(to: URL(filePath: folder.path("events")))
      _ = try Tocsin.output(["replay", folder.path("events"), "--store", folder.path("replayed")])
      _ = try Tocsin.output(["journal", "export", "--format", "binary", "--output", folder.path("saved"), "--store", store])
      _ = try Tocsin.run(["replay", "/dev/null", "--store", folder.path("saved")])
      #expect(try Summaries(store: folder.path("saved")) == Summaries(store: folder.path("replayed")))
      #expect(try rows(["check", "--store", folder.path("saved")]).rows.allSatisfy { $0["state"]?.string == "whole" })
    }

    @Test func aFlippedBitIsNamedAndTheRecordsBehindItComeOut() throws {
      let folder = try TemporaryFolder()
      let (store, segments) = try makeStore(folder)
      let whole = try Tocsin.output(["journal", "export", "--store", store]).split(separator: "\n").count
      var bytes = try Data(contentsOf: segments[1])
      bytes[bytes.count / 2] ^= 4
      try bytes.write(to: segments[1])
      let check = try rows(["check", "--store", store], status: 2)
      #expect(check.rows.map { $0["state"]?.string }.prefix(3) == ["whole", "damaged", "whole"])
      #expect(check.complaints.contains(segments[1].lastPathComponent))
      let left = try Tocsin.output(["journal", "export", "--store", store]).split(separator: "\n").count
      #expect(left < whole && left > whole - 300, "one batch is lost")
      // Its header: the records are there all the same.
      bytes[bytes.count / 2] ^= 4
      bytes[20] ^= 1
      try bytes.write(to: segments[1])
      _ = try rows(["check", "--store", store], status: 2)
      #expect(try Tocsin.output(["journal", "export", "--store", store]).split(separator: "\n").count == whole)
    }

    /// What a crash leaves at the end was never promised: it is told, and is no damage.
    @Test func aTornTailIsNoDamage() throws {
      let folder = try TemporaryFolder()
      let (store, segments) = try makeStore(folder)
      let file = try FileHandle(forWritingTo: try #require(segments.last))
      try file.seekToEnd()
      try file.write(contentsOf: Data(repeating: 0x54, count: 100))
      try file.close()
      let check = try rows(["check", "--store", store])
      #expect(
        check.rows.last?["state"]?.string == "torn" && check.complaints.contains("never acknowledged"), "\(check.complaints)")
    }
  }
}
