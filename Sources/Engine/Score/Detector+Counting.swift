import CPlatform
import Reports

/// Reports on their way from the nodes into the series.
extension Detector {
  /// A cell in which a keyword has new witnesses. In the order of the pair they are sorted.
  struct Change: BitwiseCopyable, Equatable {
    private var pair: cplatform_pair

    init(slot: Int, cell: CellID) { pair = cplatform_pair(first: UInt64(slot), second: cell.rawValue) }

    var slot: Int { Int(pair.first) }
    var cell: CellID { CellID(rawValue: pair.second) }

    static func == (a: Self, b: Self) -> Bool { (a.pair.first, a.pair.second) == (b.pair.first, b.pair.second) }

    /// Sorts changes by slot and cell, in place.
    static func sort(_ changes: inout [Change]) {
      unsafe changes.withUnsafeMutableBufferPointer { changes in
        unsafe changes.withMemoryRebound(to: cplatform_pair.self) { pairs in
          unsafe cplatform_sort_pairs(pairs.baseAddress, pairs.count)
        }
      }
    }
  }

  /// Hands the new witnesses of nodes over to their series; the cells that have changed are left in `scratch`.
  ///
  /// - Complexity: O(levels) a node.
  mutating func absorbNodes(
    _ awaiting: [UInt32], _ nodes: inout NodeTable, _ evidence: borrowing EvidencePool, _ scratch: inout Scratch,
    newest: Int32, late: inout LateChanges
  ) {
    scratch.changed.removeAll(keepingCapacity: true)
    for index in awaiting {
      let node = nodes[index]
      let delta = node.witnessCount - node.scannedWitnessCount
      nodes[index].scannedWitnessCount = node.witnessCount
      nodes[index].awaitsScan = false
      guard delta > 0 else { continue }
      var slot = Int(node.keyword) < slotOfKeyword.count ? Int(slotOfKeyword[Int(node.keyword)]) : Int(UInt32.max)
      if slot == Int(UInt32.max) {
        let source = evidence.newestSource(node.sources) ?? 0
        slot = makeBaseline(keyword: node.keyword, source: source, bin: node.bin)
      }
      add(delta, slot: slot, cell: node.cell, bin: node.bin)
      let change = Change(slot: slot, cell: node.cell)
      scratch.changed.append(change)
      if node.bin != newest { late.append(change, bin: node.bin) }
    }
    Change.sort(&scratch.changed)
  }

  /// Counts witnesses of a keyword in a cell and bin, in every series that holds them.
  mutating func add(_ count: UInt32, slot: Int, cell: CellID, bin: Int32) {
    let keyword = baselines[slot].keyword
    table.add(count, bin: bin, to: baselines[slot].series)
    guard cell != .nowhere else { return }
    let middle = geometry.grids[0].center(of: cell)
    for level in 0..<levelCount {
      let key = geometry.key(level: level, of: cell, middle)
      var series = table.find(keyword, key)
      if series == Series.none {
        series = makeSeries(keyword, key, bin: bin)
        novelCounts[level + 1] += 4
        if level == 0 { novelCounts[0] += 1 }
      }
      table.add(count, bin: bin, to: series)
    }
  }
}
