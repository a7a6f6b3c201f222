import Foundation
import JSON
import TestSupport
import Testing

/// The command line, as a shell sees it.
extension ServiceTests {
  @Suite struct CommandTests {
    private func check(
      _ arguments: [String], _ status: Int32, says: String = "", sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
      let result = try Tocsin.run(arguments)
      #expect(result.status == status, "\(arguments): \(result.complaints)", sourceLocation: sourceLocation)
      #expect(
        says.isEmpty || (result.complaints + result.output).contains(says), "\(result.complaints)\(result.output)",
        sourceLocation: sourceLocation)
    }

    @Test func exitCodesAndHints() throws {
      let folder = try TemporaryFolder()
      let store = folder.path("store")
      try Stream.write(Stream.lines(seed: 1, count: 1_500), to: folder.path("stream"))
      try check(["list", "--store", store], 2, says: "no store here")
      try check(["replay", folder.path("stream"), "--store", store], 0, says: "received")
      try check(["list", "--kind", "cluster", "--store", store], 0)
      try check(["list", "--keyword", "volcano", "--store", store], 1)
      try check(["list", "--near", "0,0", "--store", store], 1)
      try check(["list", "--near", "171,42", "--store", store], 2, says: "longitude first")
      try check(["list", "--within", "2km", "--store", store], 2, says: "--near")
      try check(["list", "--since", "someday", "--store", store], 2, says: "expected a time")
      try check(["list", "--kind", "cluster", "--format", "xml", "--store", store], 2, says: "geojson")
      try check(["lits"], 2, says: "did you mean `list`?")
      try check(["show", "0000000000000", "--store", store], 1, says: "tocsin list")
      try check(["replay", folder.path("nothing"), "--store", store], 2, says: "nothing")
      try check(["send", folder.path("stream"), "--endpoint", "udp://x"], 2, says: "tcp://")
      try check(["doctor", "--store", store], 0, says: "good")
      try check(["version"], 0, says: "libzmq")
      try check(["help"], 0, says: "Commands:")
      try check(["help", "config", "check"], 0, says: "config check")
      try check([], 0, says: "Commands:")
    }

    @Test func sendGivesUpWhenNobodyListens() throws {
      let folder = try TemporaryFolder()
      try Stream.write(Stream.lines(seed: 1, count: 3), to: folder.path("stream"))
      try check(
        ["send", folder.path("stream"), "--endpoint", "tcp://127.0.0.1:1", "--timeout", "1"], 2, says: "tcp://127.0.0.1:1")
    }

    /// No more than so many a second: the last of six batches is due a quarter of a second after the first.
    @Test func sendKeepsToARateAndTellsHowLongItWaited() throws {
      let folder = try TemporaryFolder()
      let lines = Stream.lines(seed: 8, count: 400).filter { $0.contains("specversion") && $0.hasSuffix("}}") }.prefix(300)
      try Stream.write(Array(lines), to: folder.path("stream"))
      let daemon = try Daemon(store: folder.path("store"), log: folder)
      let words = ["send", folder.path("stream"), "--to", daemon.endpoint, "--batch", "50", "--rate", "1000"]
      for more in [["--timings"], ["--outbox", folder.path("outbox")]] {
        let start = ContinuousClock.now
        let result = try Tocsin.run(words + more)
        #expect(start.duration(to: .now) >= .milliseconds(250))
        #expect(result.status == 0 && result.complaints.contains("sent 300"), "\(result.complaints)")
        #expect(result.complaints.contains("acknowledged 6 batches: p50 ") == (more.count == 1), "\(result.complaints)")
      }
      try check(words + ["--timings", "--outbox", folder.path("outbox")], 2, says: "--timings")
      try check(words.dropLast() + ["0"], 2, says: "--rate")
      #expect(daemon.stop() == 0)
    }

    @Test func aWrongConfigurationIsToldWithLineAndColumn() throws {
      let folder = try TemporaryFolder()
      let path = folder.path("bad.toml")
      try Data("version = 1\n[cluster]\ncellMetres = 5\nbinMinutes = \"x\"\n".utf8).write(to: URL(filePath: path))
      let result = try Tocsin.run(["config", "check", path])
      #expect(result.status == 2)
      #expect(result.complaints.contains("bad.toml:3:") && result.complaints.contains("cellMeters"), "\(result.complaints)")
      #expect(result.complaints.contains("bad.toml:4:"), "\(result.complaints)")
      try Data("[cluster]\n".utf8).write(to: URL(filePath: path))
      try check(["config", "check", path], 2, says: "version")
      try check(["serve", "--config", path, "--store", folder.path("s")], 2, says: "version")
      let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      try check(["config", "check", package.appending(path: "config/tocsin.toml").path], 0, says: "cellMeters = 1000.0")
      try check(["config", "check", "--profile", "quake"], 0, says: "profile = \"quake\"")
      for command in [["serve"], ["replay", "-"], ["config", "check"]] {
        try check(command + ["--profile", "quak"], 2, says: "did you mean quake?")
      }
    }

    /// The member names are an interface: they stay as they are, in this order.
    @Test func memberNamesStay() throws {
      let folder = try TemporaryFolder()
      let store = folder.path("store")
      try Stream.write(Stream.lines(seed: 1, count: 1_500), to: folder.path("stream"))
      _ = try Tocsin.output(["replay", folder.path("stream"), "--store", store])
      func members(_ arguments: [String]) throws -> [String] {
        let line = try Tocsin.output(arguments + ["--format", "ndjson", "--store", store]).split(separator: "\n")[0]
        return try JSONValue(parsing: Array(line.utf8)).object?.map(\.name) ?? []
      }
      let list = [
        "id", "kind", "keywords", "openedAt", "lastReportAt", "state", "location", "boundingBox", "reportCount", "witnessCount",
        "sourceCount", "observed", "expected", "ratio", "recurrenceIntervalDays", "recurrenceIntervalLocalDays",
        "recurrenceIntervalRobustDays", "alert", "alertedAt", "firstSeenAt", "lastSeenAt", "nearDuplicateCount", "episode",
      ]
      #expect(try members(["list", "--kind", "cluster"]) == list)
      #expect(try members(["top", "--by", "clusters"]) == list)
      let sources = [
        "source", "received", "accepted", "duplicate", "late", "rejected", "lastSeenAt", "role", "cancelled", "nearDuplicate",
        "refusedKeyword", "commonestPlaceShare", "isPlaceSuspect", "isStopped", "remark", "resent",
      ]
      #expect(try members(["sources"]) == sources)
      let producers = [
        "producer", "epoch", "throughSequence", "received", "accepted", "duplicate", "late", "rejected", "lastSeenAt",
        "announcedSequence", "outstanding", "missing", "rerequests", "resent",
      ]
      #expect(try members(["sources", "--producers"]) == producers)
      let quarantine = [
        "number", "receivedAt", "code", "member", "message", "source", "eventID", "eventTime", "producer", "epoch", "sequence",
        "isWhole", "raw", "retryCount", "retriedAt", "retryVerdict", "retryCode",
      ]
      #expect(try members(["quarantine", "list"]) == quarantine)
      let line = try Tocsin.output(["list", "--kind", "cluster", "--format", "ndjson", "--limit", "1", "--store", store])
      let row = try JSONValue(parsing: Array(line.utf8))
      #expect(row["location"]?["type"]?.string == "Point" && row["location"]?["coordinates"]?.array?.count == 2)
      let shown = try Tocsin.output(["show", try #require(row["id"]?.string), "--format", "json", "--store", store])
      #expect(try JSONValue(parsing: Array(shown.utf8)).object?.map(\.name) == list + ["cells", "samples"])
      let geojson = try JSONValue(
        parsing: Array(Tocsin.output(["list", "--kind", "cluster", "--format", "geojson", "--store", store]).utf8),
        byteLimit: 10_000_000)
      #expect(geojson["type"]?.string == "FeatureCollection")
      #expect(
        geojson["features"]?.array?.count
          == (try Tocsin.output(["list", "--kind", "cluster", "--format", "ndjson", "--store", store])).split(separator: "\n")
          .count)
      let csv = try Tocsin.output(["list", "--kind", "cluster", "--format", "csv", "--store", store])
      #expect(csv.hasPrefix("id,kind,keywords,"))
    }

    @Test func aPipeGetsNoColourAndAClosedPipeIsNoError() throws {
      let folder = try TemporaryFolder()
      let store = folder.path("store")
      try Stream.write(Stream.lines(seed: 1, count: 3_000), to: folder.path("stream"))
      _ = try Tocsin.output(["replay", folder.path("stream"), "--store", store])
      #expect(!(try Tocsin.output(["list", "--kind", "cluster", "--store", store])).contains("\u{1b}"))
      let status = try Child.run([
        "/bin/bash", "-c",
        "set -o pipefail; for i in 1 2 3 4 5 6 7 8; do '\(Tocsin.binary.path)' list --kind cluster --format json --store '\(store)'; done | head -c 10 >/dev/null; [ ${PIPESTATUS[0]} -eq 0 ]",
      ])
      #expect(status == 0)
    }

    /// What comes in a report must not reach the terminal as a command.
    @Test func hostileTextsAreHarmless() throws {
      let folder = try TemporaryFolder()
      let store = folder.path("store")
      let lines = (0..<4).map {
        "{\"specversion\":\"1.0\",\"type\":\"org.tocsin.report.v1\",\"source\":\"=cmd()\",\"id\":\"\($0)\",\"time\":\"2015-02-10T13:05:00Z\","
          + "\"data\":{\"location\":{\"type\":\"Point\",\"coordinates\":[1,2]},\"keywords\":[\"x'; DROP TABLE cluster; --\"],"
          + "\"text\":\"\\u001b]0;owned\\u0007\\u009b31m \\u202eevil\"}}"
      }
      try Stream.write(lines, to: folder.path("stream"))
      _ = try Tocsin.output(["replay", folder.path("stream"), "--store", store])
      let id = try Tocsin.output(["list", "--kind", "cluster", "--format", "csv", "--store", store]).split(separator: "\r\n")[1]
        .prefix(13)
      let shown = try Tocsin.output(["show", String(id), "--store", store])
      #expect(shown.contains("\\u{1b}]0;owned"))
      #expect(!shown.unicodeScalars.contains { $0.value == 0x1b || $0.value == 0x9b || $0.value == 0x07 || $0.value == 0x202e })
      for command in ["show", "explain"] {
        let json = try Tocsin.output([command, String(id), "--format", "json", "--store", store])
        #expect(json.contains("\\u202eevil") && !json.unicodeScalars.contains("\u{202e}"), "\(command): \(json)")
      }
      #expect(try Tocsin.output(["list", "--kind", "cluster", "--store", store]).contains("drop table"))
      #expect(try Tocsin.output(["sources", "--format", "csv", "--store", store]).contains("'=cmd()"))
    }
  }
}
