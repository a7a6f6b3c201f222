import Reports
import TestSupport
import Testing

@testable import Engine

/// Windows cover the sphere, each block lies in a few of them, and both ways of asking agree, at the poles and the antimeridian too.
@Suite struct WindowGeometryTests {
  private static func cells(_ grid: CellGrid, _ generator: inout SeededGenerator) -> [CellID] {
    let rows = [
      0, 1, 2, grid.rowCount / 2, grid.rowCount - 2, grid.rowCount - 1, .random(in: 0..<grid.rowCount, using: &generator),
    ]
    return Set(rows.filter { $0 < grid.rowCount }).sorted().flatMap { row in
      let columns = grid.columnCount(row: row)
      return Set([0, columns / 2, columns - 1, .random(in: 0..<columns, using: &generator)]).sorted().map {
        CellID(row: row, column: $0)
      }
    }
  }

  @Test(arguments: 0..<3 as Range<UInt64>)
  func windowsAndBlocksAgree(seed: UInt64) {
    var generator = SeededGenerator(seed: seed &+ 60_000)
    for cellMeters in [250.0, 1_000, 25_000, 500_000] {
      let geometry = WindowGeometry(cellMeters: cellMeters)
      #expect(geometry.grids.count <= WindowGeometry.levelLimit)
      for level in geometry.grids.indices {
        let grid = geometry.grids[level]
        #expect(grid.cellMeters == cellMeters * Double(1 << level))
        #expect(geometry.windowSideMeters(level: level) == 2 * grid.cellMeters)
        for block in Self.cells(grid, &generator) {
          var windows: [CellID] = []
          geometry.forEachWindow(level: level, block: block) { windows.append($0) }
          let isPolar = block.row <= 1 || block.row + 2 >= grid.rowCount
          #expect(Set(windows).count == windows.count, "seed \(seed) level \(level) \(block): \(windows)")
          #expect((isPolar ? 1...8 : 2...6).contains(windows.count), "seed \(seed) level \(level) \(block): \(windows.count)")
          for window in windows {
            var blocks: [CellID] = []
            geometry.forEachBlock(level: level, window: window) { blocks.append($0) }
            #expect(blocks.contains(block) && Set(blocks).count == blocks.count, "seed \(seed) level \(level) \(window)")
          }
          // The other way round: of a window's blocks, each knows the window.
          geometry.forEachBlock(level: level, window: block) { member in
            var holds = false
            geometry.forEachWindow(level: level, block: member) { if $0 == block { holds = true } }
            #expect(holds, "seed \(seed), \(cellMeters) m, level \(level): \(member) does not know \(block)")
          }
          let key = WindowGeometry.Key(level: level, cell: block)
          #expect(key.level == level && key.cell == block && key != .wholeArea)
        }
      }
    }
  }

  /// The box of a window of two rows holds the middles of the blocks in its southern row, and touches those in its northern.
  @Test(arguments: 0..<3 as Range<UInt64>)
  func boxesHoldMiddles(seed: UInt64) {
    var generator = SeededGenerator(seed: seed &+ 61_000)
    let geometry = WindowGeometry(cellMeters: 1_000)
    for level in 0..<10 {
      for window in Self.cells(geometry.grids[level], &generator) where window.row + 1 < geometry.grids[level].rowCount {
        let box = geometry.boundingBox(level: level, window: window)
        geometry.forEachBlock(level: level, window: window) { block in
          let middle = geometry.grids[level].center(of: block)
          #expect(box.southE7 <= middle.latitudeE7 && middle.latitudeE7 <= box.northE7, "seed \(seed) \(level) \(window)")
          guard block.row == window.row else { return }
          let east = (Int64(middle.longitudeE7) - Int64(box.westE7) + 3_600_000_000) % 3_600_000_000
          #expect(box.widthE7 == 0 || east <= box.widthE7, "seed \(seed) level \(level) \(window) \(block)")
        }
      }
    }
  }

  /// What `surroundedLevels` says: three levels below, and further down, whatever shares a window with a cell lies among the blocks
  /// of the windows around it.
  @Test(arguments: 0..<3 as Range<UInt64>)
  func windowsBelowLieAmongTheBlocksAround(seed: UInt64) {
    var generator = SeededGenerator(seed: seed &+ 62_000)
    var checkedCount = 0
    var outsideCount = 0
    for cellMeters in [1_000.0, 25_000] {
      let geometry = WindowGeometry(cellMeters: cellMeters)
      func block(_ level: Int, _ cell: CellID) -> CellID {
        geometry.key(level: level, of: cell, geometry.grids[0].center(of: cell)).cell
      }
      func around(_ level: Int, _ cell: CellID) -> Set<CellID> {
        var blocks: Set<CellID> = []
        geometry.forEachWindow(level: level, block: block(level, cell)) {
          geometry.forEachBlock(level: level, window: $0) { blocks.insert($0) }
        }
        return blocks
      }
      for level in WindowGeometry.surroundedLevels..<geometry.grids.count {
        for _ in 0..<40 {
          let place = Coordinate(
            latitudeE7: .random(in: -850_000_000...850_000_000, using: &generator),
            longitudeE7: .random(in: -1_800_000_000..<1_800_000_000, using: &generator))
          let cell = geometry.grids[0].cell(of: place)
          guard geometry.surrounds(level: level, block: block(level, cell)) else { continue }
          let large = around(level, cell)
          let below = Int.random(in: 0...level - WindowGeometry.surroundedLevels, using: &generator)
          let small = around(below, cell)
          let rows = 3 * Int64(1 << below)
          for _ in 0..<60 {
            let row = Int64(cell.row) + .random(in: -rows...rows, using: &generator)
            guard row >= 0, row < Int64(geometry.grids[0].rowCount) else { continue }
            let columns = Int64(geometry.grids[0].columnCount(row: UInt32(row)))
            let own = Int64(geometry.grids[0].columnCount(row: cell.row))
            let middle = Int64(cell.column) * columns / own + .random(in: -rows...rows, using: &generator)
            let other = CellID(row: UInt32(row), column: UInt32((middle % columns + columns) % columns))
            guard small.contains(block(below, other)) else { continue }
            checkedCount += 1
            #expect(
              large.contains(block(level, other)), "seed \(seed), \(cellMeters) m, level \(level) and \(below): \(cell) \(other)")
            if block(level, other) != block(level, cell) { outsideCount += 1 }
          }
        }
      }
    }
    // Not only what lies in the middle was looked at.
    #expect(checkedCount > 3_000 && outsideCount > 200, "\(checkedCount), \(outsideCount)")
  }
}
