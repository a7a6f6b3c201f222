import Reports
import SQLite

/// Builds a layer's R*Tree whole, from below, instead of box by box: boxes in the order of a Hilbert curve fill node after node
/// (Kamel & Faloutsos, "Hilbert R-tree", VLDB 1994), which takes a quarter of the time and leaves the nodes full.
///
/// Boxes wait in a temporary table, so that memory does not grow with their number; above it only one node a level is held.
struct SpatialIndex: ~Copyable {
  /// What SQLite puts into a node of two dimensions: 8 bytes of id, four numbers of 4 bytes.
  private static let cellByteCount = 24

  private let note: Statement
  private var cell = [UInt8]()

  /// Makes room for the boxes of one layer.
  init(on connection: borrowing Connection) throws(SQLiteError) {
    try connection.execute("CREATE TEMP TABLE entry (place INTEGER NOT NULL, cell BLOB NOT NULL)")
    note = try connection.prepare("INSERT INTO temp.entry VALUES (?1, ?2)")
    cell.reserveCapacity(Self.cellByteCount)
  }

  /// Takes note of a feature's box.
  mutating func add(_ identifier: Int64, _ extent: BoundingBox) throws(SQLiteError) {
    let box = IndexBox(extent)
    cell.removeAll(keepingCapacity: true)
    box.appendCell(UInt64(bitPattern: identifier), to: &cell)
    let middle = Coordinate(
      latitudeE7: Int32((Int64(extent.southE7) + Int64(extent.northE7)) / 2),
      longitudeE7: Int32((Int64(extent.westE7) + Int64(extent.eastE7)) / 2))
    try note.bind(HilbertCurve.position(of: middle), at: 1)
    try note.bind(blob: cell, at: 2)
    try note.run()
  }

  /// Fills an empty R*Tree table with every box.
  ///
  /// - Parameter check: called now and then; what it throws ends the work.
  consuming func fill(_ table: String, on connection: borrowing Connection, check: () throws -> Void) throws {
    // An empty tree is one root node, as long as all its nodes will be.
    let nodeByteCount = try connection.integer("SELECT length(data) FROM \"\(table)_node\" WHERE nodeno = 1") ?? 0
    var writer = try NodeWriter(
      table: table, capacity: (Int(nodeByteCount) - IndexNode.headByteCount) / Self.cellByteCount,
      nodeByteCount: Int(nodeByteCount), on: connection)
    let select = try connection.prepare("SELECT cell FROM temp.entry ORDER BY place")
    var count = 0
    while try select.step() {
      if count % 4_096 == 0 { try check() }
      count += 1
      if let cell = select.bytes(0) { try writer.add(leaf: cell) }
    }
    try writer.finish()
    select.reset()
    note.reset()
  }

  /// Takes the room away again; after the statements are gone.
  static func clear(on connection: borrowing Connection) throws(SQLiteError) {
    try connection.execute("DROP TABLE temp.entry")
  }
}
