import Render
import Reports
import SQLite

/// The table of one layer while it is filled.
struct GeoPackageLayer: ~Copyable {
  private let layer: Layer
  private let insert: Statement
  private var index: SpatialIndex?
  private var identifier: Int64 = 0
  private var extent: BoundingBox?
  private var geometry: [UInt8] = []
  private var time = DateTimeText()
}

extension GeoPackageLayer {
  init(_ layer: Layer, on connection: borrowing Connection) throws(SQLiteError) {
    try connection.execute(GeoPackageSchema.table(layer))
    let count = 1 + (layer.geometry == nil ? 0 : 1) + layer.fields.count
    let marks = (1...count).map { "?\($0)" }.joined(separator: ", ")
    let insert = try connection.prepare("INSERT INTO \(layer.name) VALUES (\(marks))")
    let index = layer.geometry == nil ? nil : try SpatialIndex(on: connection)
    self.init(layer: layer, insert: insert, index: index)
  }

  mutating func add(_ row: [Cell], _ shape: Shape?) throws(SQLiteError) {
    identifier += 1
    try insert.bind(identifier, at: 1)
    var parameter: Int32 = 2
    if layer.geometry != nil {
      if let shape {
        GeometryBlob.encode(shape, into: &geometry)
        try insert.bind(blob: geometry, at: parameter)
        let box = shape.extent
        try index?.add(identifier, box)
        extent = extent.map { $0.union(box) } ?? box
      } else {
        try insert.bindNull(at: parameter)
      }
      parameter += 1
    }
    for index in row.indices { try bind(row[index], layer.kinds[index], &parameter) }
    try insert.run()
  }

  /// Binds a cell to as many parameters as its column has.
  private mutating func bind(_ cell: Cell, _ kind: Layer.Kind, _ parameter: inout Int32) throws(SQLiteError) {
    switch cell {
    case .text(let text): try insert.bind(plainText(text), at: parameter)
    case .words(let words): try insert.bind(plainText(words.joined(separator: ", ")), at: parameter)
    case .integer(let integer): try insert.bind(Int64(clamping: integer), at: parameter)
    case .number(let number), .estimate(let number):
      if number.isFinite { try insert.bind(number, at: parameter) } else { try insert.bindNull(at: parameter) }
    case .interval(let days):
      // SQLite holds what is no number as NULL.
      try insert.bind(days.isNaN ? days : min(days, Cell.longestIntervalDays), at: parameter)
    case .flag(let flag): try insert.bind(Int64(flag ? 1 : 0), at: parameter)
    case .time(let time):
      if self.time.set(time) { try insert.bind(text: self.time.bytes, at: parameter) } else { try insert.bindNull(at: parameter) }
    case .place(let place): try bind([place.latitudeE7, place.longitudeE7], &parameter)
    case .box(let box): try bind([box.westE7, box.southE7, box.eastE7, box.northE7], &parameter)
    case .missing:
      for _ in 1..<(kind == .box ? 4 : kind == .place ? 2 : 1) {
        try insert.bindNull(at: parameter)
        parameter += 1
      }
      try insert.bindNull(at: parameter)
    }
    parameter += 1
  }

  /// Binds degrees and stays at the last of them.
  private func bind(_ valuesE7: [Int32], _ parameter: inout Int32) throws(SQLiteError) {
    for (index, value) in valuesE7.enumerated() {
      if index > 0 { parameter += 1 }
      try insert.bind(Double(value) / 1e7, at: parameter)
    }
  }

  /// Says what the table is, fills its index and sets its triggers.
  consuming func finish(_ exportedAt: Timestamp, on connection: borrowing Connection, check: () throws -> Void) throws {
    try describe(exportedAt, on: connection)
    guard layer.geometry != nil, let index = index.take() else { return }
    try connection.execute(GeoPackageSchema.index(layer))
    try index.fill(GeoPackageSchema.indexName(layer), on: connection, check: check)
    try connection.execute(GeoPackageSchema.triggers(layer))
  }

  private mutating func describe(_ exportedAt: Timestamp, on connection: borrowing Connection) throws(SQLiteError) {
    let contents = try connection.prepare("INSERT INTO gpkg_contents VALUES (?1, ?2, ?1, ?3, ?4, ?5, ?6, ?7, ?8, ?9)")
    try contents.bind(layer.name, at: 1)
    try contents.bind(layer.geometry == nil ? "attributes" : "features", at: 2)
    try contents.bind(layer.says, at: 3)
    _ = time.set(exportedAt)
    try contents.bind(text: time.bytes, at: 4)
    if let extent {
      for (index, value) in [extent.westE7, extent.southE7, extent.eastE7, extent.northE7].enumerated() {
        try contents.bind(Double(value) / 1e7, at: Int32(5 + index))
      }
    }
    if layer.geometry != nil { try contents.bind(Int64(GeometryBlob.srsID), at: 9) }
    try contents.run()
    guard let geometry = layer.geometry else { return }
    try connection.execute(
      """
      INSERT INTO gpkg_geometry_columns VALUES ('\(layer.name)', 'geom', '\(geometry.rawValue)', \(GeometryBlob.srsID), 0, 0);
      INSERT INTO gpkg_extensions VALUES
        ('\(layer.name)', 'geom', 'gpkg_rtree_index', 'http://www.geopackage.org/spec140/#extension_rtree', 'write-only')
      """)
  }
}
