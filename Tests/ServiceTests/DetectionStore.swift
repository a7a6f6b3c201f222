import Archive
import Engine
import Foundation
import Reports
import TestSupport

/// A store of made-up detections, so that what is printed of them can be checked number by number.
struct DetectionStore {
  let folder: TemporaryFolder
  var path: String { folder.path }

  static let incident = ClusterID(rawValue: 0x1111_0000_0000_0001)
  static let explained = ClusterID(rawValue: 0x1222_0000_0000_0002)
  static let absorbed = ClusterID(rawValue: 0x1333_0000_0000_0003)
  static let episode = ClusterID(rawValue: 0x2111_0000_0000_0004)
  static let wholeArea = ClusterID(rawValue: 0x2222_0000_0000_0005)
  static let cluster = ClusterID(rawValue: 0x3111_0000_0000_0006)
  static let start = Timestamp(seconds: 1_423_573_200)

  /// `changes` may alter what is stored.
  ///
  /// - Parameter text: the source, the id and the text of the sample in a row.
  init(
    isLearning: Bool = false, settings: String = "", _ change: (inout Changes) -> Void = { _ in },
    text: (UInt32) -> (source: [UInt8], id: [UInt8], text: [UInt8]) = {
      (Array("/boston/311".utf8), Array("r\($0)".utf8), Array("Smell of gas in the hallway, \($0)".utf8))
    }
  ) throws {
    folder = try TemporaryFolder()
    var writer = try ArchiveWriter(
      folder: folder.path, storeID: "made-up", settingsFingerprint: "cluster.cellMeters=1000.0\n" + settings,
      profileNames: ["city", "storm"])
    var changes = Self.changes(isLearning: isLearning)
    change(&changes)
    try writer.apply(changes) { text($0.row) }
  }

  static func time(_ hours: Int64) -> Timestamp { Timestamp(microseconds: start.microseconds + hours * 3_600_000_000) }

  static func significance(_ observed: UInt64, _ expected: Double, _ days: Double, _ local: Double, _ robust: Double)
    -> Significance
  {
    Significance(
      observed: observed, expected: expected, recurrenceIntervalDays: days, recurrenceIntervalLocalDays: local,
      recurrenceIntervalRobustDays: robust)
  }

  /// Its nominal recurrence interval follows from the rest, by the formula of the design.
  static func window(_ logTail: Double, series: UInt64 = 12_345, families: Int = 30) -> WindowScore {
    let ticks = 24.0
    return WindowScore(
      isWholeArea: false, box: box, sideMeters: 4_000, startsAt: start, endsAt: time(4), durationBins: 4, testedAt: time(4),
      observed: 27, expected: 3.1, dispersion: 1.6, varianceRatio: 1.9, logTailProbability: logTail, seriesCount: series,
      familyCount: families, ticksPerDay: ticks,
      nominalRecurrenceIntervalDays: 0.9 / Double(series) / (exp(logTail) * Double(families) * ticks))
  }

  /// Of the n-th novel series of its bin, whose share of the budget is 0.1 · 6/(π²n²).
  static func novelWindow(_ logTail: Double, n: Double) -> WindowScore {
    var window = window(logTail, series: UInt64((9 * Double.pi * Double.pi * n * n / 6).rounded()))
    window.isNovel = true
    return window
  }

  static let box = BoundingBox(westE7: -711_000_000, southE7: 423_000_000, eastE7: -710_500_000, northE7: 423_400_000)
  static let place = Coordinate(latitudeE7: 423_200_000, longitudeE7: -710_700_000)

  static func episode(_ id: ClusterID, keyword: UInt32) -> EpisodeSummary {
    var samples = (0..<3).map { ClusterSummary.SampleReference(time: time(Int64($0)), position: 1, row: UInt32($0)) }
    samples[1].nearDuplicateCount = 12
    return EpisodeSummary(
      id: id, incident: incident, keyword: keyword, isClosed: false, firstSeenAt: time(2), lastSeenAt: time(4), openedAt: start,
      lastReportAt: time(4), centroid: place, boundingBox: box, reportCount: 40, witnessCount: 27, sourceCount: 2,
      nearDuplicateCount: 14, identicalPlaceCount: 24, significance: significance(27, 3.1, 1_240, 45.5, 0.3),
      firstSignificance: significance(9, 1.2, 34.2, 20, 33), alertedAt: time(2),
      baseline: .init(perDay: 18.6, coveredDays: 43, priorShare: 0.12, seasonFactor: 1.2, guardDays: 1),
      windows: [window(-26.467_9), novelWindow(-20, n: 3)], windowCount: 117,
      cells: (0..<20).map {
        .init(
          cell: CellID(row: 14_700, column: 4_000 + $0), box: box, observed: $0 == 3 ? 15 : UInt64($0 % 3), expected: 0.155)
      },
      bins: (0..<4).map { .init(startsAt: time($0), observed: [2, 5, 8, 12][Int($0)], expected: 0.775) }, samples: samples)
  }

  static func incident(_ id: ClusterID, explainedBy: ClusterID? = nil) -> IncidentSummary {
    IncidentSummary(
      id: id, best: episode, keywords: [0, 1], episodeCount: 2, isClosed: false, firstSeenAt: time(2), lastSeenAt: time(4),
      openedAt: start, lastReportAt: time(explainedBy == nil ? 4 : 3), centroid: place, boundingBox: box, isWholeArea: false,
      reportCount: 52, significance: significance(27, 3.1, explainedBy == nil ? .infinity : 12, 45.5, 0.3),
      firstSignificance: significance(9, 1.2, 34.2, 20, 33), alertedAt: explainedBy == nil ? time(2) : nil,
      explainedBy: explainedBy)
  }

  /// What was said of both incidents, a point at each of some hours.
  static func history(_ hours: [Int64] = [2, 4]) -> [HistoryPoint] {
    hours.enumerated().flatMap { index, hour in
      [incident(incident), incident(explained, explainedBy: incident)].map { summary in
        var point = HistoryPoint(.incident, summary.id, at: time(hour), state: .open)
        (point.keyword, point.otherKeywords) = (0, [1])
        (point.openedAt, point.lastReportAt) = (start, min(time(hour), summary.lastReportAt))
        point.centroid = place
        (point.reportCount, point.witnessCount, point.episodeCount) = (UInt64(40 + 12 * index), 27, 2)
        (point.significance, point.alertedAt, point.above) = (summary.significance, summary.alertedAt, summary.explainedBy)
        return point
      }
    }
  }

  private static func changes(isLearning: Bool) -> Changes {
    var changes = Changes()
    changes.throughPosition = 9
    changes.keywords = ["gas smell", "gas leak", "rotten egg"].enumerated().map {
      .init(number: UInt32($0), text: Array($1.utf8))
    }
    changes.sources = ["/boston/311", "/boston/app"].enumerated().map { number, name in
      var source = SourceLedger(number: UInt32(number), name: Array(name.utf8), lastSeenAt: time(4))
      source.ledger.received = 100
      source.ledger.accepted = 100
      source.commonestPlaceCount = number == 0 ? 47 : 46
      source.role = number == 0 ? .public : .staff
      return source
    }
    changes.calibrations = (0..<2).map {
      CalibrationSummary(
        profile: $0, asOf: time(4), isLearning: isLearning && $0 == 1, coveredDays: $0 == 0 ? 43 : 3.4, warmUpDays: 14,
        shadowDays: 2_000, episodeFactor: 1.31, healthRatio: 1.07, seriesCount: 12_345, familyCount: 30, evictedSeriesCount: 7)
    }
    changes.outages = [
      SourceOutage(source: 1, startedAt: time(-40), alertedAt: time(-30), endedAt: nil, expectedCount: 21.5),
      SourceOutage(source: 0, startedAt: time(-90), alertedAt: time(-80), endedAt: time(-70), expectedCount: 14),
    ]
    guard !isLearning else { return changes }
    changes.episodes = [episode(Self.episode, keyword: 0), episode(wholeArea, keyword: 1)]
    changes.episodes[0].otherKeywords = [2]
    changes.episodes[1].windows[0].isWholeArea = true
    changes.episodes[1].centroid = nil
    changes.episodes[1].boundingBox = nil
    changes.episodes[1].alertedAt = nil
    changes.episodes[1].lastReportAt = time(3)
    changes.incidents = [incident(Self.incident), incident(explained, explainedBy: Self.incident)]
    changes.incidentMerges = [.init(absorbed: absorbed, into: Self.incident)]
    var cluster = ClusterSummary(
      id: Self.cluster, keyword: 0, openedAt: start, lastReportAt: time(4), isClosed: false, centroid: place, boundingBox: box,
      reportCount: 22, witnessCount: 20, sourceCount: 2,
      cells: [.init(cell: CellID(row: 14_700, column: 4_003), reportCount: 22, witnessCount: 20)], samples: [])
    cluster.episode = Self.episode
    cluster.nearDuplicateCount = 3
    cluster.significance = changes.episodes[0].significance
    changes.clusters = [cluster]
    return changes
  }
}
