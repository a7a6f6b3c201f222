import Engine
package import Reports

/// The study's square of cells, laid onto the engine's grid: every report stands in the middle of its cell.
package struct StudyGrid: Sendable {
  /// Rows and columns.
  package let side: Int
  /// Row by row from the south, each from the west.
  package let places: [Coordinate]

  /// `side` × `side` cells of one kilometre in the north-east of America.
  package init(side: Int) {
    self.side = side
    let grid = CellGrid(cellMeters: 1_000)
    let corner = grid.cell(of: Coordinate(latitudeE7: 423_000_000, longitudeE7: -711_000_000))
    let west = grid.center(of: corner).longitudeE7
    places = (0..<side).flatMap { row in
      // Rows hold different numbers of cells: each starts at the cell on the corner's meridian.
      let south = grid.center(of: CellID(row: corner.row + UInt32(row), column: corner.column)).latitudeE7
      let first = grid.cell(of: Coordinate(latitudeE7: south, longitudeE7: west))
      return (0..<side).map { grid.center(of: CellID(row: first.row, column: first.column + UInt32($0))) }
    }
  }
}
