import Foundation
import JSON
import TestSupport
import Testing

/// What other settings would have alerted, by the real executable.
extension StoreCommandTests {
  @Suite struct BacktestTests {
    private static let start: Int64 = 1_772_409_600

    private static func event(_ number: Int, _ seconds: Int64, _ keyword: String, _ latitude: Double, _ longitude: Double)
      -> String
    {
      let time = ISO8601DateFormatter().string(from: Date(timeIntervalSince1970: Double(start + seconds)))
      return "{\"specversion\":\"1.0\",\"type\":\"org.tocsin.report.v1\",\"source\":\"city/app\",\"id\":\"\(number)\","
        + "\"time\":\"\(time)\",\"data\":{\"location\":{\"type\":\"Point\",\"coordinates\":[\(longitude),\(latitude)]},"
        + "\"keywords\":[\"\(keyword)\"],\"text\":\"report\"}}"
    }

    /// Five days of sparse noise, a large incident on the third and a small one on the fourth.
    static func lines() -> [String] {
      var random = SeededGenerator(seed: 5)
      var reports: [(seconds: Int64, keyword: String, latitude: Double, longitude: Double)] = []
      for _ in 0..<400 {
        reports.append(
          (
            .random(in: 0..<5 * 86_400, using: &random), ["noise", "litter"].randomElement(using: &random) ?? "noise",
            .random(in: 42.2..<42.4, using: &random), .random(in: -71.2..<(-71.0), using: &random)
          ))
      }
      for (day, count, keyword) in [(3, 30, "gas smell"), (4, 9, "fallen tree")] {
        for _ in 0..<count {
          reports.append(
            (
              Int64(day) * 86_400 + 50_000 + .random(in: 0..<3_000, using: &random), keyword,
              42.3 + .random(in: 0..<0.003, using: &random), -71.1 + .random(in: 0..<0.003, using: &random)
            ))
        }
      }
      return reports.sorted { $0.seconds < $1.seconds }.enumerated().map {
        event($0, $1.seconds, $1.keyword, $1.latitude, $1.longitude)
      }
    }

    private struct Fixture {
      let folder: TemporaryFolder
      var file: String { folder.path("stream") }
      /// What a short stream can be looked at by, and the same with fewer alerts.
      var plain: String { folder.path("plain.toml") }
      var strict: String { folder.path("strict.toml") }

      init() throws {
        folder = try TemporaryFolder()
        try Stream.write(BacktestTests.lines(), to: file)
        try Data("version = 1\n[cluster]\nwarmUpDays = 2\n".utf8).write(to: URL(filePath: plain))
        let text = "version = 1\n[cluster]\nwarmUpDays = 2\nminimumEpisodeWitnesses = 15\n"
        try Data(text.utf8).write(to: URL(filePath: strict))
      }

      /// The bytes of every file of a store, by name.
      func bytes(_ store: String) throws -> [String: Data] {
        var bytes: [String: Data] = [:]
        for name in try FileManager.default.subpathsOfDirectory(atPath: store) {
          bytes[name] = (try? Data(contentsOf: URL(filePath: store).appending(path: name))) ?? Data()
        }
        return bytes
      }
    }

    private func rows(_ text: String) throws -> [JSONValue] {
      try text.split(separator: "\n").map { try JSONValue(parsing: Array($0.utf8)) }
    }

    private func words(_ text: String) throws -> [[String]] {
      try rows(text).map { [$0["in"]?.string ?? ""] + ($0["keywords"]?.array?.compactMap(\.string) ?? []) }
    }

    @Test func whatIsGainedAndLostIsTold() throws {
      let fixture = try Fixture()
      let lost = try Tocsin.run([
        "backtest", fixture.file, "--config", fixture.strict, "--today", fixture.plain, "--format", "ndjson",
      ])
      #expect(lost.status == 0, "\(lost.complaints)")
      #expect(try words(lost.output) == [["both", "gas smell"], ["today", "fallen tree"]], "\(lost.output)")
      #expect(lost.complaints.contains("today 2 alerts (0.40 a day), new 1 alerts (0.20 a day): 1 in both, 0 gained, 1 lost"))
      #expect(lost.complaints.contains("read 439 events over 4.9"), "\(lost.complaints)")
      let gained = try Tocsin.run(
        ["backtest", "-", "--config", fixture.plain, "--today", fixture.strict, "--format", "ndjson"],
        input: Data(contentsOf: URL(filePath: fixture.file)))
      #expect(try words(gained.output) == [["both", "gas smell"], ["new", "fallen tree"]], "\(gained.output)")
      let row = try #require(try rows(gained.output).first)
      #expect(
        row.object?.map(\.name) == [
          "alertedAt", "in", "keywords", "location", "boundingBox", "isWholeArea", "openedAt", "lastReportAt", "observed",
          "expected", "recurrenceIntervalDays", "id", "todayID", "todayAlertedAt", "todayRecurrenceIntervalDays",
        ])
      let table = try Tocsin.output(["backtest", fixture.file, "--config", fixture.strict, "--today", fixture.plain])
      #expect(table.hasPrefix("alerted ") && table.contains("today  fallen tree"), "\(table)")
      let json = try Tocsin.output(["backtest", fixture.file, "--config", fixture.plain, "--format", "geojson"])
      #expect(try JSONValue(parsing: Array(json.utf8))["features"]?.array?.count == 2)
    }

    /// The oracle: a store that is made with the same settings.
    @Test func theNewAlertsAreThoseOfAStoreOfTheSameSettings() throws {
      let fixture = try Fixture()
      for config in [["--config", fixture.plain], ["--config", fixture.strict]] {
        let store = fixture.folder.path("store-\(config[1].suffix(10))")
        #expect(try Tocsin.run(["replay", fixture.file, "--store", store] + config).status == 0)
        let alerts = try Tocsin.run(["list", "--alerts", "--format", "ndjson", "--store", store])
        let backtest = try Tocsin.run(["backtest", fixture.file, "--format", "ndjson"] + config)
        let found = try rows(backtest.output).filter { $0["in"]?.string != "today" }.compactMap { $0["id"]?.string }
        #expect(try found.sorted() == rows(alerts.output).compactMap { $0["id"]?.string }.sorted(), "\(config)")
        #expect(!found.isEmpty)
      }
    }

    @Test func aJournalIsReadAndNothingIsWritten() throws {
      let fixture = try Fixture()
      let store = fixture.folder.path("store")
      #expect(try Tocsin.run(["replay", fixture.file, "--store", store]).status == 0)
      let arguments = [
        "backtest", "--journal", store, "--config", fixture.strict, "--today", fixture.plain, "--format", "ndjson",
      ]
      let before = try fixture.bytes(store)
      let output = try Tocsin.output(arguments)
      #expect(try fixture.bytes(store) == before)
      #expect(before.keys.contains { $0.hasPrefix("journal/") })
      #expect(
        try output
          == Tocsin.output(["backtest", fixture.file, "--config", fixture.strict, "--today", fixture.plain, "--format", "ndjson"])
      )
      // A daemon has the lock and is not asked.
      let daemon = try Daemon(store: store, log: fixture.folder)
      #expect(try Tocsin.output(arguments) == output)
      #expect(daemon.stop() == 0)
      // What a crash has torn is left out and left alone.
      let journal = URL(filePath: store).appending(path: "journal")
      let last = try #require(try FileManager.default.contentsOfDirectory(atPath: journal.path).sorted().last)
      let handle = try FileHandle(forWritingTo: journal.appending(path: last))
      try handle.seekToEnd()
      try handle.write(contentsOf: Data(repeating: 7, count: 100))
      try handle.close()
      let torn = try fixture.bytes(store)
      #expect(try Tocsin.output(arguments) == output)
      #expect(try fixture.bytes(store) == torn)
    }

    @Test func whatCannotBeDoneIsRefused() throws {
      let fixture = try Fixture()
      func check(_ arguments: [String], _ status: Int32, says text: String) throws {
        let result = try Tocsin.run(["backtest"] + arguments, input: Data())
        #expect(result.status == status && result.complaints.contains(text), "\(arguments): \(result)")
      }
      try check([], 2, says: "FILE|- is missing")
      try check([fixture.file, "--journal", "x"], 2, says: "give one of them")
      try check(["--journal", fixture.folder.path("none")], 2, says: "holds no store")
      #expect(!FileManager.default.fileExists(atPath: fixture.folder.path("none")))
      try check([fixture.folder.path("none")], 2, says: "none")
      try check([fixture.file, "--today", fixture.folder.path("none")], 2, says: "cannot be read")
      try check(["-"], 1, says: "read 0 events")
    }
  }
}
