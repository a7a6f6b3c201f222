import Reports

/// One profile at work: its nodes and clusters (L1), and what they are held against (L2, L3).
struct Scope: ~Copyable, Sendable {
  let number: Int
  let profile: Profile
  var index: ClusterIndex
  var detector: Detector
  private var scratch: Detector.Scratch
  private var sourceTally = SourceTally()
  /// The nodes that are looked at.
  private var awaiting: [UInt32] = []
  /// Clusters that have changed since the last tick, and what they add up to.
  var scored: [(slot: UInt32, totals: PlaceTotals)] = []
  private let tickMicroseconds: Int64
  private var nextTick = Int64.min
  private var lateChanges = LateChanges()
  /// The bin that was looked at last, and the longest nominal interval of any look at it; zero where nothing exceeded.
  private(set) var rarest = (bin: Int32.min, nominalDays: 0.0)
  /// Merges of clusters that the history does not tell of yet, and how many of the index's are among them.
  var mergesToRecord: [Changes.Merge] = []
  var notedMergeCount = 0

  init(number: Int, settings: EngineSettings) {
    self.number = number
    profile = settings.profiles[number]
    index = ClusterIndex(profile: profile, key: settings.identityKey)
    detector = Detector(profile: profile, number: number, settings: settings)
    scratch = Detector.Scratch(detector.geometry)
    // Six looks at an open bin; more would tell nobody earlier.
    tickMicroseconds = max(1, Int64(profile.binMinutes) / 6) * 60_000_000
  }

  private func bin(_ time: Int64) -> Int32 {
    Int32(truncatingIfNeeded: Timestamp(microseconds: time).bin(ofMicroseconds: index.binMicroseconds))
  }

  /// Counts a report under one keyword.
  mutating func add(_ sighting: ClusterIndex.Sighting, keyword: UInt32, name: ArraySlice<UInt8>) {
    let bin = index.bin(of: sighting.time)
    detector.hear(sighting.source, bin: bin, place: sighting.place)
    index.add(sighting, keyword: keyword, name: name, detector: &detector)
    detector.countSource(sighting.source, keyword: keyword)
  }

  /// Notes a report that is to come under a keyword, for `warm`.
  mutating func expect(_ time: Timestamp, _ place: Coordinate?, keyword: UInt32, witness: UInt64?) {
    index.expect(time, place, keyword: keyword, witness: witness)
  }

  /// Reads what the expected reports will touch.
  mutating func warm() { index.warm() }

  /// Looks at what has changed, before the first report at or after a tick comes in.
  ///
  /// - Parameters:
  ///   - newest: The newest event time so far; the looks are the same however the reports were cut into batches.
  ///   - time: That of the next report.
  mutating func advance(from newest: Int64, to time: Int64, _ episodes: inout EpisodeIndex, names: borrowing KeywordTable) {
    guard newest != .min else { return }
    let tick = Timestamp(microseconds: newest).bin(ofMicroseconds: tickMicroseconds) + 1
    guard time >= tick * tickMicroseconds, tick > nextTick else { return }
    nextTick = tick
    scan(at: Timestamp(microseconds: tick * tickMicroseconds), bin: bin(newest), &episodes, names: names)
  }

  private mutating func scan(at now: Timestamp, bin: Int32, _ episodes: inout EpisodeIndex, names: borrowing KeywordTable) {
    awaiting.removeAll(keepingCapacity: true)
    swap(&awaiting, &index.nodesAwaitingScan)
    detector.openBin(bin)
    detector.absorbNodes(awaiting, &index.nodes, index.evidence, &scratch, newest: bin, late: &lateChanges)
    detector.scan(bin: bin, &scratch)
    if rarest.bin != bin { rarest = (bin, 0) }
    for exceedance in scratch.exceedances { rarest.nominalDays = max(rarest.nominalDays, exceedance.nominalDays) }
    detector.calibration.watch(scratch.exceedances, bin: bin, detector.geometry)
    // What has been quiet for long ends first, also where nobody said anything in between.
    episodes.pass(now)
    if !scratch.exceedances.isEmpty { take(scratch.exceedances, at: now, bin: bin, &episodes, names: names) }
    scratch.release()
    scoreClusters()
    episodes.record(at: now)
    record(at: now, into: &episodes.history)
  }

  /// Begins anew with the bins that come, where the clock was set back before anything was learned.
  mutating func restart() {
    detector = Detector(profile: profile, number: number, settings: detector.settings)
    lateChanges.removeAll()
    nextTick = .min
  }

  /// Closes the bins that the watermark has passed.
  ///
  /// - Parameter now: The newest event time.
  mutating func settle(
    watermark: Timestamp, _ watch: borrowing SourceWatch, now: Timestamp, _ episodes: inout EpisodeIndex,
    names: borrowing KeywordTable
  ) {
    let last = Int32(clamping: watermark.bin(ofMicroseconds: index.binMicroseconds) - 1)
    var closed = detector.closedBin ?? (last - 1)
    guard closed < last else { return }
    if let target = detector.gapEnd(from: closed, to: last) {
      for bin in (closed + 1)...(closed + Int32(detector.lagBins)) {
        scanLate(bin: bin, at: now, &episodes, names: names)
        detector.close(bin, watch)
      }
      detector.skip(to: target)
      closed = target
    }
    while closed < last {
      closed += 1
      scanLate(bin: closed, at: now, &episodes, names: names)
      detector.close(closed, watch)
    }
    let departedCount = index.departedSummaries.count
    index.settle(watermark: watermark)
    recordClosed(from: departedCount, at: now, into: &episodes.history)
  }

  /// Tests the windows that end with a closing bin and hold what came late.
  private mutating func scanLate(bin: Int32, at now: Timestamp, _ episodes: inout EpisodeIndex, names: borrowing KeywordTable) {
    guard lateChanges.take(bin: bin, into: &scratch.changed) else { return }
    detector.scan(bin: bin, &scratch)
    if !scratch.exceedances.isEmpty { take(scratch.exceedances, at: now, bin: bin, &episodes, names: names) }
  }

  /// How far calibration has come, where a day has passed since it was last said.
  mutating func drainCalibration() -> CalibrationSummary? {
    defer { detector.calibrationSummary = nil }
    return detector.calibrationSummary
  }

  // MARK: Clusters

  /// Says of every cluster that has changed how unusual it is: the least window that holds it is the least of the scan. Those that have
  /// changed since the last tick are left in `scored`.
  private mutating func scoreClusters() {
    scored.removeAll(keepingCapacity: true)
    // What is marked on the way has been scored.
    for position in index.clustersAwaitingScore.indices {
      let slot = index.clustersAwaitingScore[position]
      guard index.clusters[Int(slot)].awaitsScore else { continue }
      index.clusters[Int(slot)].awaitsScore = false
      guard index.clusters[Int(slot)].parent == slot else { continue }
      let (totals, after) = score(cluster: slot)
      scored.append((slot, totals))
      guard index.clusters[Int(slot)].significance != after else { continue }
      index.clusters[Int(slot)].significance = after
      index.markDirty(slot)
      index.clusters[Int(slot)].awaitsScore = false
    }
    index.clustersAwaitingScore.removeAll(keepingCapacity: true)
  }

  private mutating func score(cluster slot: UInt32) -> (PlaceTotals, Significance?) {
    let cluster = index.clusters[Int(slot)]
    let baselineSlot = Int(cluster.keyword) < detector.slotOfKeyword.count ? detector.slotOfKeyword[Int(cluster.keyword)] : .max
    // What is learning at the end of time is learning now: no need to add up.
    guard baselineSlot != .max, detector.absorbedBin != .min,
      !detector.isLearning(detector.baselines[Int(baselineSlot)], at: .max)
    else { return (index.totals(ofCluster: slot), nil) }
    var expected = cluster.settledExpected
    var bins: (least: Int32, greatest: Int32) = (cluster.leastBin, cluster.lastCoreBin)
    index.forEachMember(ofCluster: slot) { member in
      expected += index.nodes[member].expectedUnits
      bins = (min(bins.least, index.nodes[member].bin), max(bins.greatest, index.nodes[member].bin))
      index.evidence.forEachSource(index.nodes[member].sources) { sourceTally.add($1, to: $0) }
    }
    let totals = index.totals(ofCluster: slot)
    let top = sourceTally.takeGreatest()
    let significance = detector.significance(
      slot: Int(baselineSlot), scale: 0, observed: totals.witnessCount, expected: Double(expected) / 1_048_576,
      topSource: top, durationBins: Int(bins.greatest - bins.least) + 1, bin: bins.greatest)
    return (totals, significance)
  }

  // MARK: State

  /// Its state, for a snapshot.
  mutating func code(_ coder: inout some StateCoder) throws(StateError) {
    try index.code(&coder)
    try detector.code(&coder)
    try coder.code(&nextTick)
    try lateChanges.code(&coder)
    try coder.code(&rarest.bin)
    try coder.code(&rarest.nominalDays)
    try coder.code(&mergesToRecord)
    try coder.code(&notedMergeCount)
  }
}
