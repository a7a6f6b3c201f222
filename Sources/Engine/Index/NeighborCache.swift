/// The neighbours that `CellGrid` works out by dividing, kept for the cells that were asked for lately.
struct NeighborCache: Sendable {
  private static let rowCount = 4_096
  /// Neighbours of a cell where columns line up or nearly so; those of others are worked out each time.
  private static let limit = 10

  private var cells = Array(repeating: CellID.nowhere, count: rowCount)
  private var counts = Array(repeating: UInt8(0), count: rowCount)
  private var neighbors = Array(repeating: CellID.nowhere, count: rowCount * limit)

  @inline(__always)
  private static func row(_ cell: CellID) -> Int { Int(truncatingIfNeeded: (cell.rawValue &* 0x9e37_79b9_7f4a_7c15) >> 52) }

  /// Appends the neighbours of a cell, as the grid does.
  @inline(__always)
  mutating func append(of cell: CellID, _ grid: borrowing CellGrid, to list: inout [CellID]) {
    let row = Self.row(cell)
    if cells[row] == cell {
      for index in row * Self.limit..<row * Self.limit + Int(counts[row]) { list.append(neighbors[index]) }
      return
    }
    let start = list.count
    grid.appendNeighbors(of: cell, to: &list)
    guard list.count - start <= Self.limit else { return }
    for index in start..<list.count { neighbors[row * Self.limit + index - start] = list[index] }
    (cells[row], counts[row]) = (cell, UInt8(list.count - start))
  }
}
