/// What `WindowGeometry` works out by dividing, kept for the blocks and windows that were asked for lately.
struct WindowCache: Sendable {
  private static let rowCount = 4_096
  /// Windows of a block where columns line up or nearly so; blocks nearer to the poles are worked out each time.
  private static let windowLimit = 6

  private struct Row {
    var key = WindowGeometry.Key.wholeArea
    var count = 0
  }

  private var cells: [CellID]
  private var blockKeys: [WindowGeometry.Key]
  private let levelLimit: Int
  private var blockRows: [Row]
  private var windows: [WindowGeometry.Key]
  private var windowRows: [Row]
  private var blocks: [WindowGeometry.Key]

  init(_ geometry: borrowing WindowGeometry) {
    levelLimit = geometry.grids.count
    cells = Array(repeating: .nowhere, count: Self.rowCount)
    blockKeys = Array(repeating: .wholeArea, count: Self.rowCount * levelLimit)
    blockRows = Array(repeating: Row(), count: Self.rowCount)
    windows = Array(repeating: .wholeArea, count: Self.rowCount * Self.windowLimit)
    windowRows = Array(repeating: Row(), count: Self.rowCount)
    blocks = Array(repeating: .wholeArea, count: Self.rowCount * 4)
  }

  @inline(__always)
  private static func row(_ value: UInt64) -> Int { Int(truncatingIfNeeded: (value &* 0x9e37_79b9_7f4a_7c15) >> 52) }

  /// Where `key(level:at:)` finds the blocks that hold a cell's middle.
  @inline(__always)
  mutating func locate(_ cell: CellID, _ geometry: borrowing WindowGeometry) -> Int {
    let row = Self.row(cell.rawValue)
    if cells[row] != cell { fill(cell, row, geometry) }
    return row * levelLimit
  }

  private mutating func fill(_ cell: CellID, _ row: Int, _ geometry: borrowing WindowGeometry) {
    cells[row] = cell
    let middle = geometry.grids[0].center(of: cell)
    for level in 0..<levelLimit {
      blockKeys[row * levelLimit + level] = WindowGeometry.Key(
        level: level, cell: level == 0 ? cell : geometry.block(level: level, of: middle))
    }
  }

  @inline(__always)
  func key(level: Int, at position: Int) -> WindowGeometry.Key { blockKeys[position + level] }

  /// Appends the windows that hold a block.
  @inline(__always)
  mutating func appendWindows(
    of block: WindowGeometry.Key, _ geometry: borrowing WindowGeometry, to list: inout [WindowGeometry.Key]
  ) {
    let row = Self.row(block.rawValue)
    if blockRows[row].key != block, !fill(windowsOf: block, row, geometry) {
      geometry.forEachWindow(level: block.level, block: block.cell) {
        list.append(WindowGeometry.Key(level: block.level, cell: $0))
      }
      return
    }
    for index in 0..<blockRows[row].count { list.append(windows[row * Self.windowLimit + index]) }
  }

  private mutating func fill(windowsOf block: WindowGeometry.Key, _ row: Int, _ geometry: borrowing WindowGeometry) -> Bool {
    var found: [WindowGeometry.Key] = []
    geometry.forEachWindow(level: block.level, block: block.cell) {
      found.append(WindowGeometry.Key(level: block.level, cell: $0))
    }
    guard found.count <= Self.windowLimit else { return false }
    blockRows[row] = Row(key: block, count: found.count)
    for (index, window) in found.enumerated() { windows[row * Self.windowLimit + index] = window }
    return true
  }

  /// Where `block(_:at:)` finds the blocks of a window, and how many they are.
  @inline(__always)
  mutating func locate(window: WindowGeometry.Key, _ geometry: borrowing WindowGeometry) -> (first: Int, count: Int) {
    let row = Self.row(window.rawValue)
    if windowRows[row].key != window { fill(blocksOf: window, row, geometry) }
    return (row * 4, windowRows[row].count)
  }

  private mutating func fill(blocksOf window: WindowGeometry.Key, _ row: Int, _ geometry: borrowing WindowGeometry) {
    var count = 0
    geometry.forEachBlock(level: window.level, window: window.cell) {
      blocks[row * 4 + count] = WindowGeometry.Key(level: window.level, cell: $0)
      count += 1
    }
    windowRows[row] = Row(key: window, count: count)
  }

  @inline(__always)
  func block(at position: Int) -> WindowGeometry.Key { blocks[position] }
}
