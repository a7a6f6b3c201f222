import Engine
import Reports
import Study
import Testing

/// How what the engine says of a bin becomes a score.
@Suite struct TocsinDetectorTests {
  private let start = Timestamp(seconds: 36_000)
  private let now = Timestamp(seconds: 39_600)

  private func window(_ testedAt: Timestamp, days: Double) -> WindowScore {
    WindowScore(
      isWholeArea: true, box: BoundingBox(westE7: 0, southE7: 0, eastE7: 1, northE7: 1), sideMeters: 0, startsAt: start,
      endsAt: now, durationBins: 1, testedAt: testedAt, observed: 9, expected: 1, dispersion: 1, varianceRatio: 1,
      logTailProbability: -9, seriesCount: 1, familyCount: 1, ticksPerDay: 24, nominalRecurrenceIntervalDays: days)
  }

  private func episode(seenAt: Timestamp, _ windows: [WindowScore]) -> EpisodeSummary {
    let significance = Significance(
      observed: 9, expected: 1, recurrenceIntervalDays: 1, recurrenceIntervalLocalDays: 1, recurrenceIntervalRobustDays: 1)
    return EpisodeSummary(
      id: ClusterID(rawValue: 1), incident: ClusterID(rawValue: 2), keyword: 0, isClosed: false, firstSeenAt: start,
      lastSeenAt: seenAt, openedAt: start, lastReportAt: now, centroid: nil, boundingBox: nil, reportCount: 9,
      witnessCount: 9, sourceCount: 1, nearDuplicateCount: 0, identicalPlaceCount: 0, significance: significance,
      firstSignificance: significance, alertedAt: nil,
      baseline: EpisodeSummary.Baseline(
        perDay: 1, coveredDays: 30, priorShare: 0, seasonFactor: 1, guardDays: 1),
      windows: windows, windowCount: 1, cells: [], bins: [], samples: [])
  }

  /// A day is 24 bins: ln 24.
  private let unit = 3.178_053_830_347_945_8

  private func check(_ episodes: [EpisodeSummary], _ expected: Double, sourceLocation: SourceLocation = #_sourceLocation) {
    let score = TocsinDetector.score(episodes, after: start)
    #expect(score == expected || abs(score - expected) < 1e-12, "\(score)", sourceLocation: sourceLocation)
  }

  @Test func theNewestWindowsDecide() {
    check([], -.infinity)
    check([episode(seenAt: start, [window(start, days: 5)])], -.infinity)
    check([episode(seenAt: now, [window(start, days: 5), window(now, days: 1)])], unit)
  }

  @Test func anEpisodeThatWentOnBelowItsBestHasItsBest() {
    check([episode(seenAt: now, [window(start, days: 1), window(start, days: 0.5)])], unit)
  }
}
