/// What `WindowGeometry` works out by dividing, kept for the blocks and windows that were asked for lately.
struct WindowCache: Sendable {
  private static let rowCount = 8_192
  /// Windows of a block where columns line up or nearly so; blocks nearer to the poles are worked out each time.
  private static let windowLimit = 6

  private struct Row {
    var key = WindowGeometry.Key.wholeArea
    var count = 0
  }

  /// What `LevelScan` gathers around one block: at most so many blocks, and for each window four places among them.
  private static let surroundingLimit = 16
  private struct Surroundings {
    var key = WindowGeometry.Key.wholeArea
    var windowCount: Int32 = 0
    var blockCount: Int32 = 0
    var surrounds = false
  }

  private var surroundings = Array(repeating: Surroundings(), count: rowCount)
  private var surroundingWindows = Array(repeating: WindowGeometry.Key.wholeArea, count: rowCount * windowLimit)
  private var surroundingBlocks = Array(repeating: WindowGeometry.Key.wholeArea, count: rowCount * surroundingLimit)
  private var surroundingPlaces = Array(repeating: Int8(-1), count: rowCount * windowLimit * 4)

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

  /// Gives what was stored of a block; nil where it is not there.
  @inline(__always)
  mutating func load(
    _ block: WindowGeometry.Key, _ windows: inout KeySet, _ blocks: inout KeySet, _ places: inout [Int32], _ counts: inout [UInt8]
  ) -> Bool? {
    let row = Self.row(block.rawValue)
    let known = surroundings[row]
    guard known.key == block else { return nil }
    windows.load(surroundingWindows[row * Self.windowLimit..<row * Self.windowLimit + Int(known.windowCount)])
    blocks.load(surroundingBlocks[row * Self.surroundingLimit..<row * Self.surroundingLimit + Int(known.blockCount)])
    for window in 0..<Int(known.windowCount) {
      var count: UInt8 = 0
      for place in 0..<4 {
        let block = Int32(surroundingPlaces[(row * Self.windowLimit + window) * 4 + place])
        places.append(block)
        if block >= 0 { count += 1 }
      }
      counts.append(count)
    }
    return known.surrounds
  }

  /// Keeps what was gathered around a block, where there is room for it.
  mutating func store(
    _ block: WindowGeometry.Key, _ surrounds: Bool, _ windows: [WindowGeometry.Key], _ blocks: [WindowGeometry.Key],
    _ places: [Int32], _ counts: [UInt8]
  ) {
    guard windows.count <= Self.windowLimit, blocks.count <= Self.surroundingLimit else { return }
    let row = Self.row(block.rawValue)
    surroundings[row] = Surroundings(
      key: block, windowCount: Int32(windows.count), blockCount: Int32(blocks.count), surrounds: surrounds)
    for (index, window) in windows.enumerated() { surroundingWindows[row * Self.windowLimit + index] = window }
    for (index, block) in blocks.enumerated() { surroundingBlocks[row * Self.surroundingLimit + index] = block }
    for (index, place) in places.enumerated() { surroundingPlaces[row * Self.windowLimit * 4 + index] = Int8(place) }
  }

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
