import Archive
import Foundation
import JSON
import SQLite
import TestSupport
import Testing

extension StoreCommandTests {
  /// `tocsin db`, beside a daemon and without one.
  @Suite struct DatabaseCommandTests {
    private func store(_ folder: TemporaryFolder) throws -> String {
      let store = folder.path("store")
      try Stream.write(Stream.lines(seed: 3, count: 3_000), to: folder.path("a.ndjson"))
      _ = try Tocsin.output(["replay", folder.path("a.ndjson"), "--store", store])
      return store
    }

    private func object(_ arguments: [String]) throws -> JSONValue {
      try JSONValue(parsing: Array(try Tocsin.output(arguments + ["--format", "ndjson"]).split(separator: "\n")[0].utf8))
    }

    @Test func aStoreIsCheckedCopiedAndMadeSmaller() throws {
      let folder = try TemporaryFolder()
      let store = try store(folder)
      let rows = try Tocsin.output(["db", "check", "--format", "ndjson", "--store", store]).split(separator: "\n")
      #expect(rows.count > 30 && rows.allSatisfy { $0.contains("\"state\":\"whole\"") }, "\(rows)")
      #expect(try Tocsin.output(["db", "stat", "--store", store]).contains("rollup_hourly"))
      let whole = try object(["db", "stat", "--by", "store", "--store", store])
      #expect(whole["schemaVersion"]?.uint64 == UInt64(ArchiveFormat.schemaVersion) && whole["backlogCount"]?.uint64 == 0)
      #expect(try Tocsin.run(["db", "migrate", "--store", store]).complaints.contains("nothing to do"))
      #expect(try Tocsin.run(["db", "vacuum", "--store", store]).status == 0)
      // A copy is a store: in a folder by itself it can be read.
      let copies = folder.path("copies")
      try FileManager.default.createDirectory(atPath: copies, withIntermediateDirectories: true)
      let copy = copies + "/summaries.sqlite"
      #expect(try Tocsin.run(["db", "backup", copy, "--store", store]).status == 0)
      #expect(try Summaries(store: copies) == Summaries(store: store))
      #expect(try FileManager.default.contentsOfDirectory(atPath: copies) == ["summaries.sqlite"])
      let again = try Tocsin.run(["db", "backup", copy, "--store", store])
      #expect(again.status == 2 && again.complaints.contains("exists already"))
      #expect(try object(["db", "stat", "--by", "store", "--store", copies])["journalPosition"] == whole["journalPosition"])
    }

    /// Overwrites a page of a table with what is none.
    private func overwriteLeaf(of table: String, _ path: String) throws {
      let page = try Connection(path: path, mode: .readOnly).integer(
        "SELECT pageno FROM dbstat WHERE name = '\(table)' AND pagetype = 'leaf' ORDER BY path LIMIT 1 OFFSET 1")
      let file = try FileHandle(forUpdating: URL(filePath: path))
      try file.seek(toOffset: UInt64(try #require(page) - 1) * 4_096)
      try file.write(contentsOf: Data(repeating: 0x5a, count: 4_096))
      try file.close()
    }

    @Test func aDamagedStoreIsNamedAndMadeAnew() throws {
      let folder = try TemporaryFolder()
      let store = try store(folder)
      let before = try Summaries(store: store)
      let path = store + "/summaries.sqlite"
      try overwriteLeaf(of: "rollup_hourly", path)
      let check = try Tocsin.run(["db", "check", "--format", "csv", "--store", store])
      #expect(check.status == 2)
      let damaged = check.output.split(whereSeparator: \.isNewline).filter { $0.contains(",damaged,") }
      #expect(damaged.count == 1 && damaged[0].hasPrefix("rollup_hourly,"), "\(check.output)")
      #expect(check.complaints.contains("the next start makes it anew from the journal"))
      let statistics = try Tocsin.run(["db", "stat", "--store", store])
      #expect(statistics.status == 2 && statistics.complaints.contains("damaged"), "\(statistics.complaints)")
      #expect(!statistics.complaints.contains("full"), "\(statistics.complaints)")
      let export = try Tocsin.run(["export", "--output", folder.path("c.gpkg"), "--store", store])
      #expect(export.status == 2 && export.complaints.contains("summaries.sqlite: damaged"), "\(export.complaints)")
      #expect(!export.complaints.contains("partial"), "\(export.complaints)")
      let nowhere = try Tocsin.run(["db", "backup", folder.path("no/copy"), "--store", store])
      #expect(nowhere.status == 2 && nowhere.complaints.contains("there is no folder"), "\(nowhere.complaints)")
      let file = try Tocsin.run(["list", "--store", path])
      #expect(file.status == 2 && file.complaints.contains("name the folder that it lies in"), "\(file.complaints)")
      // As it says.
      try FileManager.default.moveItem(atPath: path, toPath: folder.path("aside.sqlite"))
      #expect(try Tocsin.run(["replay", "/dev/null", "--store", store]).status < 2)
      #expect(try Tocsin.run(["db", "check", "--store", store]).status == 0)
      #expect(try Summaries(store: store) == before)
    }

    @Test func whatAnalystsDidIsCarriedOver() throws {
      let folder = try TemporaryFolder()
      let store = try store(folder)
      for number in 1...200 {
        let act = ["silence", "add", "--keyword", "word\(number)", "--for", "3d", "--reason", String(repeating: "r", count: 900)]
        guard number % 20 == 1 else { continue }
        #expect(try Tocsin.run(act + ["--as", "maria", "--store", store]).status == 0)
      }
      let path = store + "/summaries.sqlite"
      let acts = try Tocsin.output(["acts", "--format", "ndjson", "--store", store])
      let silences = try Tocsin.output(["silence", "list", "--all", "--format", "ndjson", "--store", store])
      try overwriteLeaf(of: "rollup_hourly", path)
      let check = try Tocsin.run(["db", "check", "--store", store])
      #expect(check.status == 2 && check.complaints.contains("`tocsin db salvage FILE`: act (10 rows), silence (10 rows)"))
      let aside = folder.path("aside.sqlite")
      for suffix in ["", "-wal"] where FileManager.default.fileExists(atPath: path + suffix) {
        try FileManager.default.moveItem(atPath: path + suffix, toPath: aside + suffix)
      }
      let salvage = ["db", "salvage", aside, "--format", "ndjson", "--store", store]
      let early = try Tocsin.run(salvage)
      #expect(early.status == 2 && early.complaints.contains("there is no store here"), "\(early.complaints)")
      #expect(try Tocsin.run(["replay", "/dev/null", "--store", store]).status < 2)
      #expect(try Tocsin.run(["acts", "--store", store]).status == 1, "the canary: they are not there by themselves")
      let salvaged = try Tocsin.output(salvage)
      #expect(salvaged.contains("{\"table\":\"act\",\"readCount\":10,\"addedCount\":10,\"says\":\"\"}"), "\(salvaged)")
      #expect(try Tocsin.output(["acts", "--format", "ndjson", "--store", store]) == acts)
      #expect(try Tocsin.output(["silence", "list", "--all", "--format", "ndjson", "--store", store]) == silences)
      #expect(try Tocsin.run(["db", "check", "--store", store]).status == 0)
      #expect(try Tocsin.output(salvage).contains("\"addedCount\":0"))
    }

    @Test func whatIsNoStoreIsToldApart() throws {
      let folder = try TemporaryFolder()
      for command in [["check"], ["stat"], ["migrate"], ["vacuum"], ["backup", folder.path("copy")]] {
        let result = try Tocsin.run(["db"] + command + ["--store", folder.path("none")])
        #expect(result.status == 2 && result.complaints.contains("there is no store here"), "\(command): \(result.complaints)")
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
      let store = try store(folder)
      #expect(try Child.run(["sqlite3", store + "/summaries.sqlite", "PRAGMA user_version = 99"]) == 0)
      for command in [["check"], ["stat"], ["migrate"], ["vacuum"], ["backup", folder.path("copy")]] {
        let result = try Tocsin.run(["db"] + command + ["--store", store])
        #expect(
          result.status == 2 && result.complaints.contains("newer than version \(ArchiveFormat.schemaVersion)"),
          "\(command): \(result.complaints)")
      }
      #expect(!FileManager.default.fileExists(atPath: folder.path("copy")))
    }

    /// A disk without space for the copy leaves nothing of it.
    @Test func aCopyThatCannotBeFinishedIsTakenAway() throws {
      let folder = try TemporaryFolder()
      let store = try store(folder)
      let result = try Tocsin.run(["db", "backup", folder.path("none/copy.sqlite"), "--store", store])
      #expect(result.status == 2 && result.complaints.contains("copy.sqlite"), "\(result.complaints)")
      // Files of at most 64 KiB.
      let limited = try Child.run(
        [
          "/bin/sh", "-c",
          "ulimit -f 64; exec '\(Tocsin.binary.path)' db backup '\(folder.path("copy.sqlite"))' --store '\(store)'",
        ])
      #expect(limited != 0)
      #expect(!FileManager.default.fileExists(atPath: folder.path("copy.sqlite")))
    }

    /// Copied, checked and measured while a daemon writes; what needs the store for itself says who has it.
    @Test func aDaemonIsNotDisturbed() throws {
      let folder = try TemporaryFolder()
      let store = try store(folder)
      try Stream.write(Stream.lines(seed: 8, count: 6_000), to: folder.path("b.ndjson"))
      let configuration = folder.path("c.toml")
      try Data("version = 1\n[archive]\nflushMilliseconds = 20\nlogWarningMebibytes = 1\n".utf8).write(
        to: URL(filePath: configuration))
      let daemon = try Daemon(store: store, log: folder, arguments: ["--config", configuration])
      for command in [["vacuum"], ["migrate"]] {
        let result = try Tocsin.run(["db"] + command + ["--store", store])
        #expect(result.status == 2 && result.complaints.contains("process \(daemon.child.identifier)"), "\(result.complaints)")
      }
      // Somebody reads an older state all the while.
      let reader = try Connection(path: store + "/summaries.sqlite", mode: .readOnly)
      try reader.execute("BEGIN")
      let seen = try reader.integer("SELECT journal_position FROM meta")
      let sender = try Child([
        Tocsin.binary.path, "send", folder.path("b.ndjson"), "--endpoint", daemon.endpoint, "--name", "b", "--rate", "2000",
      ])
      for round in 0..<3 {
        #expect(try Tocsin.run(["db", "backup", folder.path("copy-\(round)"), "--store", store]).status == 0)
        #expect(try Tocsin.run(["db", "check", "--store", store]).status == 0, "round \(round)")
        #expect(try Tocsin.run(["list", "--kind", "cluster", "--store", store]).status == 0, "round \(round)")
      }
      #expect(sender.wait() == 0)
      #expect(try reader.integer("SELECT journal_position FROM meta") == seen)
      for _ in 0..<200 where !daemon.log.contains("a reader keeps") { usleep(50_000) }
      #expect(daemon.log.contains("a reader keeps the summaries' write-ahead log from shrinking"), "\(daemon.log)")
      #expect(!daemon.log.contains("level=error") && !daemon.log.contains("locked"), "\(daemon.log)")
      try reader.execute("COMMIT")
      // What comes next lets it go.
      try Stream.write(Stream.lines(seed: 9, count: 300), to: folder.path("c.ndjson"))
      for name in ["c", "d", "e"] where !daemon.log.contains("can shrink again") {
        _ = try Tocsin.run(["send", folder.path("c.ndjson"), "--endpoint", daemon.endpoint, "--name", name])
        for _ in 0..<40 where !daemon.log.contains("can shrink again") { usleep(50_000) }
      }
      #expect(daemon.log.contains("can shrink again"), "\(daemon.log)")
      #expect(daemon.stop() == 0)
      for round in 0..<3 {
        let problems = try Child.run(
          ["sqlite3", folder.path("copy-\(round)"), "PRAGMA integrity_check"], output: folder.path("problems"))
        #expect(problems == 0)
      }
      #expect(try String(contentsOf: URL(filePath: folder.path("problems")), encoding: .utf8) == "ok\nok\nok\n")
    }
  }
}
