import JSON
import Render
import Reports

/// Rows as GeoJSON features, a feature a line (RFC 7946): the geometry with its box, and every field that is flat as a property.
struct FeatureLines {
  /// Whether each stands for itself (RFC 8142), rather than in a collection.
  private let isSequence: Bool
  private var shapes: [Shape?] = []
  private var isFirst = true
  /// What holds all features; nil without a place. Where one crosses the antimeridian it goes round the Earth.
  private var extent: BoundingBox?

  init(isSequence: Bool) { self.isSequence = isSequence }

  var opening: [UInt8] { Array("{\"type\":\"FeatureCollection\",\"features\":[".utf8) }

  /// The collection's box comes last, when it is known.
  var closing: [UInt8] {
    var writer = JSONWriter()
    if let extent { writer.box(extent) }
    let box = writer.bytes.isEmpty ? "" : ",\"bbox\":"
    return Array((isFirst ? "]" : "\n]").utf8) + Array(box.utf8) + writer.bytes + Array("}\n".utf8)
  }

  /// Takes the shape of the next row.
  mutating func note(_ shape: Shape?) {
    shapes.append(shape)
    if let box = shape?.extent { extent = extent.map { $0.union(box) } ?? box }
  }

  /// The rows whose shapes were noted since the last call.
  mutating func lines(_ rows: [[Cell]], of layer: Layer) -> [UInt8] {
    let properties = properties(rows, of: layer)
    let idColumn = layer.columns.firstIndex { $0.name == layer.idColumn }
    var bytes: [UInt8] = []
    var writer = JSONWriter()
    for (index, row) in rows.enumerated() {
      writer.removeAll()
      writer.beginObject()
      writer.member("type", "Feature")
      if let idColumn, case .text(let id) = row[idColumn] { writer.member("id", id) }
      let shape = shapes[index]
      if case .area = shape, let box = shape?.boundingBox {
        writer.key("bbox")
        writer.box(box)
      }
      writer.key("geometry")
      writer.geometry(shape)
      writer.key("properties")
      let object = properties[index]
      writer.raw(object.span)
      writer.endObject()
      if isSequence {
        bytes.append(0x1e)
      } else {
        bytes += isFirst ? "\n".utf8 : ",\n".utf8
      }
      isFirst = false
      bytes += writer.bytes
      if isSequence { bytes += "\n".utf8 }
    }
    shapes.removeAll(keepingCapacity: true)
    return bytes
  }

  /// An object a row, as NDJSON has it, of all fields but the id. A line break stands in no string, so the lines are the rows.
  private func properties(_ rows: [[Cell]], of layer: Layer) -> [[UInt8]] {
    let isID = layer.columns.map { $0.name == layer.idColumn }
    var table = Table(columns: layer.fields.filter { $0.name != layer.idColumn }.map { Column($0.name) })
    for row in rows {
      var cells: [Cell] = []
      for index in row.indices where !isID[index] { cells += row[index].flat(layer.kinds[index]) }
      table.append(cells)
    }
    return Renderer(format: .ndjson).render(table).split(separator: UInt8(ascii: "\n")).map { Array($0) }
  }
}

extension Cell {
  /// Places and boxes as their numbers.
  fileprivate func flat(_ kind: Layer.Kind) -> [Cell] {
    switch self {
    case .place(let place): [place.latitudeE7, place.longitudeE7].map { .number(Double($0) / 1e7) }
    case .box(let box): [box.westE7, box.southE7, box.eastE7, box.northE7].map { .number(Double($0) / 1e7) }
    case .words(let words): [.text(words.joined(separator: ", "))]
    case .missing: Array(repeating: .missing, count: kind == .box ? 4 : kind == .place ? 2 : 1)
    default: [self]
    }
  }
}

extension JSONWriter {
  fileprivate mutating func box(_ box: BoundingBox) {
    beginArray()
    for value in [box.westE7, box.southE7, box.eastE7, box.northE7] { self.value(Double(value) / 1e7) }
    endArray()
  }

  /// Rings run counterclockwise, as §3.1.6 asks.
  fileprivate mutating func geometry(_ shape: Shape?) {
    guard let shape else { return null() }
    beginObject()
    switch shape {
    case .point(let place):
      member("type", "Point")
      key("coordinates")
      position(place.longitudeE7, place.latitudeE7)
    case .area(let first, nil):
      member("type", "Polygon")
      key("coordinates")
      polygon(first)
    case .area(let first, .some(let second)):
      member("type", "MultiPolygon")
      key("coordinates")
      beginArray()
      polygon(first)
      polygon(second)
      endArray()
    }
    endObject()
  }

  private mutating func polygon(_ box: BoundingBox) {
    beginArray()
    beginArray()
    position(box.westE7, box.southE7)
    position(box.eastE7, box.southE7)
    position(box.eastE7, box.northE7)
    position(box.westE7, box.northE7)
    position(box.westE7, box.southE7)
    endArray()
    endArray()
  }

  private mutating func position(_ longitudeE7: Int32, _ latitudeE7: Int32) {
    beginArray()
    value(Double(longitudeE7) / 1e7)
    value(Double(latitudeE7) / 1e7)
    endArray()
  }
}
