import Foundation
import JSON
import TestSupport
import Testing

/// What the daemon tells an operator, in both forms.
extension ServiceTests {
  @Suite struct LogTests {
    private func serve(_ folder: TemporaryFolder, _ arguments: [String]) throws -> String {
      let file = folder.path("serve.log")
      let endpoint = "ipc://\(folder.path("socket"))"
      let daemon = try Child(
        [Tocsin.binary.path, "serve", "--store", folder.path("store"), "--endpoint", endpoint] + arguments, errors: file)
      defer { daemon.signal(SIGKILL) }
      let lines = Stream.lines(seed: 17, count: 300)
      try Stream.write(lines, to: folder.path("stream"))
      _ = try Tocsin.output([
        "send", folder.path("stream"), "--name", "city feed", "--endpoint", endpoint, "--batch", "64", "--timeout", "60",
      ])
      daemon.signal(SIGTERM)
      #expect(daemon.wait() == 0)
      return try String(contentsOfFile: file, encoding: .utf8)
    }

    /// A batch's id leads from its producer to its place in the journal, where its refused events are known to stand.
    @Test func everyBatchIsFoundInTheJournalByItsID() throws {
      let folder = try TemporaryFolder()
      let log = try serve(folder, ["--log-format", "json", "--log-level", "debug"])
      let rows = try log.split(separator: "\n").map { try JSONValue(parsing: Array($0.utf8)) }
      #expect(rows.allSatisfy { $0["time"]?.string != nil && $0["level"]?.string != nil && $0["message"]?.string != nil })
      let batches = rows.filter { $0["message"]?.string == "batch settled" }
      #expect(batches.count >= 5)
      let counts = ["accepted", "duplicate", "late", "rejected"]
      #expect(batches.allSatisfy { row in row["events"]?.uint64 == counts.reduce(0) { $0 + (row[$1]?.uint64 ?? 1_000) } })
      let query =
        "SELECT q.journal_position || ' ' || p.name || '/' || p.epoch || '/' || (q.sequence - q.journal_row) FROM quarantine q JOIN producer p ON p.number = q.producer"
      #expect(try Child.run(["sqlite3", folder.path("store/summaries.sqlite"), query], output: folder.path("out")) == 0)
      let expected = Set(try String(contentsOfFile: folder.path("out"), encoding: .utf8).split(separator: "\n").map(String.init))
      #expect(expected.count >= 3)
      let logged = Set(batches.map { "\($0["position"]?.uint64 ?? 0) \($0["batch"]?.string ?? "")" })
      #expect(expected.isSubset(of: logged), "\(expected) \(logged)")
    }

    @Test func logfmtIsTheDefaultAndLevelsHold() throws {
      let folder = try TemporaryFolder()
      let log = try serve(folder, [])
      #expect(log.contains("level=info message=listening") && !log.contains("level=debug"))
      let quiet = try TemporaryFolder()
      #expect(try serve(quiet, ["--log-level", "warning"]).isEmpty)
    }
  }
}
