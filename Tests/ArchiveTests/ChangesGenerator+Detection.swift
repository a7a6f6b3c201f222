import Engine
import Reports
import TestSupport

/// What detection could say: episodes that come, change and close, incidents that are joined, silences and calibrations.
extension ChangesGenerator {
  mutating func changeDetection(_ changes: inout Changes) {
    joinIncidents(&changes)
    for index in episodes.indices where once(in: 3) {
      episodes[index] = once(in: 2) ? episode(episodes[index].id) : altered(episodes[index])
      changes.episodes.append(episodes[index])
    }
    for index in incidents.indices where once(in: 3) {
      incidents[index] = incident(incidents[index].id)
      changes.incidents.append(incidents[index])
    }
    for _ in 0..<Int.random(in: 0...2, using: &random) {
      incidents.append(incident(ClusterID(rawValue: random.next())))
      changes.incidents.append(incidents[incidents.count - 1])
      for _ in 0..<Int.random(in: 0...2, using: &random) {
        episodes.append(episode(ClusterID(rawValue: random.next())))
        changes.episodes.append(episodes[episodes.count - 1])
      }
    }
    if let source = knownSources.randomElement(using: &random) { changes.outages.append(outage(source)) }
    if once(in: 4) { changes.calibrations.append(calibration(.random(in: 0...2, using: &random))) }
  }

  private mutating func joinIncidents(_ changes: inout Changes) {
    while incidents.count >= 2, once(in: 6) {
      let absorbed = incidents.removeLast()
      let survivor = incidents[incidents.count - 1].id
      changes.incidentMerges.append(.init(absorbed: absorbed.id, into: survivor))
      for index in episodes.indices where episodes[index].incident == absorbed.id { episodes[index].incident = survivor }
      for index in incidents.indices where incidents[index].explainedBy == absorbed.id {
        incidents[index].explainedBy = survivor
      }
    }
  }

  mutating func once(in count: Int) -> Bool { Int.random(in: 0..<count, using: &random) == 0 }

  /// Mostly plain; some are never, some are no more than a rounding error.
  private mutating func number() -> Double {
    [Double.random(in: 0...100, using: &random), 1e-300, 0.1 + 0.2, .infinity, 0, 34, 1e12].randomElement(using: &random) ?? 0
  }

  mutating func significance() -> Significance {
    Significance(
      observed: .random(in: 0...100, using: &random), expected: number(), recurrenceIntervalDays: number(),
      recurrenceIntervalLocalDays: number(), recurrenceIntervalRobustDays: number())
  }

  private mutating func time() -> Timestamp { Timestamp(microseconds: .random(in: -5_000_000...100_000_000_000, using: &random)) }

  private mutating func box() -> BoundingBox {
    let place = place()
    return BoundingBox(
      westE7: place.longitudeE7, southE7: place.latitudeE7, eastE7: place.longitudeE7, northE7: place.latitudeE7)
  }

  mutating func window() -> WindowScore {
    let startsAt = time()
    return WindowScore(
      isWholeArea: once(in: 4), box: box(), sideMeters: number(), startsAt: startsAt,
      endsAt: Timestamp(microseconds: startsAt.microseconds + 3_600_000_000), durationBins: .random(in: 1...72, using: &random),
      testedAt: time(), observed: .random(in: 0...100, using: &random), expected: number(), dispersion: number(),
      varianceRatio: number(), logTailProbability: once(in: 5) ? -.infinity : -number(),
      seriesCount: .random(in: 1...1_000_000, using: &random), familyCount: .random(in: 1...60, using: &random),
      ticksPerDay: number(), nominalRecurrenceIntervalDays: number(), isNovel: once(in: 3))
  }

  /// The same episode with a little changed: what most updates are.
  private mutating func altered(_ old: EpisodeSummary) -> EpisodeSummary {
    var new = old
    new.significance = significance()
    new.alertedAt = new.alertedAt ?? time()
    new.windowCount += 1
    new.otherKeywords = otherKeywords(than: new.keyword)
    if new.windows.count > 1 { new.windows.removeLast() }
    if !new.windows.isEmpty { new.windows[0].observed += 1 }
    if !new.cells.isEmpty { new.cells[0].observed += 1 }
    if new.bins.count > 1 { new.bins.removeFirst() }
    for index in new.samples.indices where once(in: 2) { new.samples[index].nearDuplicateCount += 1 }
    return new
  }

  mutating func episode(_ id: ClusterID) -> EpisodeSummary {
    let openedAt = time()
    let cells = Set((0..<Int.random(in: 0...9, using: &random)).map { _ in cell() }).sorted()
    let bins = Set((0..<Int.random(in: 0...24, using: &random)).map { _ in Int64.random(in: -9...50, using: &random) }).sorted()
    let samples = summary(id).samples
    var episode = EpisodeSummary(
      id: id, incident: incidents.randomElement(using: &random)?.id ?? id, keyword: keyword(), isClosed: once(in: 2),
      firstSeenAt: time(), lastSeenAt: time(), openedAt: openedAt,
      lastReportAt: Timestamp(microseconds: openedAt.microseconds + .random(in: 0...10_000_000_000, using: &random)),
      centroid: once(in: 5) ? nil : place(), boundingBox: once(in: 5) ? nil : box(),
      reportCount: .random(in: 1...500, using: &random), witnessCount: .random(in: 1...90, using: &random),
      sourceCount: .random(in: 1...5, using: &random), nearDuplicateCount: .random(in: 0...50, using: &random),
      identicalPlaceCount: .random(in: 0...50, using: &random), significance: significance(),
      firstSignificance: significance(), alertedAt: once(in: 3) ? time() : nil,
      baseline: .init(
        perDay: number(), coveredDays: number(), priorShare: number(), seasonFactor: number(),
        guardDays: number()),
      windows: (0..<Int.random(in: 0...4, using: &random)).map { _ in window() },
      windowCount: .random(in: 0...99, using: &random),
      cells: cells.map { .init(cell: $0, box: box(), observed: random.next() >> 40, expected: number()) },
      bins: bins.map { .init(startsAt: Timestamp(seconds: $0 * 3_600), observed: random.next() >> 50, expected: number()) },
      samples: samples)
    episode.otherKeywords = otherKeywords(than: episode.keyword)
    return episode
  }

  /// Twins of a keyword, ascending; mostly none.
  private mutating func otherKeywords(than own: UInt32) -> [UInt32] {
    guard once(in: 3) else { return [] }
    return Set((0..<2).map { _ in keyword() }).subtracting([own]).sorted()
  }

  mutating func incident(_ id: ClusterID) -> IncidentSummary {
    let openedAt = time()
    let best = episodes.randomElement(using: &random)?.id ?? ClusterID(rawValue: 77)
    return IncidentSummary(
      id: id, best: best, keywords: Set((0..<Int.random(in: 1...3, using: &random)).map { _ in keyword() }).sorted(),
      episodeCount: .random(in: 1...9, using: &random), isClosed: once(in: 2), firstSeenAt: time(), lastSeenAt: time(),
      openedAt: openedAt,
      lastReportAt: Timestamp(microseconds: openedAt.microseconds + .random(in: 0...10_000_000_000, using: &random)),
      centroid: once(in: 5) ? nil : place(), boundingBox: once(in: 5) ? nil : box(), isWholeArea: once(in: 4),
      reportCount: .random(in: 1...500, using: &random), significance: significance(), firstSignificance: significance(),
      alertedAt: once(in: 3) ? time() : nil,
      explainedBy: once(in: 3) ? incidents.randomElement(using: &random)?.id : nil)
  }

  private mutating func outage(_ source: UInt32) -> SourceOutage {
    let startedAt = Timestamp(seconds: .random(in: 0...20, using: &random) * 3_600)
    return SourceOutage(
      source: source, startedAt: startedAt, alertedAt: time(),
      endedAt: once(in: 2) ? time() : nil, expectedCount: number())
  }

  private mutating func calibration(_ profile: UInt32) -> CalibrationSummary {
    CalibrationSummary(
      profile: profile, asOf: time(), isLearning: once(in: 2), coveredDays: number(), warmUpDays: number(),
      shadowDays: number(), episodeFactor: number(), healthRatio: number(), seriesCount: random.next() >> 20,
      familyCount: .random(in: 0...99, using: &random), evictedSeriesCount: random.next() >> 30)
  }
}
