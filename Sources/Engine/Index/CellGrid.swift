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

  /// Appends the cells that touch `cell`, by an edge or a corner, without itself: eight where columns line up.
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

  /// The columns c′ of another row whose closed interval [c′/n′, (c′+1)/n′] meets [c/n, (c+1)/n] on the circle.
  private func appendContacts(of cell: CellID, columns: UInt32, row: UInt32, to neighbors: inout [CellID]) {
    let own = Int64(columns)
    let other = Int64(columnCounts[Int(row)])
    let column = Int64(cell.column)
    // c′ + 1 ≥ c·n′/n and c′ ≤ (c + 1)·n′/n; the first is rounded up, the second down.
    let first = (column * other + own - 1) / own - 1
    let last = min((column + 1) * other / own, first + other - 1)
    for contact in first...last { neighbors.append(CellID(row: row, column: UInt32((contact + other) % other))) }
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
}
