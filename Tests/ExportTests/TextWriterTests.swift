import Export
import Foundation
import JSON
import Render
import Reports
import TestSupport
import Testing

struct TextWriterTests {
  private static let layer = Layer(
    "areas", says: "areas", geometry: .multiPolygon, columns: ["id", "name", "location", "boundingBox"].map { Column($0) },
    kinds: [.text, .text, .place, .box], placeColumn: "location", boxColumn: "boundingBox", idColumn: "id")

  private func write(_ format: TextFormat, _ rows: [(cells: [Cell], shape: Shape?)]) throws -> [UInt8] {
    var bytes: [UInt8] = []
    var isDone = false
    do {
      var writer = TextWriter(format, write: { bytes += $0 }, done: { isDone = true })
      try writer.begin(Self.layer)
      for row in rows { try writer.add(row.cells, row.shape) }
      try writer.end()
      try writer.finish()
    }
    #expect(isDone)
    return bytes
  }

  private func box(_ west: Int32, _ south: Int32, _ east: Int32, _ north: Int32) -> BoundingBox {
    BoundingBox(westE7: west * 10_000_000, southE7: south * 10_000_000, eastE7: east * 10_000_000, northE7: north * 10_000_000)
  }

  private func rows(_ boxes: [BoundingBox?]) -> [(cells: [Cell], shape: Shape?)] {
    boxes.enumerated().map { index, box in
      ([.text("id\(index)"), .text("name \(index)"), .missing, box.map { .box($0) } ?? .missing], box.map { Shape(area: $0) })
    }
  }

  private func degrees(_ value: JSONValue?) -> [Double] { value?.array?.compactMap(\.double) ?? [] }

  @Test func aCollectionHasGeometriesWithTheirBoxes() throws {
    let collection = try JSONValue(parsing: write(.geojson, rows([box(-71, 42, -70, 43), nil, box(179, -18, -178, -16)])))
    #expect(collection["type"]?.string == "FeatureCollection")
    // One of them goes across the antimeridian, so the whole goes round.
    #expect(degrees(collection["bbox"]) == [-180, -18, 180, 43])
    let features = try #require(collection["features"]?.array)
    #expect(features.map { $0["id"]?.string } == ["id0", "id1", "id2"])
    #expect(features.map { $0["geometry"]?["type"]?.string } == ["Polygon", nil, "MultiPolygon"])
    #expect(features.map { degrees($0["bbox"]) } == [[-71, 42, -70, 43], [], [179, -18, -178, -16]])
    #expect(features[1]["geometry"] == .null)
    let ring = try #require(features[0]["geometry"]?["coordinates"]?.array?.first?.array).map { degrees($0) }
    // Counterclockwise and closed (RFC 7946, 3.1.6).
    #expect(ring == [[-71, 42], [-70, 42], [-70, 43], [-71, 43], [-71, 42]])
    let parts = try #require(features[2]["geometry"]?["coordinates"]?.array)
    #expect(parts.compactMap { $0.array?.first?.array?.first }.map { degrees($0) } == [[179, -18], [-180, -18]])
    #expect(
      features[0]["properties"]?.object?.map(\.name) == ["name", "latitude", "longitude", "west", "south", "east", "north"])
    #expect(features[0]["properties"]?["west"]?.double == -71)
  }

  @Test func aSequenceIsARecordEach() throws {
    let bytes = try write(.geojsonseq, rows(Array(repeating: box(0, 0, 1, 1), count: 1_300)))
    let records = bytes.split(separator: 0x1e, omittingEmptySubsequences: false)
    #expect(records.count == 1_301 && records[0].isEmpty, "each begins with RS (RFC 8142, 2.1)")
    for (index, record) in records.dropFirst().enumerated() {
      #expect(record.last == UInt8(ascii: "\n"))
      #expect(try JSONValue(parsing: Array(record))["id"]?.string == "id\(index)")
    }
  }

  /// However many rows are rendered at once, the whole is what one rendering of all gives.
  @Test(arguments: [0, 1, 511, 512, 513, 1_100]) func theWholeIsWhatOneRenderingGives(count: Int) throws {
    let rows = rows(Array(repeating: box(0, 0, 1, 1), count: count))
    var table = Self.layer.table
    for row in rows { table.append(row.cells) }
    #expect(try write(.csv, rows) == Renderer(format: .csv).render(table))
    #expect(try write(.ndjson, rows) == Renderer(format: .ndjson).render(table))
    let collection = try JSONSerialization.jsonObject(with: Data(write(.geojson, rows))) as? [String: Any]
    #expect((collection?["features"] as? [Any])?.count == count)
    #expect((collection?["bbox"] == nil) == (count == 0))
  }

  /// What a report's text may try on a spreadsheet, a terminal or a reader in C.
  @Test func textsAreHarmless() throws {
    let evil = [
      "=cmd|'/c calc'!A1", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", "a\0b", "\u{1b}[2J", "\u{202e}x", "say \"hi\",\r\nyou",
    ]
    let rows = evil.map { (cells: [Cell.text("x"), .text($0), .missing, .missing], shape: Shape?.none) }
    let csv = String(decoding: try write(.csv, rows), as: UTF8.self)
    for scalar in csv.unicodeScalars {
      #expect(scalar.value >= 0x20 && scalar.value != 0x202e || ["\r", "\n", "\t"].contains(scalar), "\(scalar.value)")
    }
    for line in [
      "x,'=cmd|'/c calc'!A1,", "x,'+1,", "x,'-1,", "x,'@SUM(1),", "x,'\t=1,", "x,\\u{d}=1,", "x,a\\u{0}b,", "x,\\u{1b}[2J,",
      "x,\\u{202e}x,", "x,\"say \"\"hi\"\",\nyou\",",
    ] {
      #expect(csv.contains("\r\n" + line), "\(line)")
    }
    for format in [TextFormat.geojson, .geojsonseq, .ndjson] {
      let bytes = try write(format, rows)
      #expect(bytes.allSatisfy { $0 >= 0x20 || $0 == 0x0a || $0 == 0x1e }, "\(format)")
      #expect(!String(decoding: bytes, as: UTF8.self).unicodeScalars.contains("\u{202e}"))
    }
    let features = try #require(JSONValue(parsing: write(.geojson, rows))["features"]?.array)
    #expect(features.compactMap { $0["properties"]?["name"]?.string } == evil, "JSON says what was said")
  }
}
