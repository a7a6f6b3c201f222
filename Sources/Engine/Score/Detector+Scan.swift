import Reports
import Statistics

extension Detector {
  /// What a scan leaves behind to be used again.
  struct Scratch {
    var changed: [Change] = []
    var cache: WindowCache
    var windows: [WindowGeometry.Key] = []
    var exceedances: [Exceedance] = []
    /// Y and M of the whole area by duration, of the keyword that is scanned.
    var wholeObserved: [Double] = []
    var wholeExpected: [Double] = []
    var seasonSums: [Double] = []
    /// Slots of the week of the newest bins, the newest first.
    var weekSlots: [Int] = []
    /// The changed cells of the keyword that is scanned, each once.
    var cells: [CellID] = []
    /// Y of one window by duration.
    var observed: [Double] = []
    /// Blocks that were looked at lately, found by their keys; and their Y by duration.
    var blocks = [Block](repeating: Block(), count: Block.cacheCount)
    var blockCounts: [Double] = []
    /// The run of the scan that `blocks` must stem from to hold.
    var stamp: UInt32 = 0

    init(_ geometry: borrowing WindowGeometry) { cache = WindowCache(geometry) }
  }

  /// What a block of the scanned keyword holds: the windows around share it.
  struct Block {
    static let cacheCount = 512

    var key = WindowGeometry.Key(rawValue: 0)
    var stamp: UInt32 = 0
    var series = Series.none
    var past = 0.0
    /// What no Y is above.
    var young = 0.0
    /// Whether its Y have been added up; and whether it has an entry in a bin before the newest.
    var isObserved = false
    var hasOlder = false
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

  /// Hands the new witnesses of nodes over to their series; the cells that have changed are left in `scratch`.
  ///
  /// - Complexity: O(levels) a node.
  mutating func absorbNodes(
    _ awaiting: [UInt32], _ nodes: inout NodeTable, _ evidence: borrowing EvidencePool, _ scratch: inout Scratch,
    newest: Int32, late: inout [Int32: [Change]]
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
        let source = evidence.newestSource(node.firstSource) ?? 0
        slot = makeBaseline(keyword: node.keyword, source: source, bin: node.bin)
      }
      add(delta, slot: slot, cell: node.cell, bin: node.bin, &scratch.cache)
      let change = Change(slot: slot, cell: node.cell)
      scratch.changed.append(change)
      if node.bin != newest { late[node.bin, default: []].append(change) }
    }
    scratch.changed.sort()
  }

  /// Counts witnesses of a keyword in a cell and bin, in every series that holds them.
  mutating func add(_ count: UInt32, slot: Int, cell: CellID, bin: Int32, _ cache: inout WindowCache) {
    let keyword = baselines[slot].keyword
    table.add(count, bin: bin, to: baselines[slot].series)
    guard cell != .nowhere else { return }
    let position = cache.locate(cell, geometry)
    for level in 0..<levelCount {
      let key = cache.key(level: level, at: position)
      var series = table.find(keyword, key)
      if series == Series.none {
        series = makeSeries(keyword, key, bin: bin)
        novelCounts[level + 1] += 4
        if level == 0 { novelCounts[0] += 1 }
      }
      table.add(count, bin: bin, to: series)
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
    // A keyword that has not the witnesses in all needs no look at its windows.
    guard Double(table[baseline.series].youngCount) >= minimumObserved else { return }
    let count = profile.durationBins.count
    scratch.wholeObserved.removeAll(keepingCapacity: true)
    for _ in 0..<count { scratch.wholeObserved.append(0) }
    let hasOlder = observe(baseline.series, bin, into: &scratch.wholeObserved, at: 0)
    guard scratch.wholeObserved[count - 1] >= minimumObserved else { return }
    let topic = Topic(
      slot: slot, baseline: baseline, rate: rate(baseline), dispersion: dispersion(baseline),
      cellDispersion: cellDispersion(baseline))
    expect(topic, bin, &scratch)
    scratch.stamp &+= 1
    scratch.observed.removeAll(keepingCapacity: true)
    for index in 0..<count { scratch.observed.append(scratch.wholeObserved[index]) }
    let past = pastWeight(baseline.series)
    test(topic, scale: Self.wholeScale, window: .nowhere, past: past, prior: 0.5, isNovel: past == 0 && !hasOlder, bin, &scratch)
    scratch.cells.removeAll(keepingCapacity: true)
    for position in changed {
      let cell = scratch.changed[position].cell
      guard cell != .nowhere, position == changed.lowerBound || scratch.changed[position - 1].cell != cell else { continue }
      scratch.cells.append(cell)
    }
    guard !scratch.cells.isEmpty else { return }
    for level in 0..<levelCount { scanLevel(topic, level, bin, &scratch) }
  }

  private func scanLevel(_ topic: Topic, _ level: Int, _ bin: Int32, _ scratch: inout Scratch) {
    scratch.windows.removeAll(keepingCapacity: true)
    var last = WindowGeometry.Key.wholeArea
    for cell in scratch.cells {
      let position = scratch.cache.locate(cell, geometry)
      let block = scratch.cache.key(level: level, at: position)
      if level == 0 { testCell(topic, block, bin, &scratch) }
      guard block != last else { continue }
      last = block
      scratch.cache.appendWindows(of: block, geometry, to: &scratch.windows)
    }
    scratch.windows.sort()
    last = .wholeArea
    for position in scratch.windows.indices where scratch.windows[position] != last {
      last = scratch.windows[position]
      testWindow(topic, last, bin, &scratch)
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

  /// The position of a block of the scanned keyword in the scratch's blocks.
  ///
  /// - Complexity: O(1): a look-up where it was not looked at lately.
  @inline(__always)
  private func block(_ keyword: UInt32, _ key: WindowGeometry.Key, _ scratch: inout Scratch) -> Int {
    let position = Int(truncatingIfNeeded: (key.rawValue &* 0x9e37_79b9_7f4a_7c15) >> 55)
    if scratch.blocks[position].stamp == scratch.stamp, scratch.blocks[position].key == key { return position }
    let series = table.find(keyword, key)
    var block = Block(key: key, stamp: scratch.stamp, series: series)
    if series != Series.none {
      block.past = pastWeight(series)
      if table.young.isYoung(table[series].first) { block.young = Double(table[series].youngCount) }
    }
    scratch.blocks[position] = block
    return position
  }

  /// Adds up the Y of a block by duration: a walk along its young bins, once a scan.
  @inline(__always)
  private func observe(block position: Int, _ bin: Int32, _ scratch: inout Scratch) {
    guard !scratch.blocks[position].isObserved else { return }
    let count = profile.durationBins.count
    if scratch.blockCounts.isEmpty { scratch.blockCounts = [Double](repeating: 0, count: count * Block.cacheCount) }
    for index in 0..<count { scratch.blockCounts[position * count + index] = 0 }
    let hasOlder = observe(scratch.blocks[position].series, bin, into: &scratch.blockCounts, at: position * count)
    scratch.blocks[position].hasOlder = hasOlder
    scratch.blocks[position].isObserved = true
  }

  private func testCell(_ topic: Topic, _ key: WindowGeometry.Key, _ bin: Int32, _ scratch: inout Scratch) {
    let count = profile.durationBins.count
    let position = block(topic.baseline.keyword, key, &scratch)
    let past = scratch.blocks[position].past
    guard mayExceed(topic, scale: 0, past: past, young: scratch.blocks[position].young, scratch) else { return }
    observe(block: position, bin, &scratch)
    guard scratch.blockCounts[(position + 1) * count - 1] >= minimumObserved else { return }
    scratch.observed.removeAll(keepingCapacity: true)
    for index in 0..<count { scratch.observed.append(scratch.blockCounts[position * count + index]) }
    guard mayFire(topic, past: past, scratch) else { return }
    let prior = share(key) * topic.rate * priorExposure
    let isNovel = past == 0 && !scratch.blocks[position].hasOlder
    test(topic, scale: 0, window: key.cell, past: past, prior: prior, isNovel: isNovel, bin, &scratch)
  }

  private func testWindow(_ topic: Topic, _ window: WindowGeometry.Key, _ bin: Int32, _ scratch: inout Scratch) {
    let (first, blockCount) = scratch.cache.locate(window: window, geometry)
    var (past, young) = (0.0, 0.0)
    for place in first..<first + blockCount {
      let position = block(topic.baseline.keyword, scratch.cache.block(at: place), &scratch)
      past += scratch.blocks[position].past
      young += scratch.blocks[position].young
    }
    let scale = window.level + 1
    guard mayExceed(topic, scale: scale, past: past, young: young, scratch) else { return }
    let count = profile.durationBins.count
    for index in 0..<count { scratch.observed[index] = 0 }
    var hasOlder = false
    for place in first..<first + blockCount {
      let position = block(topic.baseline.keyword, scratch.cache.block(at: place), &scratch)
      guard scratch.blocks[position].series != Series.none else { continue }
      observe(block: position, bin, &scratch)
      if scratch.blocks[position].hasOlder { hasOlder = true }
      for index in 0..<count { scratch.observed[index] += scratch.blockCounts[position * count + index] }
    }
    guard scratch.observed[count - 1] >= minimumObserved, mayFire(topic, past: past, scratch) else { return }
    var prior = 0.0
    for place in first..<first + blockCount { prior += share(scratch.cache.block(at: place)) }
    test(
      topic, scale: scale, window: window.cell, past: past, prior: prior * topic.rate * priorExposure,
      isNovel: past == 0 && !hasOlder, bin, &scratch)
  }

  /// False only where no duration can be rare enough, from what is known without adding up: Y ≤ `young`, and the mean of any
  /// duration is at least that of the shortest by the past alone.
  ///
  /// P(NB ≥ y) rises with the mean, and over the variance ratio it is at least the lesser of both ends: what the screen does not
  /// let pass at the least mean and at either end of the ratio, it lets pass at none.
  @inline(__always)
  private func mayExceed(_ topic: Topic, scale: Int, past: Double, young: Double, _ scratch: borrowing Scratch) -> Bool {
    guard young >= minimumObserved else { return false }
    // What is without a past may be novel, and is held to another threshold.
    guard past > 0 else { return true }
    let exposure = max(topic.baseline.exposure, 1) + priorExposure
    let (shortest, longest) = (scratch.seasonSums[0], scratch.seasonSums[scratch.seasonSums.count - 1])
    let mean = past / exposure * shortest
    guard young > mean else { return false }
    let dispersion = topic.dispersion(scale: scale, levelCount: levelCount)
    let least = dispersion + squaredVariation * mean + shortest / exposure
    if screens[scale]?.mayExceed(count: UInt64(young), mean: mean, varianceRatio: least) != false { return true }
    // No window has more than the whole prior.
    let greatestMean = (past / exposure + 2 * topic.rate) * longest
    let greatest = dispersion + squaredVariation * greatestMean + longest / exposure
    return screens[scale]?.mayExceed(count: UInt64(young), mean: mean, varianceRatio: greatest) != false
  }

  /// Whether a window's counts are above the mean that its past alone would give: the prior can only raise it.
  private func mayFire(_ topic: Topic, past: Double, _ scratch: borrowing Scratch) -> Bool {
    let rate = past / (max(topic.baseline.exposure, 1) + priorExposure)
    for index in profile.durationBins.indices {
      let count = scratch.observed[index]
      guard count >= minimumObserved else { continue }
      let expected = rate * scratch.seasonSums[index]
      if count > expected, stillGrows(scratch.observed, index, expected) { return true }
    }
    return false
  }

  /// The share of all reports that a block has; half a report stands for what never was.
  func share(_ key: WindowGeometry.Key) -> Double {
    let series = table.find(SeriesTable.everyKeyword, key)
    return ((series == Series.none ? 0 : pastWeight(series)) + 0.5) / (totalWeight + 100)
  }

  /// Y of one series by duration, into places that are zero.
  ///
  /// - Returns: Whether it has an entry in a bin before the newest.
  private func observe(_ series: UInt32, _ bin: Int32, into observed: inout [Double], at start: Int) -> Bool {
    let count = profile.durationBins.count
    if table.dense.isDense(series), let hasOlder = observe(dense: series, bin, into: &observed, at: start) { return hasOlder }
    var index = 0
    var sum = 0.0
    var hasOlder = false
    var link = table[series].first
    while table.young.isYoung(link) {
      let one = table.young[link]
      let age = Int(bin) - Int(link.bin)
      link = one.next
      guard age >= 0 else { continue }
      if age > 0 { hasOlder = true }
      guard age < guardBins else { break }
      while profile.durationBins[index] <= age {
        observed[start + index] = sum
        index += 1
      }
      sum += Double(one.count)
    }
    while index < count {
      observed[start + index] = sum
      index += 1
    }
    return hasOlder
  }

  /// The same from a series' ring; nil where that cannot tell whether there is an older entry.
  private func observe(dense series: UInt32, _ bin: Int32, into observed: inout [Double], at start: Int) -> Bool? {
    let ring = table.dense.ringStart(series)
    guard table.dense.reaches(bin, pastBin: table.young.pastBin) else { return nil }
    var (back, sum) = (0, UInt64(0))
    let last = min(guardBins, Int(bin) - Int(table.young.pastBin))
    for index in profile.durationBins.indices {
      let end = min(profile.durationBins[index], last)
      while back < end {
        sum += UInt64(table.dense.count(bin: bin - Int32(back), ofRingAt: ring))
        back += 1
      }
      observed[start + index] = Double(sum)
    }
    return observed[start + profile.durationBins.count - 1] > Double(table.dense.count(bin: bin, ofRingAt: ring)) ? true : nil
  }

  /// Tests one window over every duration.
  ///
  /// r = M/(κ − 1) with κ = φ + v·M + x/(b + τ); p = P(NB(r, M) ≥ Y); q = p·N·F/0.9, and for a window that is new in this bin
  /// q = p·F·π²n²/(6·0.1), n of them so far; nominal recurrence interval = bin/q.
  private func test(
    _ topic: Topic, scale: Int, window: CellID, past: Double, prior: Double, isNovel: Bool, _ bin: Int32,
    _ scratch: inout Scratch
  ) {
    let strength = scale == Self.wholeScale ? 0 : priorExposure
    let exposure = max(topic.baseline.exposure, 1) + strength
    let rate = (past + prior) / exposure
    let series = max(1, windowCounts[scale])
    let novel = max(1, novelCounts[scale])
    let effective = isNovel ? 0.9 / 0.1 * 1.644_934_066_848_226_4 * novel * novel : series
    let isScreened = !(isNovel && effective < series)
    var known: Double?
    let dispersion = topic.dispersion(scale: scale, levelCount: levelCount)
    var previous = -1.0
    for index in profile.durationBins.indices {
      let count = scratch.observed[index]
      guard count >= minimumObserved, count > previous else { continue }
      previous = count
      let expected = rate * scratch.seasonSums[index]
      guard count > expected, stillGrows(scratch.observed, index, expected) else { continue }
      let ratio = dispersion + squaredVariation * expected + scratch.seasonSums[index] / exposure
      if isScreened,
        screens[scale]?.mayExceed(count: UInt64(count), mean: expected, varianceRatio: ratio) == false
      {
        continue
      }
      let logFactor = known ?? logFactor(effective: effective)
      known = logFactor
      let distribution = CountDistribution(mean: expected, varianceRatio: ratio)
      if logFactor - distribution.logUpperTailBound(UInt64(count)) < calibration.logLoosestDays - 1e-6 { continue }
      let logTail = distribution.logUpperTail(UInt64(count))
      let logDays = logFactor - logTail
      guard logDays >= calibration.logLoosestDays else { continue }
      scratch.exceedances.append(
        Exceedance(
          slot: topic.slot, keyword: topic.baseline.keyword, scale: scale, window: window,
          durationBins: profile.durationBins[index],
          observed: UInt64(count), expected: expected, rate: rate,
          seasonFactor: scratch.seasonSums[index] / Double(profile.durationBins[index]),
          priorShare: past + prior > 0 ? prior / (past + prior) : 1, dispersion: dispersion, varianceRatio: ratio,
          logTail: logTail, seriesCount: effective, familyCount: familyCount,
          nominalDays: Elementary.exp(min(logDays, 700)),
          isNovel: isNovel, logFactor: logFactor, wholeObserved: scratch.wholeObserved[index],
          wholeExpected: scratch.wholeExpected[index]))
    }
  }

  /// An alarm counts only while the newest bins still add excess: the newest quarter, or the newest bin.
  private func stillGrows(_ observed: [Double], _ index: Int, _ expected: Double) -> Bool {
    let duration = profile.durationBins[index]
    guard duration > 1 else { return true }
    let target = max(1, duration / 4)
    var newest = index
    while newest > 0, profile.durationBins[newest] > target { newest -= 1 }
    return observed[newest] > expected * Double(profile.durationBins[newest]) / Double(duration)
  }

  /// The nominal interval with the mean raised as the whole area's is, the window itself left out; zero for the whole area.
  static func localDays(_ exceedance: Exceedance) -> Double {
    guard !exceedance.isWholeArea else { return 0 }
    let whole = (exceedance.wholeObserved, exceedance.wholeExpected)
    let raised =
      exceedance.expected * shared(whole, without: (Double(exceedance.observed), exceedance.expected))
    let logTail = CountDistribution(mean: raised, varianceRatio: exceedance.varianceRatio).logUpperTail(exceedance.observed)
    return Elementary.exp(min(exceedance.logFactor - logTail, 700))
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
