/// What `WindowGeometry` works out by dividing, kept for the blocks and windows that were asked for lately.
struct WindowCache: Sendable {
  private static let rowCount = 8_192
  /// Windows of a block where columns line up or nearly so; blocks nearer to the poles are worked out each time.
  private static let windowLimit = 6

  private struct Row {
    var key = WindowGeometry.Key.wholeArea
    var count = 0
  }

  private var blockRows: [Row]
  private var windows: [WindowGeometry.Key]
  private var windowRows: [Row]
  private var blocks: [WindowGeometry.Key]

  init(_ geometry: borrowing WindowGeometry) {
    blockRows = Array(repeating: Row(), count: Self.rowCount)
    windows = Array(repeating: .wholeArea, count: Self.rowCount * Self.windowLimit)
    windowRows = Array(repeating: Row(), count: Self.rowCount)
    blocks = Array(repeating: .wholeArea, count: Self.rowCount * 4)
  }

  @inline(__always)
  private static func row(_ value: UInt64) -> Int { Int(truncatingIfNeeded: (value &* 0x9e37_79b9_7f4a_7c15) >> 51) }

  /// Adds the windows that hold a block to a set.
  @inline(__always)
  mutating func insertWindows(of block: WindowGeometry.Key, _ geometry: borrowing WindowGeometry, into set: inout KeySet) {
    let row = Self.row(block.rawValue)
    if blockRows[row].key != block, !fill(windowsOf: block, row, geometry) {
      geometry.forEachWindow(level: block.level, block: block.cell) {
        _ = set.insert(WindowGeometry.Key(level: block.level, cell: $0))
      }
      return
    }
    for index in 0..<blockRows[row].count { _ = set.insert(windows[row * Self.windowLimit + index]) }
  }

  private mutating func fill(windowsOf block: WindowGeometry.Key, _ row: Int, _ geometry: borrowing WindowGeometry) -> Bool {
    var count = 0
    blockRows[row].key = .wholeArea
    geometry.forEachWindow(level: block.level, block: block.cell) {
      if count < Self.windowLimit {
        windows[row * Self.windowLimit + count] = WindowGeometry.Key(level: block.level, cell: $0)
      }
      count += 1
    }
    guard count <= Self.windowLimit else { return false }
    blockRows[row] = Row(key: block, count: count)
    return true
  }

  /// Where `block(at:)` finds the blocks of a window, and how many they are.
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
