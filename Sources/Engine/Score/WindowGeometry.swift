import Reports

/// The squares that are scanned: blocks of doubling side, and windows of two by two blocks that overlap by half.
///
/// Level ℓ has a grid of blocks whose side is 2^ℓ cells; a cell belongs to the block that holds its middle. The window (ℓ, row,
/// column) is the block there, its eastern neighbour, and the two blocks that lie nearest to them in the row to the north: side
/// 2^(ℓ+1) cells. Windows of one cell and the whole area make the scales complete (dyadic squares: Walther & Perry, JRSSB 2022).
/// Only blocks hold counts; a window is the sum of its four.
struct WindowGeometry: Sendable {
  /// A block or window: level in the top six bits, then row and column.
  struct Key: Hashable, Comparable, Sendable {
    var rawValue: UInt64

    init(level: Int, cell: CellID) { rawValue = UInt64(level) << 58 | UInt64(cell.row) << 29 | UInt64(cell.column) }
    init(rawValue: UInt64) { self.rawValue = rawValue }

    var level: Int { Int(rawValue >> 58) }
    var cell: CellID {
      CellID(
        row: UInt32(truncatingIfNeeded: rawValue >> 29) & 0x1fff_ffff, column: UInt32(truncatingIfNeeded: rawValue) & 0x1fff_ffff)
    }

    static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }

    /// Everything of a keyword, with a place or without.
    static let wholeArea = Key(rawValue: .max)
  }

  /// Sides may double so long as there are rows enough to overlap.
  private static let leastRowCount = 8
  static let levelLimit = 16

  /// The grids by level; the first is that of the cells.
  let grids: [CellGrid]

  init(cellMeters: Double) {
    var grids = [CellGrid(cellMeters: cellMeters)]
    while grids.count < Self.levelLimit {
      let side = cellMeters * Double(1 << grids.count)
      guard Double.pi * CellGrid.earthRadiusMeters / side >= Double(Self.leastRowCount) else { break }
      grids.append(CellGrid(side: side))
    }
    self.grids = grids
  }

  /// The block of a level that holds a cell's middle.
  func block(level: Int, of middle: Coordinate) -> CellID { grids[level].cell(of: middle) }

  /// The same of a cell whose middle is known, as a key.
  @inline(__always)
  func key(level: Int, of cell: CellID, _ middle: Coordinate) -> Key {
    Key(level: level, cell: level == 0 ? cell : block(level: level, of: middle))
  }

  /// Column in the row to the north whose western edge lies nearest to that of `column`.
  private func aligned(_ column: UInt32, _ columns: UInt32, _ northern: UInt32) -> UInt32 {
    let nearest = (2 * UInt64(column) * UInt64(northern) + UInt64(columns)) / (2 * UInt64(columns))
    return UInt32(nearest % UInt64(northern))
  }

  /// Calls `body` with the blocks of a window, each once.
  @inline(__always)
  func forEachBlock(level: Int, window: CellID, _ body: (CellID) -> Void) {
    let columns = grids[level].columnCount(row: window.row)
    body(window)
    if columns > 1 { body(CellID(row: window.row, column: (window.column + 1) % columns)) }
    let row = window.row + 1
    guard row < grids[level].rowCount else { return }
    let northern = grids[level].columnCount(row: row)
    let first = aligned(window.column, columns, northern)
    body(CellID(row: row, column: first))
    if northern > 1 { body(CellID(row: row, column: (first + 1) % northern)) }
  }

  /// Calls `body` with every window that holds a block: four where columns line up, at most six.
  @inline(__always)
  func forEachWindow(level: Int, block: CellID, _ body: (CellID) -> Void) {
    let columns = grids[level].columnCount(row: block.row)
    body(block)
    if columns > 1 { body(CellID(row: block.row, column: (block.column + columns - 1) % columns)) }
    guard block.row > 0 else { return }
    let southern = grids[level].columnCount(row: block.row - 1)
    let middle = Int64(UInt64(block.column) * UInt64(southern) / UInt64(columns))
    // Below the pole's three columns lie nine.
    let reach: Int64 = block.row + 1 == grids[level].rowCount ? 9 : 5
    for offset in 0..<min(reach, Int64(southern)) {
      let candidate = UInt32(((middle + offset - reach / 2) % Int64(southern) + Int64(southern)) % Int64(southern))
      let first = aligned(candidate, southern, columns)
      if first == block.column || (northeast(first, columns)) == block.column {
        body(CellID(row: block.row - 1, column: candidate))
      }
    }
  }

  private func northeast(_ column: UInt32, _ columns: UInt32) -> UInt32 { (column + 1) % columns }

  /// Levels below which whatever holds a cell lies among the blocks of the windows that hold it, where these `surround` it.
  ///
  /// The windows that hold a block cover at least half a block's side to all sides of it: columns of adjacent rows are aligned to
  /// half a block. A window three levels below reaches no further than 2½ of its blocks' sides from a cell in it, which are less
  /// than 0.35 of the larger blocks' sides.
  static let surroundedLevels = 3

  /// Whether columns nearly line up around a block, and it is one of many: then its windows surround it.
  func surrounds(level: Int, block: CellID) -> Bool {
    let grid = grids[level]
    guard block.row > 0, block.row + 1 < grid.rowCount else { return false }
    let own = Int64(grid.columnCount(row: block.row))
    let (south, north) = (Int64(grid.columnCount(row: block.row - 1)), Int64(grid.columnCount(row: block.row + 1)))
    return own >= 16 && abs(own - south) * 16 <= own && abs(own - north) * 16 <= own
  }

  /// The edges of a window of two by two blocks.
  func boundingBox(level: Int, window: CellID) -> BoundingBox {
    let grid = grids[level]
    let columns = grid.columnCount(row: window.row)
    let southWest = grid.boundingBox(of: window)
    let southEast = grid.boundingBox(of: CellID(row: window.row, column: (window.column + 1) % columns))
    let row = min(window.row + 1, grid.rowCount - 1)
    let north = grid.boundingBox(of: CellID(row: row, column: 0))
    return BoundingBox(westE7: southWest.westE7, southE7: southWest.southE7, eastE7: southEast.eastE7, northE7: north.northE7)
  }

  /// Side of the windows of two by two blocks of a level.
  func windowSideMeters(level: Int) -> Double { grids[level].cellMeters * 2 }
}
