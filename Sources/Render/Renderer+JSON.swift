import JSON
import Reports

extension Renderer {
  /// An array with an object a line.
  func renderJSON(_ table: Table) -> [UInt8] {
    renderList(table.rows, opening: "[", closing: "]\n") { writer, row in
      writer.object(zip(table.columns, row))
    }
  }

  /// An object a line.
  func renderNDJSON(_ table: Table) -> [UInt8] {
    var writer = JSONWriter()
    for row in table.rows {
      writer.object(zip(table.columns, row))
      writer.endLine()
    }
    return Self.escapingBidirectionalControls(writer.bytes)
  }

  /// A collection with a feature a line (RFC 7946 §3.2, §3.3): `id` and `bbox` where they are known, all columns that are
  /// not `id`, `bbox` or geometry as `properties`.
  func renderGeoJSON(_ table: Table) -> [UInt8] {
    let special = [table.idColumn, table.boxColumn, table.placeColumn]
    let indices = special.map { name in table.columns.firstIndex { $0.name == name } }
    let properties = table.columns.indices.filter { !indices.contains($0) }
    return renderList(table.rows, opening: "{\"type\":\"FeatureCollection\",\"features\":[", closing: "]}\n") { writer, row in
      writer.beginObject()
      writer.member("type", "Feature")
      for (name, index) in zip(["id", "bbox"], indices) {
        guard let index, row[index] != .missing else { continue }
        writer.key(name)
        writer.value(row[index])
      }
      writer.key("geometry")
      writer.value(indices[2].map { row[$0] } ?? .missing)
      writer.key("properties")
      writer.object(properties.map { (table.columns[$0], row[$0]) })
      writer.endObject()
    }
  }

  /// One value a line between two brackets.
  private func renderList(
    _ rows: [[Cell]], opening: String, closing: String, write: (inout JSONWriter, [Cell]) -> Void
  ) -> [UInt8] {
    var bytes = Array(opening.utf8)
    var writer = JSONWriter()
    for (index, row) in rows.enumerated() {
      bytes += index == 0 ? "\n".utf8 : ",\n".utf8
      writer.removeAll()
      write(&writer, row)
      bytes += writer.bytes
    }
    if !rows.isEmpty { bytes += "\n".utf8 }
    bytes += closing.utf8
    return Self.escapingBidirectionalControls(bytes)
  }

  /// JSON whose bidirectional controls are escapes such as `\u202e`. They occur only in strings, so the bytes need no parsing.
  package static func escapingBidirectionalControls(_ json: [UInt8]) -> [UInt8] {
    // Nearly always there is none: look for their lead bytes first.
    guard json.contains(where: { $0 == 0xd8 || $0 == 0xe2 }) else { return json }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(json.count)
    // The writer repairs what is no UTF-8, so that decoding changes nothing.
    for scalar in String(decoding: json, as: UTF8.self).unicodeScalars {
      if isBidirectionalControl(scalar) {
        let digits = String(scalar.value, radix: 16)
        bytes += "\\u".utf8
        bytes += String(repeating: "0", count: 4 - digits.utf8.count).utf8
        bytes += digits.utf8
      } else {
        bytes += scalar.utf8
      }
    }
    return bytes
  }
}

extension JSONWriter {
  fileprivate mutating func object(_ members: some Sequence<(Column, Cell)>) {
    beginObject()
    for (column, cell) in members {
      key(column.name)
      value(cell)
    }
    endObject()
  }

  /// A place is a GeoJSON Point, a box `[west,south,east,north]`, both in degrees.
  fileprivate mutating func value(_ cell: Cell) {
    switch cell {
    case .text(let text): value(text)
    case .words(let words):
      beginArray()
      for word in words { value(word) }
      endArray()
    case .integer(let integer): value(integer)
    case .number(let number), .estimate(let number): value(number)
    case .interval(let days): value(min(days, Cell.longestIntervalDays))
    case .flag(let flag): value(flag)
    case .time(let time): value(time.description)
    case .place(let place):
      beginObject()
      member("type", "Point")
      key("coordinates")
      degrees([place.longitudeE7, place.latitudeE7])
      endObject()
    case .box(let box): degrees([box.westE7, box.southE7, box.eastE7, box.northE7])
    case .missing: null()
    }
  }

  private mutating func degrees(_ values: [Int32]) {
    beginArray()
    for value in values {
      let text = exactDegrees(value)
      raw(text.utf8.span)
    }
    endArray()
  }
}
