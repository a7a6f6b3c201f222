/// What lies around cells, by tiles, kept for the cells that were asked for lately: `CellGrid` works neighbours out by dividing.
struct NeighborCache: Sendable {
  private static let rowCount = 4_096
  /// Tiles around a cell where columns line up or nearly so; more of them are worked out each time.
  private static let limit = 6

  private var cells = Array(repeating: CellID.nowhere, count: rowCount)
  private var counts = Array(repeating: UInt8(0), count: rowCount)
  private var patches = Array(repeating: TileMap.Patch(.nowhere), count: rowCount * limit)
  /// Kept for the room that it takes.
  private var around: [CellID] = []

  @inline(__always)
  private static func row(_ cell: CellID) -> Int { Int(truncatingIfNeeded: (cell.rawValue &* 0x9e37_79b9_7f4a_7c15) >> 52) }

  /// Puts a cell and its neighbours, as the grid says them, into a list.
  @inline(__always)
  mutating func find(around cell: CellID, _ grid: borrowing CellGrid, into list: inout [TileMap.Patch]) {
    list.removeAll(keepingCapacity: true)
    let row = Self.row(cell)
    if cells[row] == cell {
      for index in row * Self.limit..<row * Self.limit + Int(counts[row]) { list.append(patches[index]) }
    } else {
      work(around: cell, grid, into: &list)
    }
  }

  @inline(never)
  private mutating func work(around cell: CellID, _ grid: borrowing CellGrid, into list: inout [TileMap.Patch]) {
    around.removeAll(keepingCapacity: true)
    around.append(cell)
    grid.appendNeighbors(of: cell, to: &around)
    for other in around { TileMap.Patch.add(other, to: &list) }
    guard list.count <= Self.limit else { return }
    let row = Self.row(cell)
    for index in list.indices { patches[row * Self.limit + index] = list[index] }
    (cells[row], counts[row]) = (cell, UInt8(list.count))
  }
}
