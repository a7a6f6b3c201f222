import JSON
import Render
import Reports
import TestSupport
import Testing

/// What is written is read back: CSV by a small parser of RFC 4180, JSON by the JSON module.
struct RoundTripTests {
  private func table(_ seed: UInt64) -> (table: Table, texts: [[String]]) {
    var generator = SeededGenerator(seed: seed)
    var table = Table(columns: [Column("a", isFlexible: true), Column("b"), Column("c")], idColumn: "a")
    var texts: [[String]] = []
    for _ in 0..<Int.random(in: 1...20, using: &generator) {
      let row = (0..<3).map { _ in generator.text() }
      texts.append(row)
      table.append(row.map(Cell.text))
    }
    return (table, texts)
  }

  @Test(arguments: 0..<64 as Range<UInt64>) func csv(seed: UInt64) {
    let (table, texts) = table(seed)
    let records = parseCSV(Renderer(format: .csv).render(table))
    let expected = texts.map { row in
      row.map { text in "=+-@\t\r".utf8.contains(text.utf8.first ?? 0) ? "'" + text : text }
    }
    #expect(
      records?.map { $0.map { Array($0.utf8) } } == ([["a", "b", "c"]] + expected).map { $0.map { Array($0.utf8) } },
      "seed \(seed)")
  }

  @Test(arguments: 0..<64 as Range<UInt64>) func json(seed: UInt64) throws {
    let (table, texts) = table(seed)
    func object(_ row: [String], _ names: [String]) -> JSONValue {
      .object(zip(names, row).map { JSONValue.Member($0, .string($1)) })
    }
    let objects = texts.map { object($0, ["a", "b", "c"]) }
    #expect(try JSONValue(parsing: Renderer(format: .json).render(table)) == .array(objects), "seed \(seed)")

    let lines = Renderer(format: .ndjson).render(table).split(separator: UInt8(ascii: "\n"))
    #expect(try lines.map { try JSONValue(parsing: Array($0)) } == objects, "seed \(seed)")

    let collection = try JSONValue(parsing: Renderer(format: .geojson).render(table))
    let features = texts.map { row in
      JSONValue.object([
        .init("type", .string("Feature")), .init("id", .string(row[0])), .init("geometry", .null),
        .init("properties", object(Array(row[1...]), ["b", "c"])),
      ])
    }
    #expect(collection["features"] == .array(features), "seed \(seed)")
  }

  /// Nothing but printable text and line feeds leaves in a table or in JSON, and a table has a line a row.
  @Test(arguments: 0..<64 as Range<UInt64>) func nothingHarmfulIsPrinted(seed: UInt64) {
    let (table, texts) = table(seed)
    for format in [OutputFormat.table, .json, .ndjson, .geojson] {
      let bytes = Renderer(format: format, width: 40).render(table)
      for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars where scalar != "\n" {
        #expect(scalar.properties.generalCategory != .control && !scalar.properties.isBidiControl, "seed \(seed)")
      }
      if format == .table { #expect(bytes.count { $0 == UInt8(ascii: "\n") } == texts.count + 1, "seed \(seed)") }
      #expect(bytes == Renderer(format: format, width: 40).render(table), "seed \(seed)")
    }
  }

  /// RFC 4180, strictly: nil where a quote is amiss or a record does not end with CRLF.
  private func parseCSV(_ bytes: [UInt8]) -> [[String]]? {
    var records: [[String]] = []
    var record: [String] = []
    var index = 0
    while index < bytes.count {
      var field: [UInt8] = []
      if bytes[index] == UInt8(ascii: "\"") {
        index += 1
        while true {
          guard index < bytes.count else { return nil }
          if bytes[index] == UInt8(ascii: "\"") {
            index += 1
            guard index < bytes.count, bytes[index] == UInt8(ascii: "\"") else { break }
          }
          field.append(bytes[index])
          index += 1
        }
      } else {
        while index < bytes.count, !",\"\r\n".utf8.contains(bytes[index]) {
          field.append(bytes[index])
          index += 1
        }
      }
      record.append(String(decoding: field, as: UTF8.self))
      guard index < bytes.count else { return nil }
      if bytes[index] == UInt8(ascii: ",") {
        index += 1
        continue
      }
      guard bytes[index...].starts(with: "\r\n".utf8) else { return nil }
      index += 2
      records.append(record)
      record = []
    }
    return record.isEmpty ? records : nil
  }
}
