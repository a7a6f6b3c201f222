package import Reports

#if canImport(Glibc)
  import Glibc
#endif

/// Cells of nearly equal size on the whole sphere: rows of one height, each cut into as many columns as fit its own circle.
///
/// A row's columns start at −180° and divide 360° evenly, so the antimeridian is an edge like any other, and the rows at the
/// poles have about three cells that all touch there. All membership and contact is integer arithmetic: no rounding decides.
package struct CellGrid: Sendable {
  /// Authalic radius of WGS 84 (Moritz, Geodetic Reference System 1980).
  package static let earthRadiusMeters = 6_371_007.2

  private static let latitudeSpanE7: UInt64 = 1_800_000_000
  private static let longitudeSpanE7: UInt64 = 3_600_000_000

  package let cellMeters: Double
  package let rowCount: UInt32
  private let columnCounts: [UInt32]

  /// A grid whose cells' sides are `cellMeters` as nearly as whole numbers of rows and columns allow.
  ///
  /// - Complexity: O(rows) once: 20,015 rows at 1 km.
  package init(cellMeters: Double) {
    precondition(Limits.cellMeters.contains(cellMeters), "the configuration checks cellMeters")
    self.init(side: cellMeters)
  }

  /// The same for the blocks of a scan, which may be larger than any cell.
  init(side cellMeters: Double) {
    self.cellMeters = cellMeters
    let rows = max(2, Int((Double.pi * Self.earthRadiusMeters / cellMeters).rounded()))
    rowCount = UInt32(rows)
    columnCounts = (0..<rows).map { row in
      let latitude = (Double(row) + 0.5) / Double(rows) * Double.pi - Double.pi / 2
      return UInt32(max(1, (2 * Double.pi * Self.earthRadiusMeters * cos(latitude) / cellMeters).rounded()))
    }
  }

  /// The number of cells in a row.
  package func columnCount(row: UInt32) -> UInt32 { columnCounts[Int(row)] }

  /// The cell that holds a place. Edges belong to the cell north and east of them, the north pole to the last row.
  package func cell(of place: Coordinate) -> CellID {
    let fromSouth = UInt64(Int64(place.latitudeE7) + 900_000_000)
    let row = min(UInt32(fromSouth * UInt64(rowCount) / Self.latitudeSpanE7), rowCount - 1)
    let fromWest = UInt64(Int64(place.longitudeE7) + 1_800_000_000) % Self.longitudeSpanE7
    return CellID(row: row, column: UInt32(fromWest * UInt64(columnCounts[Int(row)]) / Self.longitudeSpanE7))
  }

  /// Appends the neighbours of `cell`, without itself: all that touch it, eight in all but near the poles.
  ///
  /// Being neighbours is mutual, and two places nearer than half a cell lie in one cell or in neighbours, anywhere.
  package func appendNeighbors(of cell: CellID, to neighbors: inout [CellID]) {
    let row = cell.row
    let columns = columnCounts[Int(row)]
    if row == 0 || row == rowCount - 1 {
      for column in 0..<columns where column != cell.column { neighbors.append(CellID(row: row, column: column)) }
    } else if columns > 1 {
      neighbors.append(CellID(row: row, column: (cell.column + 1) % columns))
      if columns > 2 { neighbors.append(CellID(row: row, column: (cell.column + columns - 1) % columns)) }
    }
    if row > 0 { appendContacts(of: cell, columns: columns, row: row - 1, to: &neighbors) }
    if row + 1 < rowCount { appendContacts(of: cell, columns: columns, row: row + 1, to: &neighbors) }
  }

  /// The columns of an adjacent row whose centre lies less than three quarters of both widths together away: three where columns
  /// line up, and never fewer than those that touch.
  ///
  /// Contact alone would not do: where columns do not line up, two places a stone's throw apart can lie in cells that just miss
  /// each other across a corner. In turns, with n and n′ columns: |(c + ½)/n − (c′ + ½)/n′| < ¾ (1/n + 1/n′).
  private func appendContacts(of cell: CellID, columns: UInt32, row: UInt32, to neighbors: inout [CellID]) {
    let own = Int64(columns)
    let other = Int64(columnCounts[Int(row)])
    let center = 2 * (2 * Int64(cell.column) + 1) * other
    let reach = 3 * (own + other)
    let first = Self.floorDivision(center - reach - 2 * own, 4 * own) + 1
    let last = -Self.floorDivision(-(center + reach - 2 * own), 4 * own) - 1
    for column in first...min(last, first + other - 1) {
      neighbors.append(CellID(row: row, column: UInt32((column % other + other) % other)))
    }
  }

  private static func floorDivision(_ a: Int64, _ b: Int64) -> Int64 {
    let quotient = a / b
    return a % b < 0 ? quotient - 1 : quotient
  }

  /// The four edges of a cell.
  package func boundingBox(of cell: CellID) -> BoundingBox {
    let columns = UInt64(columnCounts[Int(cell.row)])
    func latitude(_ row: UInt32) -> Int32 {
      Int32(Int64(UInt64(row) * Self.latitudeSpanE7 / UInt64(rowCount)) - 900_000_000)
    }
    func longitude(_ column: UInt32) -> Int32 {
      Int32(Int64(UInt64(column) * Self.longitudeSpanE7 / columns) - 1_800_000_000)
    }
    return BoundingBox(
      westE7: longitude(cell.column), southE7: latitude(cell.row), eastE7: longitude(cell.column + 1),
      northE7: latitude(cell.row + 1))
  }

  /// The middle of a cell.
  package func center(of cell: CellID) -> Coordinate {
    let box = boundingBox(of: cell)
    return Coordinate(
      latitudeE7: Int32((Int64(box.southE7) + Int64(box.northE7)) / 2),
      longitudeE7: Int32((Int64(box.westE7) + Int64(box.eastE7)) / 2))
  }
}
