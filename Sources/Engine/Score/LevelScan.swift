import Reports

/// The windows of one level and keyword that hold a changed cell, and the blocks that they are made of: each once, side by side, so
/// that what is asked of all is asked in one pass.
struct LevelScan {
  /// The windows, or the cells themselves, that are worth a test; indices of `windows` or of `cellBlocks`.
  private(set) var chosen: [Int] = []
  private var areCells = false

  private var cache: WindowCache
  private var windows = KeySet()
  private var blocks = KeySet()
  /// The blocks of each window: at most four, and how many.
  private var blocksOfWindow: [Int32] = []
  private var blockCounts: [UInt8] = []
  /// The blocks that are the changed cells themselves, on level 0.
  private var cellBlocks: [Int32] = []

  /// By block: its series; its past; what no Y is above.
  private var series: [UInt32] = []
  private var pasts: [Double] = []
  private var youngs: [Double] = []
  /// By block: whether its Y are asked for, and added up; they themselves by duration; whether it has a count in an older bin.
  private var isWanted: [Bool] = []
  private var isObserved: [Bool] = []
  private var sums: [Double] = []
  private var hasOlder: [Bool] = []
  private var durationCount = 0

  init(_ geometry: borrowing WindowGeometry) { cache = WindowCache(geometry) }

  /// Collects the windows around changed cells, and their blocks.
  mutating func gather(_ cells: [CellID], _ middles: [Coordinate], level: Int, _ geometry: borrowing WindowGeometry) {
    windows.removeAll()
    blocks.removeAll()
    cellBlocks.removeAll(keepingCapacity: true)
    var last = WindowGeometry.Key.wholeArea
    for index in cells.indices {
      let block = geometry.key(level: level, of: cells[index], middles[index])
      if level == 0 { cellBlocks.append(Int32(blocks.insert(block))) }
      guard block != last else { continue }
      last = block
      cache.insertWindows(of: block, geometry, into: &windows)
    }
    blocksOfWindow.removeAll(keepingCapacity: true)
    blockCounts.removeAll(keepingCapacity: true)
    for window in windows.keys {
      let (first, count) = cache.locate(window: window, geometry)
      for place in 0..<4 {
        blocksOfWindow.append(place < count ? Int32(blocks.insert(cache.block(at: first + place))) : -1)
      }
      blockCounts.append(UInt8(count))
    }
  }

  /// Looks up what the blocks hold.
  mutating func look(_ keyword: UInt32, _ table: borrowing SeriesTable, _ absorbedBin: Int32, _ decay: borrowing Decay) {
    series.removeAll(keepingCapacity: true)
    pasts.removeAll(keepingCapacity: true)
    youngs.removeAll(keepingCapacity: true)
    isWanted.removeAll(keepingCapacity: true)
    isObserved.removeAll(keepingCapacity: true)
    for key in blocks.keys { series.append(table.find(keyword, key)) }
    for index in series {
      var (past, young) = (0.0, 0.0)
      if index != Series.none {
        let one = table[index]
        past = Double(one.weight) * decay.weight(Int(absorbedBin) - Int(one.weightBin))
        young = Double(one.youngCount)
      }
      pasts.append(past)
      youngs.append(young)
      isWanted.append(false)
      isObserved.append(false)
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
        past += pasts[Int(blocksOfWindow[place])]
        young += youngs[Int(blocksOfWindow[place])]
      }
      guard mayExceed(past, young) else { continue }
      chosen.append(window)
      for place in first..<first + count { isWanted[Int(blocksOfWindow[place])] = true }
    }
  }

  /// Chooses among the changed cells themselves.
  @inline(__always)
  mutating func chooseCells(_ mayExceed: (Double, Double) -> Bool) {
    areCells = true
    chosen.removeAll(keepingCapacity: true)
    for cell in cellBlocks.indices {
      let block = Int(cellBlocks[cell])
      guard mayExceed(pasts[block], youngs[block]) else { continue }
      chosen.append(cell)
      isWanted[block] = true
    }
  }

  /// Adds up the Y of the blocks that are asked for.
  mutating func observe(_ table: borrowing SeriesTable, _ bands: RingBands) {
    durationCount = bands.durationCount
    while hasOlder.count < series.count { hasOlder.append(false) }
    while sums.count < series.count * durationCount { sums.append(0) }
    for block in series.indices where isWanted[block] && !isObserved[block] {
      isObserved[block] = true
      hasOlder[block] = table.addUp(series[block], bands, into: &sums, at: block * durationCount)
    }
  }

  /// The past of a chosen window, its Y by duration, and whether it has a count in an older bin.
  @inline(__always)
  func sum(ofChosen index: Int, into observed: inout [Double]) -> (past: Double, hasOlder: Bool) {
    for duration in 0..<durationCount { observed[duration] = 0 }
    var (past, isOlder) = (0.0, false)
    forEachIndex(ofChosen: index) { block in
      past += pasts[block]
      if hasOlder[block] { isOlder = true }
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
    forEachIndex(ofChosen: index) { body(blocks.keys[$0]) }
  }

  func key(ofChosen index: Int) -> WindowGeometry.Key {
    areCells ? blocks.keys[Int(cellBlocks[chosen[index]])] : windows.keys[chosen[index]]
  }
}
