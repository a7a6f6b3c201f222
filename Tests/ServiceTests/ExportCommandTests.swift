import Engine
import Foundation
import JSON
import Reports
import TestSupport
import Testing

/// `tocsin export` with the real executable: its files are read by the programs of others.
extension StoreCommandTests {
  @Suite struct ExportCommandTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Incidents of everyday places, across the antimeridian, at a pole, at a single place and nowhere; texts that mean harm.
    private func makeStore() throws -> DetectionStore {
      try DetectionStore { changes in
        func add(_ number: UInt64, _ box: BoundingBox?, _ place: Coordinate?, isWholeArea: Bool = false) {
          let episode = ClusterID(rawValue: 0x4000_0000_0000_0000 + number)
          var summary = DetectionStore.episode(episode, keyword: 1)
          var incident = DetectionStore.incident(ClusterID(rawValue: 0x5000_0000_0000_0000 + number))
          (summary.incident, incident.best) = (incident.id, episode)
          (summary.centroid, summary.boundingBox) = (place, box)
          (incident.centroid, incident.boundingBox) = (place, box)
          if let box { summary.windows[0].box = box }
          if isWholeArea {
            summary.windows[0].isWholeArea = true
            summary.windows[0].box = BoundingBox(
              westE7: -1_800_000_000, southE7: -900_000_000, eastE7: 1_800_000_000, northE7: 900_000_000)
          }
          incident.isWholeArea = isWholeArea
          changes.episodes.append(summary)
          changes.incidents.append(incident)
        }
        add(
          1, BoundingBox(westE7: 1_790_000_000, southE7: -180_000_000, eastE7: -1_785_000_000, northE7: -175_000_000),
          Coordinate(latitudeE7: -177_000_000, longitudeE7: 1_799_000_000))
        add(
          2, BoundingBox(westE7: -1_800_000_000, southE7: 899_000_000, eastE7: -600_000_000, northE7: 900_000_000),
          Coordinate(latitudeE7: 899_500_000, longitudeE7: -1_000_000_000))
        let place = Coordinate(latitudeE7: 100_000_000, longitudeE7: 200_000_000)
        add(
          3,
          BoundingBox(
            westE7: place.longitudeE7, southE7: place.latitudeE7, eastE7: place.longitudeE7, northE7: place.latitudeE7), place)
        add(4, nil, nil, isWholeArea: true)
        add(
          5, BoundingBox(westE7: 300_000_000, southE7: 300_000_000, eastE7: 310_000_000, northE7: 310_000_000),
          Coordinate(latitudeE7: 305_000_000, longitudeE7: 305_000_000), isWholeArea: true)
        for hour in 0..<50 {
          for (cell, keyword) in [
            (CellID.nowhere, 0), (CellID(row: 14_700, column: 4_003), 0), (CellID(row: 20_014, column: 2), 1),
          ] {
            changes.rollups.append(
              .init(keyword: UInt32(keyword), cell: cell, hour: Int32(395_437 + hour), reportCount: 2, witnessCount: 1))
          }
        }
        changes.clusters[0].samples = (0..<5).map {
          ClusterSummary.SampleReference(time: DetectionStore.time(Int64($0)), position: 1, row: UInt32(100 + $0))
        }
      }
    }

    /// Puts harm into the texts that the store has.
    private func poison(_ store: DetectionStore) throws {
      let texts = [
        "=HYPERLINK(\"http://x\")", "\u{1b}[2Jgone", "'); DROP TABLE samples; --", "\u{202e}right to left", "two\r\nlines",
      ]
      for (rank, text) in texts.enumerated() {
        let quoted = text.replacing("'", with: "''")
        try sqlite(store, "UPDATE cluster_sample SET text = '\(quoted)' WHERE rank = \(rank)")
      }
      try sqlite(store, "UPDATE cluster_sample SET report_id = '@' || char(0) || report_id WHERE rank = 0")
    }

    private func sqlite(_ store: DetectionStore, _ sql: String) throws {
      #expect(try Child.run(["sqlite3", store.path + "/summaries.sqlite", sql]) == 0)
    }

    private func run(_ words: [String], in other: DetectionStore) throws -> Tocsin.Result {
      try Tocsin.run(["export", "--store", other.path] + words)
    }

    /// What `list` prints of everything.
    private func listed(_ store: DetectionStore, _ kind: String = "incident") throws -> [JSONValue] {
      try Tocsin.output(["list", "--all", "--kind", kind, "--format", "ndjson", "--store", store.path]).split(separator: "\n").map
      {
        try JSONValue(parsing: Array($0.utf8))
      }
    }

    private var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).sorted() }

    // MARK: Readers of others

    @Test func aGeoPackageIsValid() throws {
      let store = try makeStore()
      try poison(store)
      let path = folder.path("all.gpkg")
      let result = try run(["--output", path, "--all"], in: store)
      #expect(result.status == 0 && result.complaints.contains("wrote \(path): 7 incidents, 7 episodes"), "\(result.complaints)")
      #expect(names == ["all.gpkg"])
      let check = try Readers.run(["python3", "-B", Readers.script("check_geopackage.py"), path])
      #expect(check.status == 0, "\(check.output)")
    }

    @Test func pyogrioReadsWhatTheStoreHolds() throws {
      guard let python = Readers.python else { return }
      let store = try makeStore()
      try poison(store)
      let path = folder.path("all.gpkg")
      _ = try Tocsin.output(["export", "--store", store.path, "--output", path, "--all"])
      func read(_ words: [String]) throws -> JSONValue {
        let result = try Readers.run([python, "-B", Readers.script("read_geopackage.py"), path] + words)
        #expect(result.status == 0, "\(words): \(result.errors)")
        return try JSONValue(parsing: Array(result.output.utf8))
      }
      func rows(_ words: [String]) throws -> [JSONValue] { try read(words)["rows"]?.array ?? [] }
      let layers = [
        "incidents": "MultiPolygon", "episodes": "MultiPolygon", "episode_cells": "MultiPolygon", "clusters": "Point",
        "samples": "Point", "rollups": nil, "cells": "MultiPolygon", "sources": nil,
      ]
      let found = try read(["incidents"])["layers"]?.array?.compactMap(\.array) ?? []
      #expect(Dictionary(uniqueKeysWithValues: found.map { ($0[0].string ?? "", $0[1].string) }) == layers)

      for (kind, layer) in [("incident", "incidents"), ("episode", "episodes"), ("cluster", "clusters")] {
        let expected = Dictionary(uniqueKeysWithValues: try listed(store, kind).map { ($0["id"]?.string ?? "", $0) })
        let told = try read([layer])
        #expect(told["crs"]?.string == "EPSG:4326" && told["featureCount"]?.uint64 == UInt64(expected.count), "\(layer)")
        #expect(
          told["types"]?["alerted_at"]?.string?.hasPrefix("datetime64") == true && told["types"]?["alert"]?.string == "bool")
        for row in told["rows"]?.array ?? [] {
          let summary = try #require(expected[row["id"]?.string ?? ""])
          for (column, member) in [
            ("report_count", "reportCount"), ("observed", "observed"), ("expected", "expected"), ("state", "state"),
            ("recurrence_interval_days", "recurrenceIntervalDays"), ("alert", "alert"), ("ratio", "ratio"),
          ] {
            #expect(Readers.isEqual(row[column], summary[member]), "\(layer) \(column)")
          }
          #expect(row["keywords"]?.string == (summary["keywords"]?.array ?? []).compactMap(\.string).joined(separator: ", "))
          #expect(row["opened_at"]?.string == summary["openedAt"]?.string?.replacing("Z", with: ".000Z"))
          #expect(Readers.isEqual(row["longitude"], summary["location"]?["coordinates"]?.array?.first))
        }
      }

      // A filter of attributes, and one of places that only the index and the geometry can answer.
      #expect(try rows(["incidents", "--where", "alert = 0"]).map { $0["id"]?.string } == [DetectionStore.explained.description])
      func ids(_ box: String) throws -> Set<String> {
        Set(try rows(["incidents", "--bbox=" + box]).compactMap { $0["id"]?.string })
      }
      func id(_ number: UInt64) -> String { ClusterID(rawValue: 0x5000_0000_0000_0000 + number).description }
      #expect(try ids("-71.2,42.2,-71.0,42.4") == [DetectionStore.incident.description, DetectionStore.explained.description])
      #expect(try ids("179.5,-19,180,-17") == [id(1)])
      #expect(try ids("-180,-19,-179.5,-17") == [id(1)])
      #expect(try ids("-10,-19,10,-17") == [], "what crosses the antimeridian is not between")
      #expect(try ids("-90,89.95,-80,90") == [id(2)])
      #expect(try ids("19.99,9.99,20.01,10.01") == [id(3)])
      #expect(try ids("30.5,30.5,30.6,30.6") == [id(5)], "a whole area is where its reports are, and nowhere else")
      #expect(try rows(["incidents", "--where", "id = '\(id(4))'"]).count == 1, "what has no place is there without one")

      let samples = try rows(["samples", "--where", "kind = 'cluster'"])
      #expect(
        samples.map { $0["text"]?.string } == [
          "=HYPERLINK(\"http://x\")", "\\u{1b}[2Jgone", "'); DROP TABLE samples; --", "\\u{202e}right to left", "two\nlines",
        ])
      #expect(samples.first?["report_id"]?.string == "@\\u{0}r100")
      let rollups = try rows(["rollups"])
      #expect(rollups.count == 150 && rollups.count { $0["cell"] == .null } == 50)
      let cells = try read(["cells"])
      #expect(cells["rows"]?.array?.compactMap { $0["report_count"]?.uint64 } == [100, 100])
      #expect(try rows(["sources"]).compactMap { $0["source"]?.string } == ["/boston/311", "/boston/app"])
    }

    @Test func ogrinfoReadsEveryFormat() throws {
      guard Readers.has("ogrinfo") else { return }
      let store = try makeStore()
      for name in ["all.gpkg", "a.geojson", "a.geojsonl", "a.csv"] {
        let path = folder.path(name)
        let kind = name == "all.gpkg" ? [] : ["--kind", "incident"]
        _ = try Tocsin.output(["export", "--store", store.path, "--output", path, "--all"] + kind)
        let layer = name == "all.gpkg" ? ["incidents"] : []
        let info = try Readers.run(["ogrinfo", "-ro", "-so", "-al", path] + layer)
        #expect(info.status == 0 && info.output.contains("Feature Count: 7"), "\(name): \(info.output) \(info.errors)")
        if !name.hasSuffix(".csv") { #expect(info.output.contains("ID[\"EPSG\",4326]"), "\(name)") }
      }
      let box = try Readers.run(
        ["ogrinfo", "-ro", "-al", "-spat", "179.5", "-19", "180", "-17", folder.path("all.gpkg"), "incidents"])
      #expect(box.output.contains("Feature Count: 1"), "\(box.output)")
      #expect(box.output.contains("MULTIPOLYGON (((179 -18,180 -18,"), "\(box.output)")
      let filter = try Readers.run(["ogrinfo", "-ro", "-so", folder.path("all.gpkg"), "episodes", "-where", "alert = 1"])
      #expect(filter.output.contains("Feature Count: 6"), "\(filter.output)")
    }

    // MARK: Filters and forms

    /// The same filters choose the same as in `list`, and NDJSON is what `list` prints.
    @Test func filtersAreThoseOfList() throws {
      let store = try makeStore()
      for words in [
        [], ["--all"], ["--alerts"], ["--near", "42.32,-71.07", "--within", "5km"], ["--bbox", "179,-19,-178,-17"],
        ["--keyword", "leak"], ["--since", "2015-02-10 16:00"], ["--until", "2015-02-10"], ["--state", "closed"],
        ["--limit", "2"],
      ] {
        for kind in ["incident", "episode", "cluster"] {
          let words = words + ["--kind", kind, "--store", store.path]
          for format in ["ndjson", "csv"] {
            let list = try Tocsin.run(["list", "--format", format] + words)
            let export = try Tocsin.run(["export", "--format", format] + words)
            #expect(export.output == list.output && export.status == list.status, "\(words)")
          }
          let path = folder.path("\(UUID().uuidString).gpkg")
          let count = try Tocsin.run(["list", "--format", "ndjson"] + words).output.split(separator: "\n").count
          let export = try Tocsin.run(["export", "--output", path] + words)
          #expect(export.status == (count > 0 ? 0 : 1), "\(words): \(export.complaints)")
          #expect(try Readers.run(["sqlite3", path, "SELECT count(*) FROM \(kind)s"]).output == "\(count)\n", "\(words)")
        }
      }
    }

    @Test func everyKindIsExportedInEveryFormat() throws {
      let store = try makeStore()
      for kind in ["incident", "episode", "episode-cell", "cluster", "sample", "rollup", "cell", "source"] {
        var counts: [Int] = []
        for format in ["ndjson", "csv", "geojson", "geojsonseq"] {
          let output = try Tocsin.output(["export", "--store", store.path, "--kind", kind, "--format", format])
          switch format {
          case "geojson": counts.append(try JSONValue(parsing: Array(output.utf8))["features"]?.array?.count ?? 0)
          case "csv": counts.append(output.components(separatedBy: "\r\n").count - 2)
          default: counts.append(output.split(separator: "\n").count)
          }
        }
        #expect(Set(counts).count == 1 && counts[0] > 0, "\(kind): \(counts)")
      }
      // Where an hour was counted is said where no layer of cells is.
      let rollup = try Tocsin.output([
        "export", "--store", store.path, "--kind", "rollup", "--format", "csv", "--keyword", "leak",
      ])
      #expect(rollup.hasPrefix("keyword,startsAt,cell,reportCount,witnessCount,latitude,longitude\r\n"), "\(rollup)")
      #expect(rollup.contains("gas leak,2015-02-10T13:00:00Z,85959475462146,2,1,89."), "\(rollup)")
    }

    // MARK: Where it goes

    @Test func theFormatFollowsTheName() throws {
      let store = try makeStore()
      for (name, beginning) in [
        ("a.gpkg", "SQLite format 3"), ("a.geojson", "{\"type\":\"FeatureCollection\""), ("a.CSV", "id,kind"),
        ("a.ndjson", "{\"id\""),
        ("a.geojsons", "\u{1e}{"),
      ] {
        #expect(try run(["--output", folder.path(name)], in: store).status == 0)
        let bytes = try Data(contentsOf: URL(filePath: folder.path(name)))
        #expect(bytes.starts(with: beginning.utf8), "\(name)")
      }
      for (words, says) in [
        (["--output", folder.path("a.txt")], "--format is missing"), ([], "--format is missing"),
        (["--format", "gpkg"], "name it with --output"), (["--format", "gpkg", "--output", "-"], "name it with --output"),
        (["--format", "gpkg", "--output", folder.path("a.db")], "ends in .gpkg"), (["--format", "shp"], "expected gpkg"),
        (["--kind", "incidents", "--format", "csv"], "did you mean incident"),
        (["--output", folder.path("none/a.gpkg")], "a folder that exists"),
        (["--output", folder.path, "--format", "csv"], "is no file"),
        (["--output", store.path + "/summaries.sqlite", "--format", "csv", "--force"], "is the store itself"),
      ] {
        let result = try run(words, in: store)
        #expect(result.status == 2 && result.complaints.contains(says), "\(words): \(result.complaints)")
      }
    }

    @Test func nothingIsOverwrittenUnlessForced() throws {
      let store = try makeStore()
      for name in ["a.gpkg", "a.csv"] {
        try Data("mine".utf8).write(to: URL(filePath: folder.path(name)))
        let refused = try run(["--output", folder.path(name)], in: store)
        #expect(refused.status == 2 && refused.complaints.contains("--force"), "\(refused.complaints)")
        #expect(try String(contentsOfFile: folder.path(name), encoding: .utf8) == "mine")
        #expect(try run(["--output", folder.path(name), "--force"], in: store).status == 0)
        #expect(try Data(contentsOf: URL(filePath: folder.path(name))).count > 100)
      }
      #expect(names == ["a.csv", "a.gpkg"])
    }

    // MARK: What breaks

    /// A store that takes a while to export; made by the bench's generator.
    private func makeLargeStore() throws -> String {
      let path = folder.path("large")
      #expect(
        try Child.run([
          "python3", "-B", Readers.script("store.py"), path, "--tocsin", Tocsin.binary.path, "--clusters", "2000", "--rollups",
          "200000",
        ]) == 0)
      return path
    }

    /// A limit of a file's size, and a disk that is full: nothing is left, what was there before stays, and it is said.
    @Test func aFullDiskLeavesNothing() throws {
      let store = try makeLargeStore()
      for name in ["a.gpkg", "a.csv"] {
        try Data("mine".utf8).write(to: URL(filePath: folder.path(name)))
        for kibibytes in [64, 200, 2_048] {
          let command = "ulimit -f \(kibibytes); exec \"$@\""
          let result = try Readers.run(
            [
              "bash", "-c", command, "bash", Tocsin.binary.path, "export", "--store", store, "--output", folder.path(name),
              "--force",
            ]
              + (name == "a.csv" ? ["--kind", "rollup"] : []))
          #expect(result.status == 2 && result.errors.contains("no half file is left"), "\(kibibytes): \(result)")
          #expect(result.errors.contains(folder.path(name)) && !result.errors.contains("partial"), "\(result.errors)")
          #expect(try String(contentsOfFile: folder.path(name), encoding: .utf8) == "mine")
          #expect(names == ["a.csv", "a.gpkg", "large"].filter { names.contains($0) } && names.count <= 3, "\(names)")
        }
      }
      let script = """
        mount -t tmpfs -o size=1m tmpfs "$1" || exit 99
        "$2" export --store "$3" --output "$1/a.$4" $5; code=$?
        ls -A "$1"; exit $code
        """
      try FileManager.default.createDirectory(atPath: folder.path("full"), withIntermediateDirectories: true)
      for (suffix, more) in [("gpkg", ""), ("csv", "--kind rollup"), ("geojson", "--kind rollup")] {
        let result = try Readers.run(
          ["unshare", "--mount", "bash", "-c", script, "bash", folder.path("full"), Tocsin.binary.path, store, suffix, more])
        guard result.status != 99 && result.status != 1 else {
          print("SKIPPED: no small file system may be mounted here: \(result.errors)")
          return
        }
        #expect(result.status == 2 && result.output == "", "\(result)")
        #expect(result.errors.contains("free space") && result.errors.contains("no half file is left"), "\(result.errors)")
      }
    }

    @Test(arguments: [SIGINT, SIGTERM]) func aSignalLeavesNothing(signal: Int32) throws {
      let store = try makeLargeStore()
      var isInterrupted = false
      // It may be done before we come.
      for round in 0..<20 where !isInterrupted {
        let path = folder.path("a\(round).gpkg")
        let child = try Child(
          [Tocsin.binary.path, "export", "--store", store, "--output", path], errors: folder.path("errors-\(round)"))
        while child.isRunning, !names.contains(where: { $0.hasPrefix("a\(round).gpkg.partial-") }) { usleep(200) }
        child.signal(signal)
        let status = child.wait()
        guard status != 0 else { continue }
        isInterrupted = true
        let said = try String(contentsOfFile: folder.path("errors-\(round)"), encoding: .utf8)
        #expect(status == 130 && said.contains("interrupted; nothing was exported"), "\(status): \(said)")
        #expect(!names.contains { $0.hasPrefix("a\(round).") }, "\(names)")
      }
      #expect(isInterrupted)
    }

    /// Nobody can tidy up after a kill; what is left does not have the name, and is in nobody's way.
    @Test func aKillLeavesNoHalfFileUnderTheName() throws {
      let store = try makeLargeStore()
      let path = folder.path("a.gpkg")
      for _ in 0..<5 {
        let child = try Child([Tocsin.binary.path, "export", "--store", store, "--output", path, "--force"])
        while child.isRunning, !names.contains(where: { $0.hasPrefix("a.gpkg.partial-") }) { usleep(200) }
        child.signal(SIGKILL)
        _ = child.wait()
        if names.contains("a.gpkg") {
          #expect(try Readers.run(["sqlite3", path, "PRAGMA integrity_check"]).output == "ok\n")
        }
      }
      #expect(try Child.run([Tocsin.binary.path, "export", "--store", store, "--output", path, "--force"]) == 0)
      #expect(try Readers.run(["python3", "-B", Readers.script("check_geopackage.py"), path]).status == 0)
    }

    /// An export reads one moment of a store that a daemon holds.
    @Test func aDaemonMayWriteMeanwhile() throws {
      let stream = folder.path("stream")
      try Stream.write(Stream.lines(seed: 41, count: 2_000), to: stream)
      let daemon = try Daemon(store: folder.path("store"), log: folder)
      #expect(try Tocsin.run(["send", stream, "--to", daemon.endpoint]).status == 0)
      // The summaries follow after a moment.
      var filled = 0
      for round in 0..<200 where filled < 3 {
        let path = folder.path("\(round).gpkg")
        let result = try Tocsin.run(["export", "--store", folder.path("store"), "--output", path])
        #expect(result.status != 2, "\(result.complaints)")
        if result.status == 0 { filled += 1 } else { usleep(50_000) }
        #expect(try Readers.run(["python3", "-B", Readers.script("check_geopackage.py"), path]).status == 0)
      }
      #expect(filled == 3)
      #expect(daemon.stop() == 0)
    }
  }
}
