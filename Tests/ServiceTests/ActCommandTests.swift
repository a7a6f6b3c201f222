import Engine
import Foundation
import JSON
import Platform
import Reports
import TestSupport
import Testing

/// What analysts do, with the real executable: as they type it, and what lists say then.
extension StoreCommandTests {
  @Suite struct ActCommandTests {
    private let id = DetectionStore.incident.description

    private func rows(_ arguments: [String], _ path: String) throws -> [JSONValue] {
      try Tocsin.run(arguments + ["--format", "ndjson", "--store", path]).output.split(separator: "\n").map {
        try JSONValue(parsing: Array($0.utf8))
      }
    }

    private func ids(_ arguments: [String], _ path: String) throws -> [String] {
      try rows(arguments, path).compactMap { $0["id"]?.string }
    }

    @discardableResult private func act(
      _ arguments: [String], _ store: DetectionStore, status: Int32 = 0, says: String = "", environment: [String: String] = [:],
      sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> String {
      let result = try Tocsin.run(arguments + ["--store", store.path], environment: environment)
      #expect(result.status == status, "\(arguments): \(result.complaints)", sourceLocation: sourceLocation)
      #expect(
        says.isEmpty || result.complaints.contains(says), "\(arguments): \(result.complaints)", sourceLocation: sourceLocation)
      return result.complaints
    }

    @Test func acknowledgingAssigningAndNoting() throws {
      let store = try DetectionStore()
      #expect(try ids(["list", "--unacknowledged"], store.path) == [id])
      try act(["acknowledge", "124", "--as", "maria"], store, says: "acknowledged by maria (act 1)")
      try act(["acknowledge", id.uppercased(), "--as", "jo"], store, status: 1, says: "already, by maria")
      #expect(try ids(["list", "--unacknowledged"], store.path) == [])
      let row = try rows(["list"], store.path)[0]
      #expect(row["acknowledgedBy"]?.string == "maria" && row["acknowledgedAt"]?.string != nil && row["assignee"]?.isNull == true)
      // Who acts: the flag, else the variable, else the login name.
      try act(["assign", id, "night shift"], store, says: "night shift", environment: ["TOCSIN_ANALYST": "jo"])
      try act(["annotate", id, "on it"], store, environment: ["TOCSIN_ANALYST": ""])
      #expect(try rows(["acts"], store.path).map { $0["analyst"]?.string } == ["maria", "jo", LoginName.current])
      #expect(try ids(["list", "--assignee", "night shift"], store.path) == [id])
      try act(["list", "--assignee", "day shift"], store, status: 1, says: "the audit knows")
      try act(["list", "--assignee", "nigth shift"], store, status: 2, says: "did you mean \"night shift\"?")
      try act(["diff", "--since", "2015-02-01", "--assignee", "Maria"], store, status: 2, says: "did you mean \"maria\"?")
      try act(["list", "--assignee", "maria"], store, status: 1)
      try act(["assign", id, "night shift"], store, status: 1, says: "already, assigned by jo")
      try act(["assign", id, "--nobody"], store, says: "nobody")
      #expect(try ids(["list", "--assignee", "night shift"], store.path) == [])
      try act(["acknowledge", id, "--undo"], store, says: "not acknowledged any more")
      try act(["acknowledge", id, "--undo"], store, status: 1, says: "is not acknowledged")
      // An id that was merged counts for what holds it.
      try act(["acknowledge", "\(DetectionStore.absorbed)"], store, says: "was merged into \(id)")
      #expect(try ids(["list", "--unacknowledged"], store.path) == [])
      #expect(try rows(["acts", id], store.path).count == 6)
    }

    @Test func whatIsTypedWrongIsSaid() throws {
      let store = try DetectionStore()
      let cases: [([String], Int32, String)] = [
        (["acknowledge", "zzz"], 1, "no incident's id begins with"), (["acknowledge", "1"], 2, "several incidents begin with"),
        (["acknowledge", "\(DetectionStore.episode)"], 2, "is an episode; act on its incident, \(id)"),
        (["acknowledge", "\(DetectionStore.cluster)"], 2, "is a cluster, and acts are on incidents"),
        (["acknowledge", id, "--as", " "], 2, "--as: expected a name"),
        (["acknowledge", id, "--as", "a\u{1b}[31mb"], 2, "--as: expected a name"),
        (["acknowledge", id, "--as", "tocsin"], 2, "choose another name"),
        (["acknowledge", id, "--as", String(repeating: "x", count: 65)], 2, "at most 64 bytes"),
        (["annotate", id, " \n"], 2, "expected some words"),
        (["annotate", id, String(repeating: "x", count: 2_001)], 2, "2001 bytes, of at most 2000"),
        (["assign", id], 2, "WHO is missing"), (["assign", id, "jo", "--nobody"], 2, "give one of them"),
        (["merge", id, "\(DetectionStore.explained)"], 2, "--reason TEXT is missing"),
        (["merge", id, id, "--reason", "r"], 1, "they are one already"), (["unmerge", id, "--reason", "r"], 1, "was not merged"),
        (["silence", "add", "--keyword", "gas", "--for", "3d"], 2, "--reason TEXT is missing"),
        (["silence", "add", "--keyword", "gas", "--reason", "r"], 2, "say how long"),
        (["silence", "add", "--for", "3d", "--reason", "r"], 2, "say what"),
        (["silence", "preview", "--keyword", "smell ga*", "--for", "3d"], 2, "a silence is of whole words"),
        (["silence", "preview", "--keyword", "gas", "--for", "3d", "--from", "febuary"], 2, "--from: expected"),
        (["silence", "preview", "--keyword", "gas", "--for", "3y"], 2, "a length of time such as"),
        (["silence", "preview", "--keyword", "gas", "--until", "2015-01-01"], 2, "does not lie after"),
        (["silence", "preview", "--keyword", "gas", "--until", "2017-01-01"], 2, "more than 366 days"),
        (["silence", "preview", "--polygon", "1,1 2,2", "--for", "1d"], 2, "three corners or more"),
        (["silence", "preview", "--polygon", "-71,42 142,3 -71,43", "--for", "1d"], 2, "is the longitude first?"),
        (["silence", "preview", "--polygon", "1,1 2,2 3,3", "--for", "1d"], 2, "lie on one line"),
        (["silence", "preview", "--polygon", "0,-90 0,90 9,90", "--for", "1d"], 2, "add a corner between them"),
        (["silence", "preview", "--near", "42,-71", "--bbox", "1,2,3,4", "--for", "1d"], 2, "give one of them"),
        (["silence", "preview", "--within", "2km", "--for", "1d"], 2, "--near does not say what"),
        (["silence", "preview", "--geojson", "/nowhere", "--for", "1d"], 2, "/nowhere"),
        (["silence", "end", "x"], 2, "expected a number"), (["silence", "end", "4"], 1, "there is no silence 4"),
        (["list", "--kind", "cluster", "--unacknowledged"], 2, "is about incidents"),
        (["list", "--as-of", "2015-02-10", "--kind", "episode", "--silenced"], 2, "is about incidents"),
        (["diff", "--since", "2015-02-10", "--kind", "cluster", "--unacknowledged"], 2, "is about incidents"),
        (["acts", "zzz"], 1, "no act is known"), (["silence"], 2, "say which: silence preview"),
        (["aknowledge", id], 2, "did you mean `acknowledge`?"),
      ]
      for (arguments, status, says) in cases { try act(arguments, store, status: status, says: says) }
      #expect(try rows(["acts"], store.path).isEmpty, "something was written")
      try act(["acknowledge", id], try DetectionStore { _ in }, says: "act 1")
      let empty = try TemporaryFolder()
      let missing = try Tocsin.run(["acknowledge", id, "--store", empty.path])
      #expect(missing.status == 2 && missing.complaints.contains("there is no store here"))
    }

    @Test func silencesHideAndSayThatTheyDo() throws {
      let store = try DetectionStore(settings: "detection.language=\"english\"\n")
      // The incident lies at 42.32, -71.07 and was last told of at 18:00.
      let area = ["--polygon", "42.3,-71.1 42.3,-71.0 42.4,-71.0 42.4,-71.1", "--keyword", "leaks"]
      let times = ["--from", "2015-02-10 12:00", "--for", "2d"]
      #expect(try ids(["silence", "preview"] + area + times, store.path) == [id], "plurals are the filter's")
      #expect(try rows(["silence", "list"], store.path).isEmpty)
      try act(
        ["silence", "add", "--reason", "planned works", "--as", "maria"] + area + times, store,
        says: "it hides 1 incident of those")
      #expect(try ids(["list"], store.path) == [] && ids(["list", "--alerts"], store.path) == [])
      #expect(try ids(["top", "--by", "incidents"], store.path) == [])
      #expect(
        try ids(["list", "--silenced"], store.path) == [id]
          && ids(["top", "--by", "incidents", "--silenced"], store.path) == [id])
      try act(["list"], store, status: 1, says: "1 silenced incident not shown; --silenced")
      let shown = try Tocsin.output(["show", id, "--store", store.path])
      #expect(shown.contains("silenced   by silence 1 of maria, until 2015-02-12T12:00:00Z: planned works"), "\(shown)")
      #expect(try Tocsin.output(["explain", id, "--store", store.path]).contains("by silence 1 of maria"))
      #expect(try rows(["show", id], store.path)[0]["silence"]?["number"]?.uint64 == 1)
      let silence = try rows(["silence", "list"], store.path)[0]
      #expect(silence["state"]?.string == "holds" && silence["hiddenCount"]?.uint64 == 1)
      #expect(silence["reason"]?.string == "planned works" && silence["endsAt"]?.string == "2015-02-12T12:00:00Z")
      // Nothing more of what is hidden already; what lies before the default start is named.
      #expect(try ids(["silence", "preview"] + area + times, store.path) == [])
      try act(["silence", "end", "1", "--undo", "--reason", "wrong place"], store, says: "shows again")
      #expect(try ids(["list"], store.path) == [id])
      try act(
        ["silence", "preview", "--keyword", "leak", "--from", "2015-02-11", "--for", "1d"], store, status: 1,
        says: "`--from 2015-02-10T")
      #expect(try rows(["silence", "list"], store.path).isEmpty)
      #expect(try rows(["silence", "list", "--all"], store.path).map { $0["state"]?.string } == ["ended"])
      // From the newest report on, by default.
      try act(["silence", "add", "--near", "42.32,-71.07", "--for", "1d", "--reason", "r"], store, says: "it hides 1 incident")
      try act(["silence", "end", "2"], store, says: "has ended")
      try act(["silence", "end", "2"], store, status: 1, says: "already")
    }

    @Test func geoJSONSaysWhere() throws {
      let store = try DetectionStore()
      let file = store.folder.path("area.json")
      func preview(_ text: String) throws -> Tocsin.Result {
        try Data(text.utf8).write(to: URL(filePath: file))
        return try Tocsin.run([
          "silence", "preview", "--geojson", file, "--from", "2015-02-10", "--for", "2d", "--format", "ndjson", "--store",
          store.path,
        ])
      }
      let square = "[[-71.1,42.3],[-71.0,42.3],[-71.0,42.4],[-71.1,42.4],[-71.1,42.3]]"
      let hole = "[[-71.08,42.31],[-71.06,42.31],[-71.06,42.33],[-71.08,42.33],[-71.08,42.31]]"
      let far = "[[10,10],[11,10],[11,11],[10,10]]"
      for (text, status) in [
        ("{\"type\":\"Polygon\",\"coordinates\":[\(square)]}", 0 as Int32),
        ("{\"type\":\"Polygon\",\"coordinates\":[\(square),\(hole)]}", 1),
        ("{\"type\":\"MultiPolygon\",\"coordinates\":[[\(far)],[\(square)]]}", 0),
        (
          "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\",\"properties\":null,\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[\(square)]}}]}",
          0
        ),
        ("{\"type\":\"Point\",\"coordinates\":[1,2]}", 2), ("{\"type\":\"Polygon\",\"coordinates\":[[[200,0],[0,0],[0,1]]]}", 2),
        ("{", 2), ("[]", 2), ("{\"type\":\"FeatureCollection\",\"features\":[]}", 2),
      ] {
        let result = try preview(text)
        #expect(result.status == status, "\(text): \(result.complaints)")
        #expect(status != 2 || result.complaints.contains("--geojson"), "\(text): \(result.complaints)")
      }
    }

    @Test func mergedIncidentsAreListedAsOne() throws {
      let store = try DetectionStore { changes in
        changes.incidents[1].explainedBy = nil
      }
      let other = DetectionStore.explained.description
      #expect(try ids(["list"], store.path) == [id, other])
      try act(
        ["merge", other, "124", "--reason", "one burst main", "--as", "jo"], store, says: "\(other) is merged into \(id) (act 1)")
      let row = try rows(["list"], store.path)
      #expect(row.map { $0["id"]?.string } == [id] && row[0]["memberCount"]?.uint64 == 1 && row[0]["reportCount"]?.uint64 == 52)
      let shown = try Tocsin.output(["show", id, "--store", store.path])
      #expect(shown.contains("holds \(other)") && shown.contains("not added up") && shown.contains("one burst main"), "\(shown)")
      #expect(try Tocsin.output(["show", other, "--store", store.path]).contains("into \(id)"))
      #expect(try rows(["show", id], store.path)[0]["members"]?.array?.map(\.string) == [other])
      // What is done to a member is done to what is listed for it.
      try act(["acknowledge", other], store, says: "\(id) is acknowledged")
      try act(["merge", id, other, "--reason", "r"], store, status: 1, says: "they are one already: \(id) is listed for both")
      try act(["unmerge", id, "--reason", "r"], store, status: 1, says: "merged into it were \(other)")
      try act(["unmerge", other, "--reason", "two after all"], store, says: "stands by itself again, apart from \(id)")
      #expect(try ids(["list"], store.path) == [id, other])
      #expect(try rows(["acts", other], store.path).map { $0["verb"]?.string } == ["merge", "unmerge"])
      #expect(try rows(["acts", id], store.path).map { $0["verb"]?.string } == ["merge", "acknowledge", "unmerge"])
    }

    /// Acts are of today, and the reports of 2015: what is asked of then had not been acted upon.
    @Test func earlierListsDifferencesAndHistoriesTellOfActs() throws {
      let store = try DetectionStore { changes in
        changes.history = DetectionStore.history().map { point in
          var point = point
          point.above = nil
          return point
        }
        changes.incidents[1].explainedBy = nil
      }
      let other = DetectionStore.explained.description
      let since = ["diff", "--since", "2015-02-10 15:00"]
      #expect(try ids(since, store.path) == [id, other])
      try act(["acknowledge", id, "--as", "maria", "--note", "seen it"], store)
      try act(["merge", other, id, "--reason", "one burst main"], store)
      try act(["assign", id, "night shift"], store)
      let rows = try rows(since, store.path)
      #expect(rows.map { $0["section"]?.string } == ["grown", "merged"] && rows.map { $0["id"]?.string } == [id, other])
      #expect(rows[1]["mergedInto"]?.string == id && rows[0]["memberCount"]?.uint64 == 1)
      #expect(rows[0]["acknowledgedBy"]?.string == "maria" && rows[0]["assignee"]?.string == "night shift")
      #expect(try ids(since + ["--unacknowledged"], store.path) == [other])
      try act(["silence", "add", "--keyword", "gas", "--from", "2015-02-10", "--for", "2d", "--reason", "r"], store)
      // Of the one that was merged, its head tells, and that is not shown.
      try act(since, store, says: "1 silenced incident not shown")
      #expect(try self.rows(since + ["--silenced"], store.path)[0]["silencedBy"]?.uint64 == 1)
      // By the clock of acts, none of that was so in 2015; in ten years all of it will have been.
      let then = ["list", "--as-of", "2015-02-10 17:00"]
      #expect(try ids(then, store.path) == [id, other])
      try act(then, store, says: "nobody had acted")
      try act(["list", "--as-of", "2036-01-01"], store, status: 1, says: "1 silenced incident not shown")
      let row = try self.rows(["list", "--as-of", "2036-01-01", "--silenced"], store.path)
      #expect(row.map { $0["id"]?.string } == [id] && row[0]["memberCount"]?.uint64 == 1 && row[0]["silencedBy"]?.uint64 == 1)
      let story = try self.rows(["history", id], store.path)
      #expect(story.map { $0["event"]?.string } == ["opened", "grew", "acknowledge", "merge", "assign"])
      #expect(story[2]["analyst"]?.string == "maria" && story[2]["note"]?.string == "seen it")
      #expect(story[3]["other"]?.string == other && story[4]["assignee"]?.string == "night shift")
      #expect(try self.rows(["history", other], store.path).last?["other"]?.string == id)
    }

    /// Whatever a note holds, a terminal and a spreadsheet show it as text.
    @Test func notesAreHarmless() throws {
      let store = try DetectionStore()
      let note = "=HYPERLINK(\"x\")\u{1b}[2J\u{7}\r\nsecond\u{202e}line'); DROP TABLE act; --"
      try act(["annotate", id, note, "--as", "o'hara"], store)
      try act(["silence", "add", "--keyword", "gas", "--from", "2015-02-10", "--for", "2d", "--reason", note], store)
      let kept = try rows(["acts"], store.path)
      #expect(kept.map { $0["note"]?.string } == [note, note] && kept[0]["analyst"]?.string == "o'hara")
      for arguments in [
        ["acts"], ["acts", "--format", "csv"], ["acts", "--format", "json"], ["show", id], ["explain", id],
        ["show", id, "--format", "json"], ["silence", "list"], ["silence", "list", "--format", "ndjson"],
      ] {
        let output = try Tocsin.output(arguments + ["--store", store.path])
        let isCSV = arguments.contains("csv")
        #expect(
          output.unicodeScalars.allSatisfy {
            $0.value >= 0x20 && $0.value != 0x202e || $0 == "\n" || isCSV && "\r\u{1b}\u{7}\u{202e}".unicodeScalars.contains($0)
          },
          "\(arguments): \(output)")
        #expect(!isCSV || output.contains("'=HYPERLINK"), "\(output)")
      }
    }

    @Test func actsStayWhereSettingsChange() throws {
      let folder = try TemporaryFolder()
      let store = folder.path("store")
      try Stream.write(Stream.lines(seed: 5, count: 600), to: folder.path("stream"))
      _ = try Tocsin.output(["replay", folder.path("stream"), "--store", store])
      _ = try Tocsin.output([
        "silence", "add", "--bbox", "-71.2,42.2,-71.0,42.4", "--for", "3d", "--reason", "r", "--as", "jo", "--store", store,
      ])
      let (acts, silences) = (try rows(["acts"], store), try rows(["silence", "list", "--all"], store))
      let before = try Tocsin.output(["list", "--kind", "cluster", "--format", "ndjson", "--store", store])
      try Data().write(to: URL(filePath: folder.path("none")))
      let rebuilt = try Tocsin.run(["replay", folder.path("none"), "--store", store, "--profile", "block"])
      #expect(rebuilt.complaints.contains("made the summaries anew"), "\(rebuilt.complaints)")
      // The canary: the summaries are others.
      #expect(try Tocsin.run(["list", "--kind", "cluster", "--format", "ndjson", "--store", store]).output != before)
      #expect(try rows(["acts"], store) == acts && acts.count == 1)
      #expect(
        try rows(["silence", "list", "--all"], store).map { $0["area"] } == silences.map { $0["area"] } && silences.count == 1)
    }

    @Test func analystsActWhileADaemonWrites() throws {
      let folder = try TemporaryFolder()
      let store = folder.path("store")
      let daemon = try Daemon(store: store, log: folder)
      try Stream.write(Stream.lines(seed: 6, count: 6_000), to: folder.path("stream"))
      let sender = try Child(
        [
          Tocsin.binary.path, "send", folder.path("stream"), "--endpoint", daemon.endpoint, "--batch", "8", "--timeout", "100",
        ], errors: folder.path("send"))
      var count: UInt64 = 0
      repeat {
        count += 1
        let result = try Tocsin.run([
          "silence", "add", "--keyword", "snow", "--for", "3d", "--reason", "\(count)", "--as", "jo", "--store", store,
        ])
        #expect(result.status == 0, "\(result.complaints)")
        #expect([0, 1].contains(try Tocsin.run(["list", "--store", store]).status))
      } while sender.isRunning && count < 40
      #expect(sender.wait() == 0)
      #expect(daemon.stop() == 0, "\(daemon.log)")
      #expect(!daemon.log.contains("locked"), "\(daemon.log)")
      #expect(try rows(["acts"], store).map { $0["number"]?.uint64 } == (1...count).map { $0 })
      let ledger = try checkedLedger(store: store)
      #expect((ledger["received"] ?? 0) >= 6_000)
    }
  }
}
