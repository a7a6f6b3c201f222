import Reports
import Statistics

extension Scope {
  /// Takes the exceedances of one tick into episodes: those of a keyword together, the rarest first.
  mutating func take(
    _ exceedances: [Exceedance], at now: Timestamp, bin: Int32, _ episodes: inout EpisodeIndex, names: borrowing KeywordTable
  ) {
    let dial = detector.calibration.dialDays
    var start = 0
    var hasChanged = false
    while start < exceedances.count {
      let slot = exceedances[start].slot
      var end = start + 1
      while end < exceedances.count, exceedances[end].slot == slot { end += 1 }
      let loud = exceedances[start..<end].filter { detector.calibration.stated($0.nominalDays) >= dial / 2 }
      if !loud.isEmpty {
        take(keyword: exceedances[start].keyword, loud, at: now, bin: bin, &episodes, names: names)
        hasChanged = true
      }
      start = end
    }
    if hasChanged { episodes.explainAway() }
  }

  private mutating func take(
    keyword: UInt32, _ loud: [Exceedance], at now: Timestamp, bin: Int32, _ episodes: inout EpisodeIndex,
    names: borrowing KeywordTable
  ) {
    let dial = detector.calibration.dialDays
    let ordered = loud.sorted {
      ($1.nominalDays, $0.scale, $0.window, $0.durationBins) < ($0.nominalDays, $1.scale, $1.window, $1.durationBins)
    }
    var seen: Set<Int> = []
    for exceedance in ordered {
      let box = detector.geometry.boundingBox(scale: exceedance.scale, window: exceedance.window)
      switch belonging(of: exceedance, box, bin: bin, episodes) {
      case .known(let episode):
        update(&episodes.episodes[episode], exceedance, box, at: now, bin: bin, gathers: seen.insert(episode).inserted)
      case .new(let enclosing):
        guard detector.calibration.stated(exceedance.nominalDays) >= dial else { continue }
        var made = make(exceedance, box, at: now, bin: bin, names: names)
        if let twin = episodes.twin(profile: number, of: made.sketch) {
          episodes.addKeyword(keyword, to: twin)
          update(&episodes.episodes[twin], exceedance, box, at: now, bin: bin, gathers: seen.insert(twin).inserted)
        } else {
          made.enclosing = enclosing.map { episodes.episodes[$0].summary.id }
          seen.insert(episodes.insert(made))
        }
      }
    }
    for episode in seen.sorted() { episodes.join(episode) }
    linkClusters(keyword, seen.sorted(), episodes)
  }

  private enum Belonging {
    case known(Int)
    /// Of its own, or standing out in a larger one.
    case new(in: Int?)
  }

  /// Where a window belongs: to an open episode of like size that it overlaps; to a larger one, unless it is unusual beside what the
  /// whole area shares; to smaller ones, unless half of its excess is new.
  private func belonging(
    of exceedance: Exceedance, _ box: BoundingBox, bin: Int32, _ episodes: borrowing EpisodeIndex
  ) -> Belonging {
    let side = exceedance.isWholeArea ? Double.infinity : detector.sideMeters(exceedance)
    let near = episodes.overlapping(
      profile: number, keyword: exceedance.keyword, isWholeArea: exceedance.isWholeArea, box: box)
    // Of several that are equally unusual the first.
    var alike: Int?
    var larger: Int?
    for index in near {
      let other = episodes.episodes[index].sideMeters
      if other > side, larger == nil { larger = index }
      guard other == side || other <= 2 * side && side <= 2 * other else { continue }
      if let best = alike, episodes.episodes[index].nominalDays <= episodes.episodes[best].nominalDays { continue }
      alike = index
    }
    if let alike { return .known(alike) }
    if let larger {
      let enclosing = (episodes.episodes[larger].scale, episodes.episodes[larger].window)
      let beside = detector.days(exceedance, beside: enclosing, bin: bin)
      let standsOut = detector.calibration.stated(beside) >= detector.calibration.dialDays
      return standsOut && episodes.enclosedCount(of: episodes.episodes[larger].summary.id) < Limits.enclosedEpisodeCount
        ? .new(in: larger) : .known(larger)
    }
    guard !near.isEmpty else { return .new(in: nil) }
    var taken = Sketch()
    for index in near { taken.insert(episodes.episodes[index].sketch) }
    let sketch = glance(exceedance, bin: bin).sketch
    let fresh = (1 - (sketch.share(in: taken) ?? 0)) * Double(exceedance.observed)
    let excess = Double(exceedance.observed) - exceedance.expected
    let best = near.max { episodes.episodes[$0].nominalDays < episodes.episodes[$1].nominalDays }
    return fresh >= excess / 2 ? .new(in: nil) : best.map { .known($0) } ?? .new(in: nil)
  }

  /// Calls `body` with the nodes that a window holds, in no order that means anything.
  private func forEachMember(_ exceedance: Exceedance, bin: Int32, _ body: (UInt32) -> Void) {
    let oldest = bin - Int32(exceedance.durationBins)
    var blocks: [CellID] = []
    if exceedance.scale > 0, !exceedance.isWholeArea {
      detector.geometry.forEachBlock(level: exceedance.scale - 1, window: exceedance.window) { blocks.append($0) }
    }
    index.forEachNode(ofKeyword: exceedance.keyword) { member in
      let (nodeBin, cell) = (index.nodes[member].bin, index.nodes[member].cell)
      guard nodeBin > oldest, nodeBin <= bin else { return }
      if exceedance.isWholeArea || cell == exceedance.window && exceedance.scale == 0 {
        body(member)
      } else if exceedance.scale > 0, cell != .nowhere {
        let middle = detector.geometry.grids[0].center(of: cell)
        if blocks.contains(detector.geometry.block(level: exceedance.scale - 1, of: middle)) { body(member) }
      }
    }
  }

  /// The span and the sketch of a window's reports, without the rest of their evidence.
  private func glance(_ exceedance: Exceedance, bin: Int32) -> (firstTime: Timestamp, lastTime: Timestamp, sketch: Sketch) {
    var glance = (firstTime: Timestamp(microseconds: .max), lastTime: Timestamp(microseconds: .min), sketch: Sketch())
    forEachMember(exceedance, bin: bin) { member in
      glance.firstTime = min(glance.firstTime, index.nodes[member].firstTime)
      glance.lastTime = max(glance.lastTime, index.nodes[member].lastTime)
      index.evidence.forEachMark(index.nodes[member].marks) { glance.sketch.insert($0.identity) }
    }
    return glance
  }

  /// The nodes that a window holds.
  private func members(_ exceedance: Exceedance, bin: Int32) -> [UInt32] {
    var members: [(bin: Int32, cell: CellID, index: UInt32)] = []
    forEachMember(exceedance, bin: bin) { members.append((index.nodes[$0].bin, index.nodes[$0].cell, $0)) }
    // By what they are, not by where they lie in the table.
    members.sort { $0.bin != $1.bin ? $0.bin < $1.bin : $0.cell < $1.cell }
    return members.map(\.index)
  }

  private func score(_ exceedance: Exceedance, _ box: BoundingBox, at now: Timestamp, bin: Int32) -> WindowScore {
    let end = Timestamp(microseconds: (Int64(bin) + 1) * index.binMicroseconds)
    let start = Timestamp(microseconds: end.microseconds - Int64(exceedance.durationBins) * index.binMicroseconds)
    return WindowScore(
      isWholeArea: exceedance.isWholeArea, box: box, sideMeters: detector.sideMeters(exceedance), startsAt: start, endsAt: end,
      durationBins: exceedance.durationBins, testedAt: now, observed: exceedance.observed, expected: exceedance.expected,
      dispersion: exceedance.dispersion, varianceRatio: exceedance.varianceRatio, logTailProbability: exceedance.logTail,
      seriesCount: UInt64(max(1, exceedance.seriesCount)), familyCount: exceedance.familyCount,
      ticksPerDay: detector.binsPerDay, nominalRecurrenceIntervalDays: exceedance.nominalDays,
      isNovel: exceedance.isNovel)
  }

  private func significance(_ exceedance: Exceedance, _ gathered: Gathering) -> Significance {
    let calibration = detector.calibration
    let logFactor = Elementary.log(max(exceedance.nominalDays, 1e-300)) + exceedance.logTail
    let robust = detector.robust(
      exceedance.observed, exceedance.expected, gathered.topSource, detector.baselines[exceedance.slot]
    ) { count, mean in
      guard Double(count) > mean else { return 0 }
      let logTail = CountDistribution(mean: mean, varianceRatio: exceedance.varianceRatio).logUpperTail(count)
      return calibration.stated(Elementary.exp(min(logFactor - logTail, 700)))
    }
    return Significance(
      observed: exceedance.observed, expected: exceedance.expected,
      recurrenceIntervalDays: calibration.stated(exceedance.nominalDays),
      recurrenceIntervalLocalDays: calibration.stated(Detector.localDays(exceedance)), recurrenceIntervalRobustDays: robust)
  }

  private func make(
    _ exceedance: Exceedance, _ box: BoundingBox, at now: Timestamp, bin: Int32, names: borrowing KeywordTable
  ) -> Episode {
    let gathered = Gathering(members(exceedance, bin: bin), index)
    let window = score(exceedance, box, at: now, bin: bin)
    let significance = significance(exceedance, gathered)
    var hasher = SipHash(key: .published)
    hasher.combine(names.key(exceedance.keyword).span)
    hasher.combine(UInt64(bitPattern: now.microseconds))
    hasher.combine(UInt64(exceedance.scale))
    hasher.combine(exceedance.window.rawValue)
    hasher.combine(0x6570_6973)
    var summary = EpisodeSummary(
      id: ClusterID(rawValue: hasher.finish()), incident: ClusterID(rawValue: 0), keyword: exceedance.keyword, isClosed: false,
      firstSeenAt: now, lastSeenAt: now, openedAt: gathered.firstTime, lastReportAt: gathered.lastTime, centroid: nil,
      boundingBox: nil, reportCount: 0, witnessCount: 0, sourceCount: 0, nearDuplicateCount: 0, identicalPlaceCount: 0,
      significance: significance, firstSignificance: significance, alertedAt: nil, baseline: baseline(exceedance, bin: bin),
      windows: [window], windowCount: 1, cells: [], bins: [], samples: [])
    describe(&summary, exceedance, gathered, bin: bin)
    return Episode(
      summary: summary, profile: number, isWholeArea: exceedance.isWholeArea,
      scale: exceedance.scale, window: exceedance.window, sideMeters: exceedance.isWholeArea ? .infinity : window.sideMeters,
      box: box, startsAt: window.startsAt,
      endsAt: window.endsAt, nominalDays: exceedance.nominalDays, sketch: gathered.sketch, incident: 0)
  }

  private func update(
    _ episode: inout Episode, _ exceedance: Exceedance, _ box: BoundingBox, at now: Timestamp, bin: Int32, gathers: Bool
  ) {
    episode.isDirty = true
    let window = score(exceedance, box, at: now, bin: bin)
    episode.summary.lastSeenAt = now
    episode.summary.windowCount += 1
    if exceedance.keyword == episode.summary.keyword { Self.insert(window, into: &episode.summary.windows) }
    // A window that is much larger says less of where: it does not take the place of the best.
    let isLarger = exceedance.isWholeArea && !episode.isWholeArea || window.sideMeters > 4 * episode.sideMeters
    let isBest = exceedance.keyword == episode.summary.keyword && exceedance.nominalDays > episode.nominalDays && !isLarger
    guard gathers || isBest else { return }
    let glance = glance(exceedance, bin: bin)
    episode.summary.openedAt = min(episode.summary.openedAt, glance.firstTime)
    episode.summary.lastReportAt = max(episode.summary.lastReportAt, glance.lastTime)
    episode.sketch.insert(glance.sketch)
    guard isBest else { return }
    let gathered = Gathering(members(exceedance, bin: bin), index)
    episode.nominalDays = exceedance.nominalDays
    episode.isWholeArea = exceedance.isWholeArea
    episode.scale = exceedance.scale
    episode.window = exceedance.window
    episode.sideMeters = exceedance.isWholeArea ? .infinity : window.sideMeters
    episode.box = box
    episode.startsAt = window.startsAt
    episode.endsAt = window.endsAt
    episode.summary.significance = significance(exceedance, gathered)
    episode.summary.baseline = baseline(exceedance, bin: bin)
    describe(&episode.summary, exceedance, gathered, bin: bin)
  }

  /// Keeps the best windows, one a place and duration.
  private static func insert(_ window: WindowScore, into windows: inout [WindowScore]) {
    if let same = windows.firstIndex(where: { $0.box == window.box && $0.durationBins == window.durationBins }) {
      guard windows[same].nominalRecurrenceIntervalDays < window.nominalRecurrenceIntervalDays else { return }
      windows.remove(at: same)
    }
    let position = windows.firstIndex { $0.nominalRecurrenceIntervalDays < window.nominalRecurrenceIntervalDays }
    windows.insert(window, at: position ?? windows.count)
    if windows.count > Limits.episodeWindowCount { windows.removeLast() }
  }

  private func baseline(_ exceedance: Exceedance, bin: Int32) -> EpisodeSummary.Baseline {
    let known = detector.baselines[exceedance.slot]
    return EpisodeSummary.Baseline(
      perDay: exceedance.rate * detector.binsPerDay,
      coveredDays: max(0, detector.coveredBins(known, at: bin) - Double(detector.lagBins)) / detector.binsPerDay,
      priorShare: exceedance.priorShare, seasonFactor: exceedance.seasonFactor,
      guardDays: Double(detector.lagBins) / detector.binsPerDay)
  }

  /// Puts the evidence of the best window into a summary.
  private func describe(_ summary: inout EpisodeSummary, _ exceedance: Exceedance, _ gathered: Gathering, bin: Int32) {
    summary.reportCount = gathered.reportCount
    summary.witnessCount = gathered.witnessCount
    summary.sourceCount = UInt32(gathered.sources.count)
    summary.nearDuplicateCount = gathered.nearDuplicateCount
    summary.identicalPlaceCount = gathered.identicalPlaceCount
    if gathered.hasPlace {
      let extent = gathered.total.extent
      summary.centroid = extent.centroid
      summary.boundingBox = extent.box
    }
    let known = detector.baselines[exceedance.slot]
    let factor = exceedance.seasonFactor * Double(exceedance.durationBins)
    let cells = gathered.cells.sorted { ($1.observed, $0.cell) < ($0.observed, $1.cell) }.prefix(Limits.episodeCellCount)
    summary.cells = cells.sorted { $0.cell < $1.cell }.map {
      EpisodeSummary.CellScore(
        cell: $0.cell, box: index.grid.boundingBox(of: $0.cell), observed: $0.observed,
        expected: detector.cellRate(known, $0.cell) * factor)
    }
    summary.bins = (0..<exceedance.durationBins).reversed().map { back in
      let at = bin - Int32(back)
      return EpisodeSummary.BinScore(
        startsAt: Timestamp(microseconds: Int64(at) * index.binMicroseconds), observed: gathered.bins[at] ?? 0,
        expected: exceedance.rate * detector.seasonFactor(known, bin: at))
    }
    summary.samples = gathered.samples.map {
      ClusterSummary.SampleReference(time: $0.time, position: $0.position, row: $0.row)
    }
  }

  /// Hangs the open clusters of a keyword below the first episode whose best window holds a node of theirs.
  ///
  /// - Complexity: O(live nodes of the keyword × episodes).
  private mutating func linkClusters(_ keyword: UInt32, _ seen: [Int], _ episodes: borrowing EpisodeIndex) {
    for slot in index.openClusters(ofKeyword: keyword) {
      var member = index.clusters[Int(slot)].firstMember
      var found: Int?
      while member != Node.none, found == nil {
        let start = Timestamp(microseconds: Int64(index.nodes[member].bin) * index.binMicroseconds)
        let box = index.grid.boundingBox(of: index.nodes[member].cell)
        for episode in seen where episodes.episodes[episode].holds(start, box) {
          found = episode
          break
        }
        member = index.nodes[member].nextMember
      }
      guard let found else { continue }
      let id = episodes.episodes[found].summary.id
      guard index.clusters[Int(slot)].episode != id else { continue }
      index.clusters[Int(slot)].episode = id
      index.markDirty(slot)
    }
  }
}

extension WindowGeometry {
  /// The edges of a window of any scale; those of the whole globe for the whole area.
  func boundingBox(scale: Int, window: CellID) -> BoundingBox {
    switch scale {
    case Detector.wholeScale:
      BoundingBox(westE7: -1_800_000_000, southE7: -900_000_000, eastE7: 1_800_000_000, northE7: 900_000_000)
    case 0: grids[0].boundingBox(of: window)
    default: boundingBox(level: scale - 1, window: window)
    }
  }
}

extension Detector {
  func sideMeters(_ exceedance: Exceedance) -> Double {
    switch exceedance.scale {
    case Self.wholeScale: 0
    case 0: profile.cellMeters
    default: geometry.windowSideMeters(level: exceedance.scale - 1)
    }
  }

  /// The rate of one cell, in reports a bin of exposure.
  func cellRate(_ baseline: KeywordBaseline, _ cell: CellID) -> Double {
    let key = WindowGeometry.Key(level: 0, cell: cell)
    let series = table.find(baseline.keyword, key)
    let past = series == Series.none ? 0 : pastWeight(series)
    return (past + share(key) * rate(baseline) * priorExposure) / (max(baseline.exposure, 1) + priorExposure)
  }
}
