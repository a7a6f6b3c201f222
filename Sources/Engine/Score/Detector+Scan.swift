import Reports
import Statistics

extension Detector {
  /// What a scan leaves behind to be used again.
  struct Scratch {
    var changed: [Change] = []
    var exceedances: [Exceedance] = []
    var level: LevelScan
    var bands = RingBands()
    /// Y and M of the whole area by duration, of the keyword that is scanned.
    var wholeObserved: [Double] = []
    var wholeExpected: [Double] = []
    var seasonSums: [Double] = []
    /// Slots of the week of the newest bins, the newest first.
    var weekSlots: [Int] = []
    /// The changed cells of the keyword that is scanned, each once, and their middles.
    var cells: [CellID] = []
    var middles: [Coordinate] = []
    /// Y of one window by duration.
    var observed: [Double] = []

    /// Changes whose room is kept from tick to tick.
    static let keptChangeCount = 1 << 16

    init(_ geometry: borrowing WindowGeometry) { level = LevelScan(geometry) }

    /// Gives back the room that a tick of very many changes took: it is long until the next, and may be forever.
    mutating func release() {
      if changed.capacity > Self.keptChangeCount { changed = [] }
    }
  }

  /// Tests every window that holds a changed cell and ends with the newest bin; what exceeds is left in `scratch`.
  ///
  /// - Parameter bin: The newest bin.
  /// - Complexity: O(levels × durations) a changed block, each once however many cells have changed in it.
  func scan(bin: Int32, _ scratch: inout Scratch) {
    scratch.exceedances.removeAll(keepingCapacity: true)
    scratch.weekSlots.removeAll(keepingCapacity: true)
    for back in 0..<guardBins { scratch.weekSlots.append(profile.hasSeason ? slot(bin - Int32(back)) : 0) }
    table.young.find(&scratch.bands, endingWith: bin, over: profile.durationBins)
    let bands = scratch.bands
    var start = 0
    while start < scratch.changed.count {
      let slot = scratch.changed[start].slot
      var end = start + 1
      while end < scratch.changed.count, scratch.changed[end].slot == slot { end += 1 }
      defer { start = end }
      guard absorbedBin != .min, !isLearning(baselines[slot], at: bin) else { continue }
      scanKeyword(slot, start..<end, bin, bands, &scratch)
    }
  }

  private func scanKeyword(_ slot: Int, _ changed: Range<Int>, _ bin: Int32, _ bands: RingBands, _ scratch: inout Scratch) {
    let baseline = baselines[slot]
    // A keyword that has not the witnesses in all needs no look at its windows.
    guard Double(table[baseline.series].youngCount) >= minimumObserved else { return }
    let count = profile.durationBins.count
    scratch.wholeObserved.removeAll(keepingCapacity: true)
    for _ in 0..<count { scratch.wholeObserved.append(0) }
    let hasOlder = table.addUp(baseline.series, bands, into: &scratch.wholeObserved, at: 0)
    guard scratch.wholeObserved[count - 1] >= minimumObserved else { return }
    let topic = Topic(
      slot: slot, baseline: baseline, rate: rate(baseline), dispersion: dispersion(baseline),
      cellDispersion: cellDispersion(baseline), squaredVariation: squaredVariation)
    expect(topic, bin, &scratch)
    scratch.observed.removeAll(keepingCapacity: true)
    for index in 0..<count { scratch.observed.append(scratch.wholeObserved[index]) }
    let past = pastWeight(baseline.series)
    test(
      topic, scale(Self.wholeScale, of: topic), window: .nowhere, past: past, prior: 0.5,
      isNovel: past == 0 && !hasOlder, bin, &scratch)
    scratch.cells.removeAll(keepingCapacity: true)
    scratch.middles.removeAll(keepingCapacity: true)
    for position in changed {
      let cell = scratch.changed[position].cell
      guard cell != .nowhere, position == changed.lowerBound || scratch.changed[position - 1].cell != cell else { continue }
      scratch.cells.append(cell)
      scratch.middles.append(geometry.grids[0].center(of: cell))
    }
    guard !scratch.cells.isEmpty else { return }
    // From the largest down: where all that lies around the changed cells is too little, so is what is smaller there.
    let first = scratch.exceedances.count
    var (level, least) = (levelCount - 1, 0)
    while level >= least {
      let surrounds = scanLevel(topic, level, bin, bands, &scratch)
      if surrounds, scratch.level.young < minimumObserved { least = max(least, level - WindowGeometry.surroundedLevels + 1) }
      level -= 1
    }
    if scratch.exceedances.count > first + 1 {
      // By what they are, not by the order in which they were come upon.
      scratch.exceedances[first...].sort { ($0.scale, $0.window, $0.durationBins) < ($1.scale, $1.window, $1.durationBins) }
    }
  }

  /// Looks at one level in passes, each over all blocks or windows of it: so the waits for memory of one overlap.
  ///
  /// - Returns: Whether the blocks that were looked at surround the changed cells.
  private func scanLevel(_ topic: Topic, _ level: Int, _ bin: Int32, _ bands: RingBands, _ scratch: inout Scratch) -> Bool {
    let surrounds = scratch.level.gather(scratch.cells, scratch.middles, level: level, geometry)
    scratch.level.look(topic.baseline.keyword, table, absorbedBin, decay)
    if level == 0 {
      let scale = scale(0, of: topic)
      scratch.level.chooseCells { past, young in mayExceed(topic, scale, past: past, young: young, scratch.seasonSums) }
      testChosen(topic, scale, bin, bands, &scratch)
    }
    let scale = scale(level + 1, of: topic)
    scratch.level.chooseWindows { past, young in mayExceed(topic, scale, past: past, young: young, scratch.seasonSums) }
    testChosen(topic, scale, bin, bands, &scratch)
    return surrounds
  }

  /// Tests the cells or windows that were chosen.
  @inline(__always)
  private func testChosen(_ topic: Topic, _ scale: Scale, _ bin: Int32, _ bands: RingBands, _ scratch: inout Scratch) {
    scratch.level.observe(table, bands)
    for index in 0..<scratch.level.chosen.count {
      let (past, hasOlder) = scratch.level.sum(ofChosen: index, into: &scratch.observed)
      guard scratch.observed[scratch.observed.count - 1] >= minimumObserved, mayFire(scale, past: past, scratch) else { continue }
      var prior = 0.0
      scratch.level.forEachBlock(ofChosen: index) { prior += share($0) }
      test(
        topic, scale, window: scratch.level.key(ofChosen: index).cell, past: past,
        prior: prior * topic.rate * priorExposure, isNovel: past == 0 && !hasOlder, bin, &scratch)
    }
  }

  /// Sums of the season's factors by duration, and the means of the whole area.
  private func expect(_ topic: Topic, _ bin: Int32, _ scratch: inout Scratch) {
    scratch.seasonSums.removeAll(keepingCapacity: true)
    scratch.wholeExpected.removeAll(keepingCapacity: true)
    var sum = 0.0
    var counted = 0
    for index in profile.durationBins.indices {
      while counted < profile.durationBins[index] {
        sum += profile.hasSeason ? seasonFactor(topic.baseline, slot: scratch.weekSlots[counted]) : 1
        counted += 1
      }
      scratch.seasonSums.append(sum)
      scratch.wholeExpected.append(topic.rate * sum)
    }
  }

  /// The share of all reports that a block has; half a report stands for what never was.
  func share(_ key: WindowGeometry.Key) -> Double {
    let series = table.find(SeriesTable.everyKeyword, key)
    return ((series == Series.none ? 0 : pastWeight(series)) + 0.5) / (totalWeight + 100)
  }

}
