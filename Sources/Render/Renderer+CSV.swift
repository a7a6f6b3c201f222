import Reports

extension Renderer {
  /// RFC 4180 with a header and CRLF. A place is two fields and a box four, in degrees.
  func renderCSV(_ table: Table) -> [UInt8] {
    var bytes: [UInt8] = []
    appendRecord(table.columns.flatMap { fieldNames($0, of: table) }, to: &bytes)
    let fieldCounts = table.columns.map { fieldNames($0, of: table).count }
    for row in table.rows {
      var fields: [String] = []
      for (cell, fieldCount) in zip(row, fieldCounts) { fields += self.fields(cell, fieldCount: fieldCount) }
      appendRecord(fields, to: &bytes)
    }
    return bytes
  }

  private func fieldNames(_ column: Column, of table: Table) -> [String] {
    switch column.name {
    case table.placeColumn: ["latitude", "longitude"]
    case table.boxColumn: ["west", "south", "east", "north"]
    default: [column.name]
    }
  }

  /// The fields of a cell: as many as its column has.
  private func fields(_ cell: Cell, fieldCount: Int) -> [String] {
    let parts: [String] =
      switch cell {
      case .text(let text): [withoutFormula(text)]
      case .words(let words): [withoutFormula(words.joined(separator: ", "))]
      case .integer(let integer): [String(integer)]
      case .number(let number), .estimate(let number): [shortestDecimal(number)]
      case .interval(let days): [shortestDecimal(min(days, Cell.longestIntervalDays))]
      case .flag(let flag): [flag ? "true" : "false"]
      case .time(let time): [time.description]
      case .place(let place): [place.latitudeE7, place.longitudeE7].map(exactDegrees)
      case .box(let box): [box.westE7, box.southE7, box.eastE7, box.northE7].map(exactDegrees)
      case .missing: []
      }
    if fieldCount == 1 { return [parts.joined(separator: ", ")] }
    return (0..<fieldCount).map { $0 < parts.count ? parts[$0] : "" }
  }

  /// Text that no spreadsheet takes for a formula (OWASP, "CSV injection"): an apostrophe stands before what would begin one.
  private func withoutFormula(_ text: String) -> String {
    let text = isForTerminal ? harmlessButLines(text) : text
    return switch text.utf8.first {
    case UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "@"), UInt8(ascii: "\t"), UInt8(ascii: "\r"):
      "'" + text
    default: text
    }
  }

  private func appendRecord(_ fields: [String], to bytes: inout [UInt8]) {
    for (index, field) in fields.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      // A lone empty field is quoted, since readers skip empty lines.
      if field.utf8.contains(where: needsQuotes) || (field.isEmpty && fields.count == 1) {
        bytes.append(UInt8(ascii: "\""))
        for byte in field.utf8 {
          if byte == UInt8(ascii: "\"") { bytes.append(byte) }
          bytes.append(byte)
        }
        bytes.append(UInt8(ascii: "\""))
      } else {
        bytes += field.utf8
      }
    }
    bytes += "\r\n".utf8
  }

  private func needsQuotes(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\r") || byte == UInt8(ascii: "\n")
  }
}
