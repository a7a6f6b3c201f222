import Export
import Foundation
import Platform
import Render
import Reports
import SQLite
import TestSupport
import Testing

/// Files that are written here, held against the standard by a program that shares no line with their writer.
struct GeoPackageTests {
  private static let points = Layer(
    "points", says: "points", geometry: .point,
    columns: ["name", "count", "share", "isOdd", "seenAt", "location", "boundingBox"].map { Column($0) },
    kinds: [.text, .integer, .number, .flag, .time, .place, .box], placeColumn: "location", boxColumn: "boundingBox")
  private static let areas = Layer(
    "areas", says: "areas", geometry: .multiPolygon, columns: [Column("name")], kinds: [.text])
  private static let plain = Layer("plain", says: "no place", geometry: nil, columns: [Column("name")], kinds: [.text])

  private func write(
    _ path: String, _ layers: [(layer: Layer, rows: [(cells: [Cell], shape: Shape?)])]
  ) throws {
    var writer = try GeoPackageWriter(
      try OutputFile(path, replaces: false), exportedAt: Timestamp(seconds: 1_423_573_200), check: {})
    for (layer, rows) in layers {
      try writer.begin(layer)
      for row in rows { try writer.add(row.cells, row.shape) }
      try writer.end()
    }
    try writer.finish()
  }

  /// What `bench/check_geopackage.py` has against a file.
  private func complaints(_ path: String) throws -> String {
    let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let folder = try TemporaryFolder()
    let status = try Child.run(
      ["python3", "-B", package.appending(path: "bench/check_geopackage.py").path, path], output: folder.path("out"))
    let said = try String(contentsOfFile: folder.path("out"), encoding: .utf8)
    return status == 0 ? "" : "exit code \(status): \(said)"
  }

  private func place(_ generator: inout SeededGenerator) -> Coordinate {
    Coordinate(
      latitudeE7: .random(in: -900_000_000...900_000_000, using: &generator),
      longitudeE7: .random(in: -1_800_000_000...1_800_000_000, using: &generator))
  }

  /// Numbers of features about those at which an index of nodes of 51 cells grows a level.
  @Test(arguments: [0, 1, 2, 50, 51, 52, 102, 103, 2_601, 2_602, 6_000])
  func aFileOfAnySizeIsValid(count: Int) throws {
    let folder = try TemporaryFolder()
    let path = folder.path("a.gpkg")
    var generator = SeededGenerator(seed: UInt64(count))
    let placed = (0..<count).map { _ in place(&generator) }
    let rows: [(cells: [Cell], shape: Shape?)] = placed.enumerated().map { index, place in
      let cells: [Cell] = [
        .text("n\(index)"), .integer(UInt64(index)), .number(index % 7 == 0 ? .nan : 0.1 * Double(index)), .flag(index % 2 == 1),
        .time(Timestamp(microseconds: Int64(index) * 1_234_567_891)), .place(place),
        .box(BoundingBox(westE7: 1, southE7: 2, eastE7: 3, northE7: 4)),
      ]
      return (cells, .point(place))
    }
    let areas: [(cells: [Cell], shape: Shape?)] = placed.enumerated().map { index, place in
      let other = placed[(index * 7 + 1) % count]
      let box = BoundingBox(
        westE7: place.longitudeE7, southE7: min(place.latitudeE7, other.latitudeE7), eastE7: other.longitudeE7,
        northE7: max(place.latitudeE7, other.latitudeE7))
      // Every tenth has no place.
      return ([.text("a\(index)")], index % 10 == 9 ? nil : Shape(area: box))
    }
    try write(path, [(Self.points, rows), (Self.areas, areas), (Self.plain, [([.missing], nil)])])
    #expect(try complaints(path) == "", "seed \(count)")
    // The index finds what a look at every place does.
    let connection = try Connection(path: path, mode: .readOnly)
    for _ in 0..<20 {
      let (a, b) = (place(&generator), place(&generator))
      let (west, east) = (min(a.longitude, b.longitude), max(a.longitude, b.longitude))
      let (south, north) = (min(a.latitude, b.latitude), max(a.latitude, b.latitude))
      let expected = placed.count { (west...east).contains($0.longitude) && (south...north).contains($0.latitude) }
      let found = try connection.integer(
        """
        SELECT count(*) FROM points JOIN rtree_points_geom AS r ON r.id = fid
        WHERE r.maxx >= \(west) AND r.minx <= \(east) AND r.maxy >= \(south) AND r.miny <= \(north)
          AND longitude BETWEEN \(west) AND \(east) AND latitude BETWEEN \(south) AND \(north)
        """)
      #expect(found == Int64(expected), "seed \(count)")
    }
  }

  /// The checker can fail: a canary for each kind of thing that it looks at.
  @Test(arguments: [
    ("PRAGMA user_version = 10300", "R2"), ("DELETE FROM gpkg_spatial_ref_sys WHERE srs_id = 0", "R11"),
    ("UPDATE gpkg_contents SET max_x = max_x + 1 WHERE table_name = 'points'", "R17"),
    ("UPDATE points SET geom = x'00' WHERE fid = 2", "R19"), ("UPDATE points SET seen_at = '2015-02-10'", "R5"),
    ("DELETE FROM rtree_points_geom WHERE id = 3", "R77"), ("DROP TRIGGER rtree_points_geom_update7", "R77"),
    ("DELETE FROM gpkg_extensions", "R76"), ("CREATE TABLE stray (a)", "R4"),
  ])
  func theCheckerSees(_ sql: String, _ requirement: String) throws {
    let folder = try TemporaryFolder()
    let path = folder.path("a.gpkg")
    let rows: [(cells: [Cell], shape: Shape?)] = (1...5).map { index in
      let place = Coordinate(latitudeE7: Int32(index) * 10_000_000, longitudeE7: 0)
      return (
        [.text(""), .integer(1), .number(1), .flag(true), .time(Timestamp(seconds: 0)), .place(place), .missing], .point(place)
      )
    }
    try write(path, [(Self.points, rows)])
    #expect(try complaints(path) == "")
    let connection = try Connection(path: path, mode: .readWrite)
    connection.allowShadowTables()
    // The functions of the triggers are the reader's to give: without them only what fires none can be changed.
    let triggers = try connection.prepare(
      "SELECT group_concat(name), count(*) FROM sqlite_schema WHERE type = 'trigger' AND name LIKE '%_update_'")
    _ = try triggers.step()
    let isUpdate = sql.hasPrefix("UPDATE points")
    let names = (triggers.text(0) ?? "").split(separator: ",")
    triggers.reset()
    if isUpdate { for name in names { try connection.execute("DROP TRIGGER \(name)") } }
    try connection.execute(sql)
    #expect(try complaints(path).contains("\(requirement):"), "\(sql)")
  }

  @Test func whatTheCellsAreIsWhatTheTablesHold() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("a.gpkg")
    let place = Coordinate(latitudeE7: 423_000_001, longitudeE7: -710_000_001)
    try write(
      path,
      [
        (
          Self.points,
          [
            (
              [
                .text("NUL \0, ESC \u{1b}[31m, \u{202e}right\r\nto left"), .integer(.max), .interval(days: .infinity),
                .flag(false),
                .time(Timestamp(microseconds: -1)), .place(place), .missing,
              ], .point(place)
            ),
            ([.words(["a", "b"]), .missing, .estimate(.nan), .missing, .missing, .missing, .missing], nil),
          ]
        )
      ])
    #expect(try complaints(path) == "")
    let connection = try Connection(path: path, mode: .readOnly)
    let select = try connection.prepare("SELECT name, count, share, is_odd, seen_at, latitude, longitude, west FROM points")
    #expect(try select.step())
    #expect(select.text(0) == "NUL \\u{0}, ESC \\u{1b}[31m, \\u{202e}right\nto left")
    #expect(select.integer(1) == .max && select.double(2) == 1e9 && select.integer(3) == 0)
    #expect(select.text(4) == "1969-12-31T23:59:59.999Z")
    #expect(select.double(5) == 42.3000001 && select.double(6) == -71.0000001 && select.isNull(7))
    #expect(try select.step())
    #expect(select.text(0) == "a, b" && (1...7).allSatisfy { select.isNull(Int32($0)) })
    #expect(try connection.integer("SELECT count(*) FROM points WHERE geom IS NULL") == 1)
  }

  /// What is thrown half-way leaves neither the file nor what it was to be.
  @Test func aFileThatIsNotFinishedIsGone() throws {
    struct Enough: Error {}
    let folder = try TemporaryFolder()
    let path = folder.path("a.gpkg")
    func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: folder.path) }
    do {
      var writer = try GeoPackageWriter(
        try OutputFile(path, replaces: false), exportedAt: Timestamp(seconds: 0), check: { throw Enough() })
      try writer.begin(Self.areas)
      try writer.add([.text("a")], Shape(area: BoundingBox(westE7: 0, southE7: 0, eastE7: 9, northE7: 9)))
      #expect(try names().count == 1, "it is written beside its place")
      try writer.end()
      Issue.record("the check ends it")
    } catch is Enough {}
    #expect(try names() == [])
  }
}
