import Reports

/// The windows of one level and keyword that hold a changed cell, and the blocks that they are made of: each once, side by side, so
/// that what is asked of all is asked in one pass.
struct LevelScan {
  /// The windows, or the cells themselves, that are worth a test; indices of `windows` or of `cellBlocks`.
  private(set) var chosen: [Int] = []
  private var areCells = false

  /// What is known of a block.
  private struct Block {
    var series: UInt32
    /// Whether its Y are asked for, and added up; whether it has a count in an older bin.
    var isWanted = false
    var isObserved = false
    var hasOlder = false
    var past = 0.0
    /// No Y is above it.
    var young = 0.0
  }

  private var cache: WindowCache
  private var windows = KeySet()
  private var keys = KeySet()
  /// The blocks of each window: at most four, and how many.
  private var blocksOfWindow: [Int32] = []
  private var blockCounts: [UInt8] = []
  /// The blocks that are the changed cells themselves, on level 0.
  private var cellBlocks: [Int32] = []
  private var blocks: [Block] = []
  /// The Y of each block by duration.
  private var sums: [Double] = []
  private var durationCount = 0
  /// What the young counts of all blocks add up to.
  private(set) var young = 0.0

  init(_ geometry: borrowing WindowGeometry) { cache = WindowCache(geometry) }

  /// Collects the windows around changed cells, and their blocks.
  ///
  /// - Returns: Whether they surround the cells far enough for `WindowGeometry.surroundedLevels`.
  mutating func gather(
    _ cells: [CellID], _ middles: [Coordinate], level: Int, _ geometry: borrowing WindowGeometry
  ) -> Bool {
    cellBlocks.removeAll(keepingCapacity: true)
    blocksOfWindow.removeAll(keepingCapacity: true)
    blockCounts.removeAll(keepingCapacity: true)
    let first = geometry.key(level: level, of: cells[0], middles[0])
    if cells.count == 1, let surrounds = cache.load(first, &windows, &keys, &blocksOfWindow, &blockCounts) {
      if level == 0 { cellBlocks.append(0) }
      return surrounds
    }
    windows.removeAll()
    keys.removeAll()
    var last = WindowGeometry.Key.wholeArea
    var surrounds = true
    for index in cells.indices {
      let block = index == 0 ? first : geometry.key(level: level, of: cells[index], middles[index])
      if level == 0 { cellBlocks.append(Int32(keys.insert(block))) }
      guard block != last else { continue }
      last = block
      surrounds = surrounds && geometry.surrounds(level: level, block: block.cell)
      cache.insertWindows(of: block, geometry, into: &windows)
    }
    for window in windows.keys {
      let (first, count) = cache.locate(window: window, geometry)
      for place in 0..<4 {
        blocksOfWindow.append(place < count ? Int32(keys.insert(cache.block(at: first + place))) : -1)
      }
      blockCounts.append(UInt8(count))
    }
    if cells.count == 1 { cache.store(first, surrounds, windows.keys, keys.keys, blocksOfWindow, blockCounts) }
    return surrounds
  }

  /// Looks up what the blocks hold.
  mutating func look(_ keyword: UInt32, _ table: borrowing SeriesTable, _ absorbedBin: Int32, _ decay: borrowing Decay) {
    blocks.removeAll(keepingCapacity: true)
    young = 0
    for key in keys.keys {
      var block = Block(series: table.find(keyword, key))
      if block.series != Series.none {
        let one = table[block.series]
        block.past = Double(one.weight) * decay.weight(Int(absorbedBin) - Int(one.weightBin))
        block.young = Double(one.youngCount)
        young += block.young
      }
      blocks.append(block)
    }
  }

  /// Chooses the windows whose past and young counts `mayExceed` does not let go.
  @inline(__always)
  mutating func chooseWindows(_ mayExceed: (Double, Double) -> Bool) {
    areCells = false
    chosen.removeAll(keepingCapacity: true)
    for window in 0..<windows.count {
      let (first, count) = (window * 4, Int(blockCounts[window]))
      var (past, young) = (0.0, 0.0)
      for place in first..<first + count {
        past += blocks[Int(blocksOfWindow[place])].past
        young += blocks[Int(blocksOfWindow[place])].young
      }
      guard mayExceed(past, young) else { continue }
      chosen.append(window)
      for place in first..<first + count { blocks[Int(blocksOfWindow[place])].isWanted = true }
    }
  }

  /// Chooses among the changed cells themselves.
  @inline(__always)
  mutating func chooseCells(_ mayExceed: (Double, Double) -> Bool) {
    areCells = true
    chosen.removeAll(keepingCapacity: true)
    for cell in cellBlocks.indices {
      let block = Int(cellBlocks[cell])
      guard mayExceed(blocks[block].past, blocks[block].young) else { continue }
      chosen.append(cell)
      blocks[block].isWanted = true
    }
  }

  /// Adds up the Y of the blocks that are asked for.
  mutating func observe(_ table: borrowing SeriesTable, _ bands: RingBands) {
    guard !chosen.isEmpty else { return }
    durationCount = bands.durationCount
    while sums.count < blocks.count * durationCount { sums.append(0) }
    for index in blocks.indices where blocks[index].isWanted && !blocks[index].isObserved {
      blocks[index].isObserved = true
      blocks[index].hasOlder = table.addUp(blocks[index].series, bands, into: &sums, at: index * durationCount)
    }
  }

  /// The past of a chosen window, its Y by duration, and whether it has a count in an older bin.
  @inline(__always)
  func sum(ofChosen index: Int, into observed: inout [Double]) -> (past: Double, hasOlder: Bool) {
    for duration in 0..<durationCount { observed[duration] = 0 }
    var (past, isOlder) = (0.0, false)
    forEachIndex(ofChosen: index) { block in
      past += blocks[block].past
      if blocks[block].hasOlder { isOlder = true }
      for duration in 0..<durationCount { observed[duration] += sums[block * durationCount + duration] }
    }
    return (past, isOlder)
  }

  @inline(__always)
  private func forEachIndex(ofChosen index: Int, _ body: (Int) -> Void) {
    let number = chosen[index]
    if areCells { return body(Int(cellBlocks[number])) }
    for place in number * 4..<number * 4 + Int(blockCounts[number]) { body(Int(blocksOfWindow[place])) }
  }

  /// Calls `body` with the blocks of a chosen window.
  func forEachBlock(ofChosen index: Int, _ body: (WindowGeometry.Key) -> Void) {
    forEachIndex(ofChosen: index) { body(keys.keys[$0]) }
  }

  func key(ofChosen index: Int) -> WindowGeometry.Key {
    areCells ? keys.keys[Int(cellBlocks[chosen[index]])] : windows.keys[chosen[index]]
  }
}
