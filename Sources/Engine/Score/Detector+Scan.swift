import Reports
import Statistics

extension Detector {
  /// What a scan leaves behind to be used again.
  struct Scratch {
    var changed: [Change] = []
    var windows: [UInt64] = []
    var exceedances: [Exceedance] = []
    /// Y and M of the whole area by duration, of the keyword that is scanned.
    var wholeObserved: [Double] = []
    var wholeExpected: [Double] = []
    var seasonSums: [Double] = []
    /// Y of one window by duration.
    var observed: [Double] = []
  }

  /// A cell in which a keyword has new witnesses.
  struct Change: Comparable {
    var slot: Int
    var cell: CellID

    static func < (a: Self, b: Self) -> Bool { (a.slot, a.cell) < (b.slot, b.cell) }
  }

  /// Reports beside a window that its surroundings are drawn to their mean by.
  private static let besideCount = 10.0

  private var minimumObserved: Double { Double(profile.minimumEpisodeWitnesses) }

  /// One keyword as its windows are tested.
  struct Topic {
    var slot: Int
    var baseline: KeywordBaseline
    var rate: Double
    var dispersion: Double
    var cellDispersion: Double

    /// φ of a scale: from the cell's to the whole area's.
    func dispersion(scale: Int, levelCount: Int) -> Double {
      let share = Double(min(scale, levelCount + 1)) / Double(levelCount + 1)
      return cellDispersion + (dispersion - cellDispersion) * share
    }
  }

  /// Hands the new witnesses of nodes over to their series.
  ///
  /// - Complexity: O(levels) a node.
  mutating func absorbNodes(
    _ awaiting: [UInt32], _ nodes: inout NodeTable, _ evidence: borrowing EvidencePool, into changed: inout [Change],
    newest: Int32, late: inout [Int32: [Change]]
  ) {
    changed.removeAll(keepingCapacity: true)
    for index in awaiting {
      let node = nodes[index]
      let delta = node.witnessCount - node.scannedWitnessCount
      nodes[index].scannedWitnessCount = node.witnessCount
      nodes[index].awaitsScan = false
      guard delta > 0 else { continue }
      var slot = Int(node.keyword) < slotOfKeyword.count ? Int(slotOfKeyword[Int(node.keyword)]) : Int(UInt32.max)
      if slot == Int(UInt32.max) {
        let source = evidence.newestSource(node.firstSource) ?? 0
        slot = makeBaseline(keyword: node.keyword, source: source, bin: node.bin)
      }
      add(delta, slot: slot, cell: node.cell, bin: node.bin)
      let change = Change(slot: slot, cell: node.cell)
      changed.append(change)
      if node.bin != newest { late[node.bin, default: []].append(change) }
    }
    changed.sort()
  }

  /// Counts witnesses of a keyword in a cell and bin, in every series that holds them.
  mutating func add(_ count: UInt32, slot: Int, cell: CellID, bin: Int32) {
    let keyword = baselines[slot].keyword
    add(count, bin: bin, to: baselines[slot].series)
    guard cell != .nowhere else { return }
    let middle = geometry.grids[0].center(of: cell)
    for level in 0..<levelCount {
      let key = WindowGeometry.Key(level: level, cell: level == 0 ? cell : geometry.block(level: level, of: middle))
      var series = table.find(keyword, key)
      if series == Series.none {
        series = makeSeries(keyword, key, bin: bin)
        novelCounts[level + 1] += 4
        if level == 0 { novelCounts[0] += 1 }
      }
      add(count, bin: bin, to: series)
    }
  }

  private mutating func add(_ count: UInt32, bin: Int32, to series: UInt32) {
    if table.add(count, bin: bin, to: series) { seriesOfBin[bin, default: []].append(series) }
  }

  /// Tests every window that holds a changed cell and ends with the newest bin; what exceeds is left in `scratch`.
  ///
  /// - Parameter bin: The newest bin.
  /// - Complexity: O(levels × durations) a changed block, each once however many cells have changed in it.
  func scan(bin: Int32, _ scratch: inout Scratch) {
    scratch.exceedances.removeAll(keepingCapacity: true)
    var start = 0
    while start < scratch.changed.count {
      let slot = scratch.changed[start].slot
      var end = start + 1
      while end < scratch.changed.count, scratch.changed[end].slot == slot { end += 1 }
      defer { start = end }
      guard absorbedBin != .min, !isLearning(baselines[slot], at: bin) else { continue }
      scanKeyword(slot, start..<end, bin, &scratch)
    }
  }

  private func scanKeyword(_ slot: Int, _ changed: Range<Int>, _ bin: Int32, _ scratch: inout Scratch) {
    let baseline = baselines[slot]
    let topic = Topic(
      slot: slot, baseline: baseline, rate: rate(baseline), dispersion: dispersion(baseline),
      cellDispersion: cellDispersion(baseline))
    // A keyword that has not the witnesses in all needs no look at its windows.
    let durations = profile.durationBins
    scratch.wholeObserved.removeAll(keepingCapacity: true)
    observe(baseline.series, bin, into: &scratch.wholeObserved)
    guard scratch.wholeObserved[durations.count - 1] >= minimumObserved else { return }
    scratch.seasonSums.removeAll(keepingCapacity: true)
    scratch.wholeExpected.removeAll(keepingCapacity: true)
    var sum = 0.0
    var counted = 0
    for duration in durations {
      while counted < duration {
        sum += seasonFactor(baseline, bin: bin - Int32(counted))
        counted += 1
      }
      scratch.seasonSums.append(sum)
      scratch.wholeExpected.append(topic.rate * sum)
    }
    test(topic, scale: Self.wholeScale, window: .nowhere, past: pastWeight(baseline.series), prior: 0.5, bin, &scratch) {
      $0(baseline.series)
    }
    for level in 0..<levelCount {
      scratch.windows.removeAll(keepingCapacity: true)
      for position in changed {
        let cell = scratch.changed[position].cell
        guard cell != .nowhere, position == changed.lowerBound || scratch.changed[position - 1].cell != cell else { continue }
        let block = level == 0 ? cell : geometry.block(level: level, of: geometry.grids[0].center(of: cell))
        if level == 0 { testCell(topic, cell, bin, &scratch) }
        geometry.forEachWindow(level: level, block: block) { scratch.windows.append($0.rawValue) }
      }
      scratch.windows.sort()
      var last: UInt64?
      for position in scratch.windows.indices where scratch.windows[position] != last {
        last = scratch.windows[position]
        testWindow(topic, level, CellID(rawValue: scratch.windows[position]), bin, &scratch)
      }
    }
  }

  private func testCell(_ topic: Topic, _ cell: CellID, _ bin: Int32, _ scratch: inout Scratch) {
    let key = WindowGeometry.Key(level: 0, cell: cell)
    let series = table.find(topic.baseline.keyword, key)
    guard series != Series.none else { return }
    let prior = share(key) * topic.rate * priorExposure
    test(topic, scale: 0, window: cell, past: pastWeight(series), prior: prior, bin, &scratch) { $0(series) }
  }

  private func testWindow(_ topic: Topic, _ level: Int, _ window: CellID, _ bin: Int32, _ scratch: inout Scratch) {
    var found: (UInt32, UInt32, UInt32, UInt32) = (Series.none, Series.none, Series.none, Series.none)
    var total = 0.0
    let oldest = bin - Int32(guardBins)
    geometry.forEachBlock(level: level, window: window) { block in
      let series = table.find(topic.baseline.keyword, WindowGeometry.Key(level: level, cell: block))
      guard series != Series.none else { return }
      if found.0 == Series.none {
        found.0 = series
      } else if found.1 == Series.none {
        found.1 = series
      } else if found.2 == Series.none {
        found.2 = series
      } else {
        found.3 = series
      }
      table.forEachEntry(of: series) { at, count in
        if at <= bin { total += Double(count) }
        return at > oldest
      }
    }
    guard total >= minimumObserved else { return }
    var past = 0.0
    var prior = 0.0
    for series in [found.0, found.1, found.2, found.3] where series != Series.none { past += pastWeight(series) }
    geometry.forEachBlock(level: level, window: window) { block in
      prior += share(WindowGeometry.Key(level: level, cell: block))
    }
    test(topic, scale: level + 1, window: window, past: past, prior: prior * topic.rate * priorExposure, bin, &scratch) {
      if found.0 != Series.none { $0(found.0) }
      if found.1 != Series.none { $0(found.1) }
      if found.2 != Series.none { $0(found.2) }
      if found.3 != Series.none { $0(found.3) }
    }
  }

  /// The share of all reports that a block has; half a report stands for what never was.
  func share(_ key: WindowGeometry.Key) -> Double {
    let series = table.find(SeriesTable.everyKeyword, key)
    return ((series == Series.none ? 0 : pastWeight(series)) + 0.5) / (totalWeight + 100)
  }

  /// Y of one series by duration, added to what is there.
  private func observe(_ series: UInt32, _ bin: Int32, into observed: inout [Double]) {
    let durations = profile.durationBins
    while observed.count < durations.count { observed.append(0) }
    table.forEachEntry(of: series) { at, count in
      let age = Int(bin) - Int(at)
      guard age >= 0 else { return true }
      guard age < guardBins else { return false }
      for index in durations.indices.reversed() {
        guard durations[index] > age else { break }
        observed[index] += Double(count)
      }
      return true
    }
  }

  /// Tests one window over every duration.
  ///
  /// r = M/(κ − 1) with κ = φ + v·M + x/(b + τ); p = P(NB(r, M) ≥ Y); q = p·N·F/0.9, and for a window that is new in this bin
  /// q = p·F·π²n²/(6·0.1), n of them so far; nominal recurrence interval = bin/q.
  private func test(
    _ topic: Topic, scale: Int, window: CellID, past: Double, prior: Double, _ bin: Int32, _ scratch: inout Scratch,
    _ forEachSeries: ((UInt32) -> Void) -> Void
  ) {
    let durations = profile.durationBins
    scratch.observed.removeAll(keepingCapacity: true)
    var isNovel = past == 0
    forEachSeries { series in
      observe(series, bin, into: &scratch.observed)
      if isNovel, let oldest = table.oldestBin(of: series), oldest < bin { isNovel = false }
    }
    let strength = scale == Self.wholeScale ? 0 : priorExposure
    let exposure = max(topic.baseline.exposure, 1) + strength
    let rate = (past + prior) / exposure
    let series = max(1, windowCounts[scale])
    let novel = max(1, novelCounts[scale])
    let effective = isNovel ? 0.9 / 0.1 * 1.644_934_066_848_226_4 * novel * novel : series
    let logFactor = logFactor(effective: effective)
    let screen = isNovel && effective < series ? nil : screens[scale]
    let dispersion = topic.dispersion(scale: scale, levelCount: levelCount)
    var previous = -1.0
    for index in durations.indices {
      let count = scratch.observed[index]
      guard count >= minimumObserved, count > previous else { continue }
      previous = count
      let expected = rate * scratch.seasonSums[index]
      guard count > expected, stillGrows(scratch.observed, index, expected) else { continue }
      let ratio = dispersion + profile.squaredVariation * expected + scratch.seasonSums[index] / exposure
      if let screen, !screen.mayExceed(count: UInt64(count), mean: expected, varianceRatio: ratio) { continue }
      let logTail = CountDistribution(mean: expected, varianceRatio: ratio).logUpperTail(UInt64(count))
      let logDays = logFactor - logTail
      guard logDays >= calibration.logLoosestDays else { continue }
      let local = localDays(topic, scale, index, count, expected, ratio, logFactor, scratch)
      scratch.exceedances.append(
        Exceedance(
          slot: topic.slot, keyword: topic.baseline.keyword, scale: scale, window: window, durationBins: durations[index],
          observed: UInt64(count), expected: expected, rate: rate,
          seasonFactor: scratch.seasonSums[index] / Double(durations[index]),
          priorShare: past + prior > 0 ? prior / (past + prior) : 1, dispersion: dispersion, varianceRatio: ratio,
          logTail: logTail, seriesCount: effective, familyCount: familyCount,
          nominalDays: Elementary.exp(min(logDays, 700)),
          isNovel: isNovel, localDays: local))
    }
  }

  /// An alarm counts only while the newest bins still add excess: the newest quarter, or the newest bin.
  private func stillGrows(_ observed: [Double], _ index: Int, _ expected: Double) -> Bool {
    let durations = profile.durationBins
    guard durations[index] > 1 else { return true }
    let target = max(1, durations[index] / 4)
    let newest = durations.lastIndex { $0 <= target } ?? 0
    return observed[newest] > expected * Double(durations[newest]) / Double(durations[index])
  }

  /// The nominal interval with the mean raised as the whole area's is, the window itself left out; zero for the whole area.
  private func localDays(
    _ topic: Topic, _ scale: Int, _ index: Int, _ count: Double, _ expected: Double, _ ratio: Double, _ logFactor: Double,
    _ scratch: Scratch
  ) -> Double {
    guard scale != Self.wholeScale else { return 0 }
    let raised =
      expected
      * Self.shared(
        (scratch.wholeObserved[index], scratch.wholeExpected[index]), without: (count, expected))
    let logTail = CountDistribution(mean: raised, varianceRatio: ratio).logUpperTail(UInt64(count))
    return Elementary.exp(min(logFactor - logTail, 700))
  }

  /// By how much a region without a window is above its mean, at least one. One report at the region's own rate stands for what
  /// was not seen.
  static func shared(_ region: (observed: Double, expected: Double), without window: (observed: Double, expected: Double))
    -> Double
  {
    let seen = max(0, region.observed - window.observed) + 1
    let mean = max(0, region.expected - window.expected) + region.expected / max(1, region.observed)
    return mean > 0 ? max(1, seen / mean) : 1
  }

  /// Y and M of any window of a keyword over the newest bins.
  private func measure(
    _ slot: Int, scale: Int, window: CellID, durationBins: Int, bin: Int32
  ) -> (observed: Double, expected: Double) {
    let baseline = baselines[slot]
    var observed = 0.0
    var past = 0.0
    var prior = 0.0
    func add(_ series: UInt32) {
      guard series != Series.none else { return }
      past += pastWeight(series)
      table.forEachEntry(of: series) { at, count in
        if at <= bin, at > bin - Int32(durationBins) { observed += Double(count) }
        return true
      }
    }
    var strength = priorExposure
    switch scale {
    case Self.wholeScale:
      add(baseline.series)
      prior = 0.5
      strength = 0
    case 0:
      let key = WindowGeometry.Key(level: 0, cell: window)
      add(table.find(baseline.keyword, key))
      prior = share(key) * rate(baseline) * priorExposure
    default:
      geometry.forEachBlock(level: scale - 1, window: window) { block in
        let key = WindowGeometry.Key(level: scale - 1, cell: block)
        add(table.find(baseline.keyword, key))
        prior += share(key) * rate(baseline) * priorExposure
      }
    }
    var seasons = 0.0
    for back in 0..<durationBins { seasons += seasonFactor(baseline, bin: bin - Int32(back)) }
    return (observed, (past + prior) / (max(baseline.exposure, 1) + strength) * seasons)
  }

  /// The nominal interval of a window with its mean raised as that of a window around it is: a few reports beside it are no storm.
  func days(_ exceedance: Exceedance, beside enclosing: (scale: Int, window: CellID), bin: Int32) -> Double {
    let region = measure(
      exceedance.slot, scale: enclosing.scale, window: enclosing.window, durationBins: exceedance.durationBins, bin: bin)
    let window = (Double(exceedance.observed), exceedance.expected)
    let seen = max(0, region.observed - window.0) + Self.besideCount
    let factor = max(1, seen / (max(0, region.expected - window.1) + Self.besideCount))
    let distribution = CountDistribution(mean: exceedance.expected * factor, varianceRatio: exceedance.varianceRatio)
    let logFactor = logFactor(effective: exceedance.seriesCount)
    return Elementary.exp(min(logFactor - distribution.logUpperTail(exceedance.observed), 700))
  }
}
