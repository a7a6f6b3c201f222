import Archive
import Engine
import Reports
import TestSupport

extension Store {
  /// Somebody who acts on this store.
  func analyst(_ name: String = "ana", at: Int64 = 1, lapsed: [SilenceRow] = []) throws(ArchiveError) -> ActWriter {
    try ActWriter(folder: folder.path, analyst: name, at: Timestamp(microseconds: at), lapsed: lapsed)
  }

  /// A store of incidents that somebody made up.
  static func holding(_ incidents: [IncidentSummary], keywords: [String] = ["gas leak", "street light"]) throws -> Store {
    let store = try Store()
    var writer = try store.writer()
    var changes = Changes()
    changes.throughPosition = 1
    changes.keywords = keywords.enumerated().map { .init(number: UInt32($0), text: Array($1.utf8)) }
    changes.incidents = incidents
    try writer.apply(changes, sample: Twin.sample)
    return store
  }
}

extension ArchiveWriter {
  /// What the engine could say next.
  mutating func store(
    _ incidents: [IncidentSummary] = [], merges: [Changes.Merge] = [], history: [HistoryPoint] = []
  ) throws {
    var changes = Changes()
    changes.throughPosition = position + 1
    changes.incidentMerges = merges
    changes.incidents = incidents
    changes.history = history
    try apply(changes, sample: Twin.sample)
  }
}

/// Whole hours since the epoch.
func hour(_ hours: Double) -> Timestamp { Timestamp(microseconds: Int64(hours * 3.6e9)) }

func incident(
  _ number: UInt64, from: Double = 0, to: Double = 1,
  at place: Coordinate? = Coordinate(latitudeE7: 10_000_000, longitudeE7: 10_000_000),
  keywords: [UInt32] = [0]
) -> IncidentSummary {
  let significance = Significance(
    observed: 9, expected: 1, recurrenceIntervalDays: 100, recurrenceIntervalLocalDays: 90, recurrenceIntervalRobustDays: 80)
  return IncidentSummary(
    id: ClusterID(rawValue: number), best: ClusterID(rawValue: 1 << 60), keywords: keywords, episodeCount: 1, isClosed: false,
    firstSeenAt: hour(to), lastSeenAt: hour(to), openedAt: hour(from), lastReportAt: hour(to), centroid: place, boundingBox: nil,
    isWholeArea: place == nil, reportCount: 9, significance: significance, firstSignificance: significance, alertedAt: nil,
    explainedBy: nil)
}
