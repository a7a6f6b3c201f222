import Reports
import TestSupport
import Testing

@testable import Engine

/// What the history tells, against what is given out after every single event.
@Suite struct HistoryTests {
  /// A stream in the order of its times, and one report ten days later, before which everything ends.
  private static func events(seed: UInt64, joins: Bool = false) -> [Event] {
    var generator = SeededGenerator(seed: seed &+ 70_000)
    var events = BatchBoundaryTests.stream(&generator, days: 30)
    // Two clusters of one place, which a third between them joins hours later.
    let start = (events.last?.seconds ?? 0) / 3_600 * 3_600 + 48 * 3_600
    for hour in [0, 2, 3, 1] where joins {
      for count in 0..<4 {
        var event = Event(id: "join \(hour) \(count)", seconds: start + Int64(hour) * 3_600 + Int64(count))
        event.keywords = ["joined"]
        events.append(event)
      }
    }
    var last = Event(id: "last", seconds: (events.last?.seconds ?? 0) + 10 * 86_400)
    last.keywords = ["nothing else"]
    events.append(last)
    return events
  }

  private static func settings() -> EngineSettings {
    var settings = EngineSettings()
    settings.falseAlarmsPerDay = 0.5
    return settings
  }

  /// What a summary says, in the words of a point.
  private struct Words: Equatable {
    var state: String
    var reports: UInt64
    var significance: Significance?
    var lastReportAt: Timestamp?
    var centroid: Coordinate?
    var above: ClusterID?
    var alertedAt: Timestamp?
    var keywords: [UInt32]

    init(_ point: HistoryPoint) {
      state = "\(point.state)"
      reports = point.reportCount
      significance = point.significance
      lastReportAt = point.lastReportAt
      centroid = point.centroid
      above = point.above
      alertedAt = point.alertedAt
      keywords = (point.keyword.map { [$0] } ?? []) + point.otherKeywords
      keywords.sort()
    }

    init(_ summary: IncidentSummary) {
      state = summary.isClosed ? "closed" : "open"
      reports = summary.reportCount
      significance = summary.significance
      lastReportAt = summary.lastReportAt
      centroid = summary.centroid
      above = summary.explainedBy
      alertedAt = summary.alertedAt
      keywords = summary.keywords
    }

    init(_ summary: EpisodeSummary) {
      state = summary.isClosed ? "closed" : "open"
      reports = summary.reportCount
      significance = summary.significance
      lastReportAt = summary.lastReportAt
      centroid = summary.centroid
      above = summary.incident
      alertedAt = summary.alertedAt
      keywords = ([summary.keyword] + summary.otherKeywords).sorted()
    }

    init(_ summary: ClusterSummary) {
      state = summary.isClosed ? "closed" : "open"
      reports = summary.reportCount
      significance = summary.significance
      lastReportAt = summary.lastReportAt
      centroid = summary.centroid
      above = summary.episode
      alertedAt = nil
      keywords = [summary.keyword]
    }
  }

  /// The last word on every id is what the store ends with, and ids that were merged end with where.
  @Test(arguments: 0..<2 as Range<UInt64>)
  func theLastPointIsTheSummary(seed: UInt64) {
    let store = run(Self.events(seed: seed, joins: true), settings: Self.settings(), batchSizes: [64], drainEvery: 3).store
    for kind in HistoryPoint.Kind.allCases {
      var last: [ClusterID: HistoryPoint] = [:]
      for point in store.history where point.kind == kind { last[point.id] = point }
      var expected: [ClusterID: Words] = [:]
      var merges: [ClusterID: ClusterID] = [:]
      switch kind {
      case .incident: (expected, merges) = (store.incidents.mapValues { Words($0) }, store.incidentMerges)
      case .episode: expected = store.episodes.mapValues { Words($0) }
      case .cluster: (expected, merges) = (store.clusters.mapValues { Words($0) }, store.merges)
      }
      #expect(expected.count > 3, "seed \(seed), \(kind): trivial")
      #expect(merges.count > 0 || kind != .cluster, "seed \(seed), \(kind): trivial")
      for (id, words) in expected { #expect(last[id].map { Words($0) } == words, "seed \(seed), \(kind) \(id)") }
      for (id, into) in merges { #expect(last[id]?.mergedInto == into, "seed \(seed), \(kind) \(id)") }
      #expect(last.count == expected.count + merges.count, "seed \(seed), \(kind)")
    }
  }

  /// Incidents and episodes change at ticks alone: each that is given out otherwise is a point, and no other is.
  @Test(arguments: 0..<1 as Range<UInt64>)
  func everyChangeOfAnIncidentIsAPoint(seed: UInt64) {
    var engine = Engine(settings: Self.settings())
    var incidents: [ClusterID: [Words]] = [:]
    var episodes: [ClusterID: [Words]] = [:]
    var points: [HistoryPoint] = []
    func note(_ words: Words, of id: ClusterID, in lists: inout [ClusterID: [Words]]) {
      if lists[id]?.last != words { lists[id, default: []].append(words) }
    }
    for (index, event) in Self.events(seed: seed).enumerated() {
      let position = UInt64(index)
      _ = engine.apply(makeBatch([event], firstSequence: position + 1), at: position..<position + 1)
      let changes = engine.drain()
      for summary in changes.incidents { note(Words(summary), of: summary.id, in: &incidents) }
      for summary in changes.episodes { note(Words(summary), of: summary.id, in: &episodes) }
      points += changes.history
    }
    #expect(incidents.count > 3 && incidents.values.contains { $0.count > 2 }, "seed \(seed): trivial")
    for (kind, lists) in [(HistoryPoint.Kind.incident, incidents), (.episode, episodes)] {
      var told: [ClusterID: [Words]] = [:]
      for point in points where point.kind == kind && point.state != .merged { told[point.id, default: []].append(Words(point)) }
      for (id, list) in lists { #expect(told[id] == list, "seed \(seed), \(kind) \(id)") }
      #expect(told.count == lists.count, "seed \(seed), \(kind)")
    }
  }

  /// Times never go back, closed and merged are last words, and nothing is said twice.
  @Test(arguments: 2..<3 as Range<UInt64>)
  func pointsAreInOrder(seed: UInt64) {
    let history = run(Self.events(seed: seed), settings: Self.settings(), batchSizes: [64], drainEvery: 5).store.history
    #expect(zip(history, history.dropFirst()).allSatisfy { $0.at <= $1.at }, "seed \(seed)")
    var last: [HistoryPoint.Kind: [ClusterID: HistoryPoint]] = [:]
    for point in history {
      let before = last[point.kind]?[point.id]
      #expect(before?.state ?? .open == .open, "seed \(seed): \(point) after \(String(describing: before))")
      if let before {
        #expect(
          Words(before) != Words(point) || before.witnessCount != point.witnessCount || before.openedAt != point.openedAt
            || before.episodeCount != point.episodeCount, "seed \(seed): \(point)")
      }
      last[point.kind, default: [:]][point.id] = point
    }
  }

  /// A clock that was set back takes the history's with it.
  @Test func aClockThatIsSetBackIsFollowed() {
    var log = HistoryLog()
    let (id, later, earlier) = (ClusterID(rawValue: 7), Timestamp(seconds: 4_000_000_000), Timestamp(seconds: 1_000))
    log.append(HistoryPoint(.cluster, id, at: later, state: .open))
    log.append(HistoryPoint(.cluster, id, at: earlier, state: .open))
    log.restart()
    log.append(HistoryPoint(.cluster, id, at: earlier, state: .closed))
    #expect(log.drain().map(\.at) == [later, later, earlier])
    #expect(log.drain().isEmpty)
  }
}
