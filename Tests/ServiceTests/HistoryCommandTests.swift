import Archive
import Engine
import Foundation
import JSON
import Reports
import TestSupport
import Testing

extension StoreCommandTests {
  /// What the commands say of earlier times, against stores that were made of no more than what had come by then.
  @Suite struct HistoryCommandTests {
    private func lines(_ arguments: [String]) throws -> [JSONValue] {
      let result = try Tocsin.run(arguments + ["--format", "ndjson"])
      #expect(result.status < 2, "\(arguments): \(result.complaints)")
      return try result.output.split(separator: "\n").map { try JSONValue(parsing: Array($0.utf8)) }
    }

    /// A sample stream in the order of its times, without what would be late.
    private func stream() throws -> [(time: String, line: String)] {
      let folder = try TemporaryFolder()
      let path = folder.path("sample.ndjson")
      let generator = Tocsin.builds.appending(path: "tocsin-sample").path
      #expect(
        try Child.run(
          [generator, "generate", "--seed", "4", "--days", "24", "--quiet-days", "15", "--events", "30000"], output: path) == 0)
      let text = try String(contentsOf: URL(filePath: path), encoding: .utf8)
      var events: [(time: String, line: String)] = []
      for line in text.split(separator: "\n") {
        guard let time = (try? JSONValue(parsing: Array(line.utf8)))?["time"]?.string, time.hasSuffix("Z") else { continue }
        events.append((time, String(line)))
      }
      return events.sorted { $0.time < $1.time }
    }

    private func words(_ row: JSONValue) -> String {
      let names = [
        "id", "state", "openedAt", "lastReportAt", "reportCount", "observed", "expected", "recurrenceIntervalDays", "alertedAt",
      ]
      return names.map { "\($0)=\(row[$0].map { "\($0)" } ?? "-")" }.joined(separator: " ")
    }

    @Test func anEarlierListIsThatOfAStoreThatKnewNoMore() throws {
      let folder = try TemporaryFolder()
      let events = try stream()
      let whole = folder.path("whole")
      try Stream.write(events.map(\.line), to: folder.path("all.ndjson"))
      _ = try Tocsin.output(["replay", folder.path("all.ndjson"), "--store", whole])
      var compared = 0
      for part in [70, 80, 90] {
        // Incidents change at ticks alone: those before the last event that a store was given.
        let count = events.count * part / 100
        let store = folder.path("part-\(part)")
        try Stream.write(events.prefix(count).map(\.line), to: folder.path("part.ndjson"))
        _ = try Tocsin.output(["replay", folder.path("part.ndjson"), "--store", store])
        for kind in ["incident", "episode"] {
          let then = try lines(["list", "--kind", kind, "--all", "--as-of", events[count - 1].time, "--store", whole])
          let now = try lines(["list", "--kind", kind, "--all", "--store", store])
          #expect(then.map(words) == now.map(words), "\(kind), \(part) %")
          compared += now.count
        }
      }
      #expect(compared > 10, "trivial")
      // What is listed as new since then is what was not listed then.
      let since = events[events.count * 70 / 100 - 1].time
      let before = Set(try lines(["list", "--all", "--as-of", since, "--store", whole]).compactMap { $0["id"]?.string })
      let listed = Set(try lines(["list", "--all", "--store", whole]).compactMap { $0["id"]?.string })
      let diff = try lines(["diff", "--since", since, "--all", "--store", whole])
      let new = Set(diff.filter { $0["section"]?.string == "new" }.compactMap { $0["id"]?.string })
      #expect(new == listed.subtracting(before) && !new.isEmpty)
      // Place and keywords choose.
      let keyword = try #require(diff.first?["keywords"]?.array?.first?.string)
      let chosen = try lines(["diff", "--since", since, "--all", "--keyword", keyword, "--store", whole])
      let ofKeyword = diff.filter { $0["keywords"]?.array?.contains { $0.string == keyword } == true }
      #expect(!chosen.isEmpty && Set(ofKeyword.map(words)).isSubset(of: chosen.map(words)) && chosen.count <= diff.count)
      #expect(try lines(["diff", "--since", since, "--all", "--near", "-10,10", "--within", "1km", "--store", whole]).isEmpty)
      // The last line of a history is what is listed now.
      for row in try lines(["list", "--all", "--store", whole]) {
        let id = try #require(row["id"]?.string)
        let history = try lines(["history", id, "--kind", "incident", "--store", whole])
        let last = try #require(history.last)
        for name in ["reportCount", "observed", "lastReportAt", "alertedAt", "recurrenceIntervalDays"] {
          #expect("\(String(describing: last[name]))" == "\(String(describing: row[name]))", "\(id): \(name)")
        }
        #expect(history.first?["event"]?.string == "opened")
      }
    }

    /// Of a summary whose time is over, the history still tells.
    @Test func whatIsGoneIsSaidToBeOver() throws {
      let store = try DetectionStore { changes in
        for index in changes.episodes.indices { changes.episodes[index].isClosed = true }
        for index in changes.incidents.indices { changes.incidents[index].isClosed = true }
        changes.clusters[0].isClosed = true
        for (hour, state) in [(4, HistoryPoint.State.open), (9, .closed)] {
          var point = HistoryPoint(.incident, DetectionStore.incident, at: DetectionStore.time(Int64(hour)), state: state)
          point.keyword = 0
          changes.history.append(point)
        }
      }
      let id = DetectionStore.incident.description
      #expect(try Tocsin.run(["show", id, "--store", store.path]).status == 0)
      var writer = try ArchiveWriter(
        folder: store.path, storeID: "made-up", settingsFingerprint: "",
        retention: RetentionLimits(textDays: 30, countDays: 30, summaryDays: 40))
      var later = Changes()
      (later.throughPosition, later.watermark) = (10, DetectionStore.time(24 * 100))
      try writer.apply(later) { _ in nil }
      for command in ["show", "explain"] {
        for operand in [id, String(id.prefix(5)).uppercased()] {
          let result = try Tocsin.run([command, operand, "--store", store.path])
          #expect(
            result.status == 1 && result.complaints.contains("incident \(id): its time is over")
              && result.complaints.contains("kept for 40 days after its last report, [retention] summaryDays"),
            "\(command) \(operand): \(result.complaints)")
        }
        // Neither those of which nothing is known any more.
        let unknown = try Tocsin.run([command, DetectionStore.episode.description, "--store", store.path])
        #expect(unknown.status == 1 && unknown.complaints.contains("no id begins with"), "\(unknown.complaints)")
      }
      let history = try lines(["history", id, "--store", store.path])
      #expect(history.map { $0["event"]?.string } == ["opened", "closed"])
      let stat = try #require(try lines(["db", "stat", "--by", "store", "--store", store.path]).first)
      #expect(stat["textsCompleteSince"]?.string?.hasPrefix("2015-04-2") == true)
      #expect(stat["summariesCompleteSince"]?.string?.hasPrefix("2015-04-1") == true)
    }

    @Test func badInputIsSaid() throws {
      let store = try DetectionStore()
      for (arguments, status, phrase) in [
        (["diff"], 2 as Int32, "--since TIME is missing"),
        (["diff", "--since", "soon"], 2, "--since: expected a time"),
        (["diff", "--since", "2015-02-10", "--until", "2015-02-09"], 2, "does not lie after"),
        (["history", "zzzz"], 1, "begins with \"zzzz\""),
        (["history"], 2, "ID is missing"),
        (["list", "--as-of", "whenever"], 2, "--as-of: expected a time"),
      ] {
        let result = try Tocsin.run(arguments + ["--store", store.path])
        #expect(result.status == status && result.complaints.contains(phrase), "\(arguments): \(result.complaints)")
      }
    }
  }
}
