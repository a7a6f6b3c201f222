import Engine
import Reports
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#endif

@Suite struct CellGridTests {
  static let grids = [50.0, 250, 1_000, 25_000, 500_000].map(CellGrid.init)

  /// A cell's neighbours, worked out in turns instead of column arithmetic.
  static func touches(_ grid: CellGrid, _ a: CellID, _ b: CellID) -> Bool {
    let isPolar = a.row == b.row && (a.row == 0 || a.row == grid.rowCount - 1)
    if isPolar { return a != b }
    guard abs(Int(a.row) - Int(b.row)) <= 1, a != b else { return false }
    let (n, m) = (Double(grid.columnCount(row: a.row)), Double(grid.columnCount(row: b.row)))
    return [-1.0, 0, 1].contains { turn in
      let distance = abs((Double(a.column) + 0.5) / n + turn - (Double(b.column) + 0.5) / m)
      return distance < 0.75 * (1 / n + 1 / m) - 1e-12
    }
  }

  static func neighbors(_ grid: CellGrid, _ cell: CellID) -> [CellID] {
    var neighbors: [CellID] = []
    grid.appendNeighbors(of: cell, to: &neighbors)
    return neighbors
  }

  @Test(arguments: 0..<32 as Range<UInt64>)
  func neighborsAreDistinctSymmetricAndComplete(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    for grid in Self.grids {
      let anyRow = UInt32.random(in: 0..<grid.rowCount, using: &generator)
      for row in [0, 1, 2, grid.rowCount / 2, grid.rowCount - 2, grid.rowCount - 1, anyRow] where row < grid.rowCount {
        let columns = grid.columnCount(row: row)
        for column in [0, columns - 1, UInt32.random(in: 0..<columns, using: &generator)] {
          let cell = CellID(row: row, column: column)
          let neighbors = Self.neighbors(grid, cell)
          #expect(Set(neighbors).count == neighbors.count && !neighbors.contains(cell), "\(grid.cellMeters) m \(cell)")
          for neighbor in neighbors {
            #expect(Self.neighbors(grid, neighbor).contains(cell), "\(grid.cellMeters) m \(cell) \(neighbor) seed \(seed)")
          }
          for other in (row == 0 ? 0 : row - 1)...min(row + 1, grid.rowCount - 1) where grid.columnCount(row: other) < 4_000 {
            for column in 0..<grid.columnCount(row: other) {
              let candidate = CellID(row: other, column: column)
              #expect(neighbors.contains(candidate) == Self.touches(grid, cell, candidate), "\(cell) \(candidate)")
            }
          }
        }
      }
    }
  }

  @Test(arguments: 0..<32 as Range<UInt64>)
  func placesLieInTheirCells(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    for grid in Self.grids {
      for _ in 0..<200 {
        let place = Coordinate(
          latitudeE7: .random(in: -900_000_000...900_000_000, using: &generator),
          longitudeE7: .random(in: -1_800_000_000..<1_800_000_000, using: &generator))
        let box = grid.boundingBox(of: grid.cell(of: place))
        #expect(box.southE7 <= place.latitudeE7 && place.latitudeE7 <= box.northE7 + 1, "\(place) \(box)")
        #expect(box.westE7 <= place.longitudeE7 && place.longitudeE7 <= box.eastE7 + 1, "\(place) \(box)")
      }
    }
  }

  /// Two places nearer than half a cell are in the same cell or in cells that touch, anywhere on Earth.
  @Test(arguments: 0..<32 as Range<UInt64>)
  func nearPlacesTouch(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let grid = CellGrid(cellMeters: 1_000)
    for _ in 0..<500 {
      let latitude = [Double.random(in: -90...90, using: &generator), 89.999, -89.9995, 0].randomElement(using: &generator) ?? 0
      let longitude = [Double.random(in: -180...180, using: &generator), 180, -180].randomElement(using: &generator) ?? 0
      let bearing = Double.random(in: 0..<2 * .pi, using: &generator)
      let angle = Double.random(in: 0...480, using: &generator) / CellGrid.earthRadiusMeters
      let (phi, lambda) = (latitude * .pi / 180, longitude * .pi / 180)
      let phi2 = asin(max(-1, min(1, sin(phi) * cos(angle) + cos(phi) * sin(angle) * cos(bearing))))
      let lambda2 = lambda + atan2(sin(bearing) * sin(angle) * cos(phi), cos(angle) - sin(phi) * sin(phi2))
      let degrees = remainder(lambda2 * 180 / .pi, 360)
      guard let a = Coordinate(latitude: latitude, longitude: longitude),
        let b = Coordinate(latitude: phi2 * 180 / .pi, longitude: max(-180, min(180, degrees)))
      else { continue }
      let (first, second) = (grid.cell(of: a), grid.cell(of: b))
      #expect(first == second || Self.neighbors(grid, first).contains(second), "\(a) \(b) seed \(seed)")
    }
  }

  @Test func cellsAreOfEqualSize() {
    let grid = CellGrid(cellMeters: 1_000)
    #expect(grid.rowCount == 20_015)
    for row in stride(from: 200, to: grid.rowCount - 200, by: 97) {
      let latitude = (Double(row) + 0.5) / Double(grid.rowCount) * .pi - .pi / 2
      let width = 2 * .pi * CellGrid.earthRadiusMeters * cos(latitude) / Double(grid.columnCount(row: row))
      #expect(abs(width - 1_000) < 1_000 * 0.01, "row \(row): \(width) m")
    }
  }

  @Test func theAntimeridianIsOneMeridian() {
    let grid = CellGrid(cellMeters: 1_000)
    #expect(
      grid.cell(of: Coordinate(latitudeE7: 1, longitudeE7: 1_800_000_000))
        == grid.cell(of: Coordinate(latitudeE7: 1, longitudeE7: -1_800_000_000)))
    let east = grid.cell(of: Coordinate(latitudeE7: 1, longitudeE7: 1_799_999_999))
    let west = grid.cell(of: Coordinate(latitudeE7: 1, longitudeE7: -1_800_000_000))
    #expect(Self.neighbors(grid, east).contains(west))
    #expect(east.column == grid.columnCount(row: east.row) - 1 && west.column == 0)
  }
}
