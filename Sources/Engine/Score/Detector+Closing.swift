import Reports
import Statistics

extension Detector {
  /// Closes the next bin: takes into the past what has grown old enough, and fixes what the next bin to open is judged by.
  ///
  /// - Complexity: O(keywords + series of the absorbed bin); the whole table once a day.
  mutating func close(_ bin: Int32, _ watch: borrowing SourceWatch) {
    closedBin = bin
    let old = bin - Int32(lagBins)
    if let firstBin, old >= firstBin { absorb(old, watch) } else { table.pass(old) }
    freeze(bin + Int32(carryBins) + 1)
    while levelCount < geometry.grids.count, occupiedCounts[levelCount - 1] > 9 { grow() }
    let isDay = (Int64(bin) + 1) % Int64(binsPerDay) == 0
    defer { if isDay { calibrationSummary = summarize(bin) } }
    guard coveredBins + Double(lagBins) >= Double(profile.warmUpDays) * binsPerDay else { return }
    renewScreens()
    if calibration.shadowDays == 0 || isDay {
      runShadow()
      calibration.passDay()
      renewScreens()
    }
  }

  /// Where a silence that is too long to be walked ends, less what the next bins need to be judged; nil for any other.
  func gapEnd(from closed: Int32, to last: Int32) -> Int32? {
    let gap = Int(last) - Int(closed)
    return gap > Self.gapDays * Int(binsPerDay) + 3 * lagBins ? last - Int32(lagBins) : nil
  }

  /// Passes over bins in which nobody said anything: unknown, not zero. The past fades, and its exposure with it.
  ///
  /// - Complexity: O(keywords), however long the gap.
  mutating func skip(to bin: Int32) {
    guard let closedBin else { return }
    let count = Int(bin) - Int(closedBin)
    let weight = decay.weight(count)
    classExposure *= weight
    totalWeight *= weight
    classSquares *= weight
    classMeans *= weight
    classCellSquares *= weight
    classCellCounts *= weight
    classWander *= weight
    classWanderMeans *= weight
    for slot in baselines.indices {
      baselines[slot].exposure *= weight
      baselines[slot].squares *= weight
      baselines[slot].means *= weight
      baselines[slot].cellSquares *= weight
      baselines[slot].cellCounts *= weight
    }
    if absorbedBin != .min { absorbedBin += Int32(count) }
    self.closedBin = bin
    for ahead in -Int32(carryBins)...Int32(carryBins) + 1 { freeze(bin + ahead) }
  }

  private func summarize(_ bin: Int32) -> CalibrationSummary? {
    guard let firstBin else { return nil }
    let covered = min(coveredBins + Double(lagBins), Double(max(0, Int(bin) - Int(firstBin) + 1))) / binsPerDay
    return CalibrationSummary(
      profile: UInt32(number), asOf: Timestamp(microseconds: (Int64(bin) + 1) * binMicroseconds),
      isLearning: covered < Double(profile.warmUpDays), coveredDays: covered, warmUpDays: Double(profile.warmUpDays),
      shadowDays: calibration.shadowDays, episodeFactor: calibration.episodeFactor, healthRatio: calibration.healthRatio,
      seriesCount: UInt64(table.count), familyCount: UInt32(familyCount), evictedSeriesCount: evictedSeriesCount)
  }

  private mutating func freeze(_ bin: Int32) {
    let ahead = carryBins + 1
    let exposure = classExposure * decay.weight(ahead) + decay.sum(ahead)
    let season = profile.hasSeason ? Season.factor(factors, slot: slot(bin)) : 1
    parameters[Int(bin) & (parameters.count - 1)] = BinParameters(bin: bin, season: season, exposure: exposure)
  }

  /// Takes a bin into the past of every series, and what its counts tell into the keywords' baselines.
  private mutating func absorb(_ bin: Int32, _ watch: borrowing SourceWatch) {
    let time = Timestamp(microseconds: Int64(bin) * binMicroseconds + binMicroseconds / 2)
    let coverage = 1 - watch.shareOut(at: time)
    absorbedBin = bin
    totalWeight *= decay.perBin
    for position in 0..<table.young.memberCount(ofBin: bin) {
      let (index, count) = table.take(position, ofBin: bin)
      absorb(count, bin: bin, index)
      let (keyword, key) = (table[index].keyword, table[index].key)
      if key == .wholeArea {
        baselines[Int(slotOfKeyword[Int(keyword)])].absorbedCount = count
      } else {
        addToEveryKeyword(count, key, bin)
        if key.level == 0 { totalWeight += Double(count) }
      }
    }
    table.pass(bin)
    classExposure = classExposure * decay.perBin + coverage * (profile.hasSeason ? Season.factor(factors, slot: slot(bin)) : 1)
    coveredBins += coverage
    var reports = 0.0
    classSquares *= decay.perBin
    classMeans *= decay.perBin
    classCellSquares *= decay.perBin
    classCellCounts *= decay.perBin
    classWander *= decay.perBin
    classWanderMeans *= decay.perBin
    let weekSlot = slot(bin)
    for slot in baselines.indices { reports += learn(bin, slot, weekSlot, watch, time) }
    if profile.hasSeason { season.add(reports, coverage: coverage, slot: weekSlot) }
    if (Int64(bin) + 1) % Int64(binsPerDay) == 0 { passDay(bin) }
  }

  private mutating func addToEveryKeyword(_ count: UInt32, _ key: WindowGeometry.Key, _ bin: Int32) {
    var index = table.find(SeriesTable.everyKeyword, key)
    if index == Series.none {
      index = table.insert(Series(keyword: SeriesTable.everyKeyword, key: key, bin: bin))
      occupiedCounts[key.level] += 1
    }
    let one = table[index]
    table[index].weight = Float(Double(one.weight) * decay.weight(Int(bin) - Int(one.weightBin)) + Double(count))
    table[index].weightBin = bin
  }

  /// What one absorbed bin teaches of a keyword, zero reports included.
  ///
  /// - Returns: Its count, winsorised.
  private mutating func learn(
    _ bin: Int32, _ slot: Int, _ weekSlot: Int, _ watch: borrowing SourceWatch, _ time: Timestamp
  ) -> Double {
    var baseline = baselines[slot]
    let count = Double(baseline.absorbedCount)
    baseline.absorbedCount = 0
    var coverage = 1.0
    if !watch.outages.isEmpty {
      for share in [baseline.firstShare, baseline.secondShare] where share.source != .max && watch.isOut(share.source, at: time) {
        coverage -= baseline.share(of: share.source)
      }
      coverage = max(0, coverage)
    }
    let factor = profile.hasSeason ? seasonFactor(baseline, slot: weekSlot) : 1
    // The count is in the past already: its own share is taken out again.
    let past = max(0, pastWeight(baseline.series) - count)
    let mean = (past + 0.5) / max(baseline.exposure, 1) * factor * coverage
    let variation = squaredVariation * mean * mean
    let capped =
      baseline.exposure < binsPerDay || count <= mean + 2
      ? count : min(count, mean + 6 * (dispersion(baseline) * mean + variation).squareRoot() + 2)
    if baseline.exposure >= 2 * binsPerDay, coverage > 0 {
      let residual = (capped - mean) * (capped - mean) - variation
      baseline.squares = baseline.squares * decay.perBin + residual
      baseline.means = baseline.means * decay.perBin + mean
      classWander += (capped - mean) * (capped - mean) - cellDispersion(baseline) * mean
      classWanderMeans += mean * mean
      baseline.cellSquares *= decay.perBin
      baseline.cellCounts *= decay.perBin
      // Where the mean is small v·m² is nothing, and what is left is φ.
      if mean < Self.rareMean {
        classSquares += residual
        classMeans += mean
      }
    }
    baseline.exposure = baseline.exposure * decay.perBin + factor * coverage
    baseline.reportCount += count
    if profile.hasSeason {
      if baseline.season == Series.none, baseline.reportCount >= 300 {
        baseline.season = UInt32(keywordSeasons.count)
        keywordSeasons.append(Season())
        for slot in 0..<Season.slotCount { weeks.append(weeks[slot]) }
      }
      if baseline.season != Series.none { keywordSeasons[Int(baseline.season)].add(capped, coverage: coverage, slot: weekSlot) }
    }
    baselines[slot] = baseline
    return capped
  }

  /// What is worked out once a day: the week's factors, and what has faded away.
  private mutating func passDay(_ bin: Int32) {
    guard profile.hasSeason else { return sweep(bin) }
    let isWeek = (Int64(bin) + 1) / Int64(binsPerDay) % 7 == 0
    if isWeek { season.decay() }
    factors = season.factors(parent: nil, weight: 1)
    for slot in 0..<Season.slotCount { weeks[slot] = Season.factor(factors, slot: slot) }
    for slot in baselines.indices where baselines[slot].season != Series.none {
      let number = Int(baselines[slot].season)
      if isWeek { keywordSeasons[number].decay() }
      let count = keywordSeasons[number].count
      let own = keywordSeasons[number].factors(parent: factors, weight: count / (count + 20 * Double(Season.slotCount)))
      baselines[slot].week = UInt32(number + 1)
      let first = (number + 1) * Season.slotCount
      for slot in 0..<Season.slotCount { weeks[first + slot] = Season.factor(own, slot: slot) }
    }
    sweep(bin)
  }

  /// Builds a scale's screen anew where its threshold has moved: never below what is asked.
  private mutating func renewScreens() {
    for number in 0...levelCount + 1 {
      let scale = number <= levelCount ? number : Self.wholeScale
      let threshold = logFactor(effective: max(1, windowCounts[scale])) - calibration.logLoosestDays
      guard threshold < -0.5 else {
        screens[scale] = nil
        continue
      }
      if let built = screens[scale]?.logThreshold, threshold <= built, threshold > built - 3 { continue }
      screens[scale] = TailScreen(logThreshold: min(-0.01, threshold + 0.5))
    }
  }

  /// ln of bin · 0.9 / (N · F): what a tail probability is divided into.
  func logFactor(effective: Double) -> Double {
    Elementary.log(0.9 / (binsPerDay * effective * Double(familyCount * settings.profiles.count)))
  }

  // MARK: Registering

  /// Makes a keyword's baseline; its exposure begins with its source, so that what never was is known to be rare.
  mutating func makeBaseline(keyword: UInt32, source: UInt32, bin: Int32) -> Int {
    while slotOfKeyword.count <= Int(keyword) { slotOfKeyword.append(.max) }
    let slot = baselines.count
    slotOfKeyword[Int(keyword)] = UInt32(slot)
    let series = table.insert(Series(keyword: keyword, key: .wholeArea, bin: bin))
    windowCounts[Self.wholeScale] += 1
    let first = sourceFirstBins[Int(source)]
    var baseline = KeywordBaseline(keyword: keyword, series: series, firstSource: source, firstBin: first)
    if absorbedBin != .min, absorbedBin >= first {
      baseline.exposure = decay.sum(Int(absorbedBin) - Int(first) + 1)
    }
    baselines.append(baseline)
    return slot
  }

  /// Makes a series, and counts the windows that it is the first to be in.
  mutating func makeSeries(_ keyword: UInt32, _ key: WindowGeometry.Key, bin: Int32) -> UInt32 {
    let index = table.insert(Series(keyword: keyword, key: key, bin: bin))
    guard keyword != SeriesTable.everyKeyword else { return index }
    if key.level == 0 { windowCounts[0] += 1 }
    var added = 0
    geometry.forEachWindow(level: key.level, block: key.cell) { window in
      var isNew = true
      geometry.forEachBlock(level: key.level, window: window) { block in
        if isNew, block != key.cell, table.find(keyword, WindowGeometry.Key(level: key.level, cell: block)) != Series.none {
          isNew = false
        }
      }
      if isNew { added += 1 }
    }
    windowCounts[key.level + 1] += Double(added)
    return index
  }

  /// Adds a level of blocks, made of the cells: grids do not nest, and a block holds the cells whose middles lie in it.
  private mutating func grow() {
    let level = levelCount
    levelCount += 1
    for index in 0..<UInt32(table.count) where table[index].key != .wholeArea && table[index].key.level == 0 {
      let child = table[index]
      let block = geometry.block(level: level, of: geometry.grids[0].center(of: child.key.cell))
      let key = WindowGeometry.Key(level: level, cell: block)
      var parent = table.find(child.keyword, key)
      if parent == Series.none {
        parent = makeSeries(child.keyword, key, bin: child.weightBin)
        if child.keyword == SeriesTable.everyKeyword { occupiedCounts[level] += 1 }
      }
      // A young series without a past is dated by its first bin, which lies ahead of what was absorbed.
      let bin = min(max(table[parent].weightBin, child.weightBin), absorbedBin)
      let sum =
        Double(table[parent].weight) * decay.weight(Int(bin) - Int(table[parent].weightBin))
        + Double(child.weight) * decay.weight(Int(bin) - Int(child.weightBin))
      table[parent].weight = Float(sum)
      table[parent].weightBin = bin
      var young: [(Int32, UInt32)] = []
      table.forEachEntry(of: index, from: .max) { bin, count in
        young.append((bin, count))
        return true
      }
      young += table.young.ahead.sorted { $0.key < $1.key }.flatMap { bin, waiting in
        waiting.filter { $0.series == index }.map { (bin, $0.count) }
      }
      for (bin, count) in young { table.add(count, bin: bin, to: parent) }
    }
  }

  /// Forgets the series of which hardly anything is left; their parents still hold their counts.
  private mutating func sweep(_ bin: Int32) {
    var least: Float = 0.01
    var faded = fadedCount(bin, least)
    while table.count - faded > Limits.seriesCount {
      least *= 2
      faded = fadedCount(bin, least)
    }
    guard faded * 4 > table.count else { return }
    var before = [Double](repeating: 0, count: WindowGeometry.levelLimit)
    var after = before
    for index in 0..<UInt32(table.count) where table[index].key != .wholeArea && table[index].keyword != SeriesTable.everyKeyword
    {
      before[table[index].key.level] += 1
    }
    let (absorbed, decay) = (absorbedBin, decay)
    table.compact { Self.isKept($0, least, absorbed, decay) }
    evictedSeriesCount += UInt64(faded)
    occupiedCounts = occupiedCounts.map { _ in 0 }
    for index in 0..<UInt32(table.count) {
      let one = table[index]
      if one.keyword == SeriesTable.everyKeyword {
        occupiedCounts[one.key.level] += 1
      } else if one.key == .wholeArea {
        baselines[Int(slotOfKeyword[Int(one.keyword)])].series = index
      } else {
        after[one.key.level] += 1
      }
    }
    windowCounts[0] = after[0]
    for level in 0..<levelCount where before[level] > 0 { windowCounts[level + 1] *= after[level] / before[level] }
  }

  private func fadedCount(_ bin: Int32, _ least: Float) -> Int {
    let (absorbed, decay) = (absorbedBin, decay)
    return (0..<UInt32(table.count)).reduce(0) { $0 + (Self.isKept(table[$1], least, absorbed, decay) ? 0 : 1) }
  }

  private static func isKept(_ one: Series, _ least: Float, _ bin: Int32, _ decay: Decay) -> Bool {
    one.key == .wholeArea || one.youngCount > 0
      || Double(one.weight) * decay.weight(Int(bin) - Int(one.weightBin)) >= Double(least)
  }
}
