import Archive
import Engine
import Reports
import SQLite
import TestSupport
import Testing

/// The history as the store keeps it, against a list of all points that is looked through from its beginning.
@Suite struct HistoryTests {
  private static func kind(_ kind: HistoryPoint.Kind) -> SummaryKind {
    switch kind {
    case .incident: .incident
    case .episode: .episode
    case .cluster: .cluster
    }
  }

  /// Writes points, cut into drains anyhow.
  private func write(
    _ ticks: [[HistoryPoint]], _ limits: HistoryLimits = HistoryLimits(), cutBy random: inout SeededGenerator
  ) throws -> Store {
    let store = try Store()
    var writer = try ArchiveWriter(folder: store.folder.path, storeID: "store-1", settingsFingerprint: "s", history: limits)
    var changes = Changes()
    changes.keywords = PointsGenerator.names
    var position: UInt64 = 0
    for points in ticks {
      for point in points {
        changes.history.append(point)
        guard Int.random(in: 0..<4, using: &random) == 0 else { continue }
        position += 1
        changes.throughPosition = position
        try writer.apply(changes, sample: Twin.sample)
        changes = Changes()
      }
    }
    changes.throughPosition = position + 1
    try writer.apply(changes, sample: Twin.sample)
    return store
  }

  private func dump(_ store: Store) throws -> [String] {
    let connection = try Connection(path: store.path, mode: .readOnly)
    var lines: [String] = []
    for (table, columns) in [
      ("history_state", 5), ("incident_change", 21), ("episode_change", 21), ("cluster_change", 21),
    ] {
      let select = try connection.prepare("SELECT * FROM \(table)")
      while try select.step() {
        lines.append(table + (0..<Int32(columns)).map { " " + (select.text($0) ?? "-") }.joined())
      }
    }
    return lines
  }

  private func text(_ id: ClusterID?) -> String { id?.description ?? "-" }

  /// A point in words, as a row says it.
  private func says(_ point: HistoryPoint) -> String {
    let keywords = point.keyword.map { [$0] + point.otherKeywords }?.map { PointsGenerator.keywords[Int($0)] } ?? []
    return
      "\(point.id) \(point.at) \(point.state) \(text(point.mergedInto)) \(keywords) \(String(describing: point.openedAt)) \(String(describing: point.lastReportAt)) \(String(describing: point.centroid)) \(point.reportCount) \(point.witnessCount) \(point.episodeCount) \(String(describing: point.significance)) \(String(describing: point.alertedAt)) \(text(point.above))"
  }

  private func says(_ row: HistoryRow) -> String {
    "\(row.id) \(row.at) \(row.state) \(text(row.mergedInto)) \(row.keywords) \(String(describing: row.openedAt)) \(String(describing: row.lastReportAt)) \(String(describing: row.location)) \(row.reportCount) \(row.witnessCount) \(row.episodeCount) \(String(describing: row.significance)) \(String(describing: row.alertedAt)) \(text(row.above))"
  }

  /// However drains fall, the same is kept, to the letter, and it is what the rule says.
  @Test(arguments: 0..<12 as Range<UInt64>)
  func whatIsKeptFollowsFromThePointsAlone(seed: UInt64) throws {
    var generator = PointsGenerator(seed: seed, stride: seed % 2 == 0 ? 600 : 7_200)
    let ticks = (0..<250).map { _ in generator.tick() }
    let limits = seed % 3 == 0 ? HistoryLimits() : HistoryLimits(days: 3 + Int(seed), pointCount: seed % 3 == 1 ? 90 : 100_000)
    var random = SeededGenerator(seed: seed &+ 1)
    let stores = try (0..<3).map { _ in try write(ticks, limits, cutBy: &random) }
    let kept = try dump(stores[0])
    #expect(try dump(stores[1]) == kept && dump(stores[2]) == kept, "seed \(seed)")
    let all = ticks.flatMap { $0 }
    for kind in HistoryPoint.Kind.allCases {
      let points = all.filter { $0.kind == kind }
      let last = try #require(points.last)
      let horizon = (last.at.microseconds / 86_400_000_000 - Int64(limits.days)) * 86_400_000_000
      let old = points.lastIndex { $0.at.microseconds < horizon }.map { $0 + 1 } ?? 0
      let step = max(1, limits.pointCount / 64)
      let over = max(0, points.count - limits.pointCount)
      let cut = max(old, (over + step - 1) / step * step)
      let expected = points.indices.filter { index in
        let point = points[index]
        if index >= cut { return true }
        return point.state == .open && !points[(index + 1)..<cut].contains { $0.id == point.id }
      }.map { says(points[$0]) }
      let rows = try stores[0].reader().historyRows(Self.kind(kind))
      #expect(rows.map { says($0) } == expected, "seed \(seed), \(kind)")
      let extent = try #require(try stores[0].reader().historyExtents().first { $0.kind == Self.kind(kind) })
      #expect(extent.pointCount == UInt64(points.count) && extent.cutNumber == UInt64(cut), "seed \(seed), \(kind)")
      #expect(extent.completeSince == (cut == 0 ? nil : points[cut].at), "seed \(seed), \(kind)")
      #expect(extent.latestAt == last.at, "seed \(seed), \(kind)")
    }
    #expect(seed % 3 == 0 || all.count > 200, "seed \(seed): trivial")
  }

  /// The last word on each id at or before a time, merged ones left out.
  private func asOf(_ time: Timestamp, _ kind: SummaryKind, _ points: [HistoryPoint]) -> [HistoryPoint] {
    var last: [ClusterID: HistoryPoint] = [:]
    for point in points where Self.kind(point.kind) == kind && point.at <= time { last[point.id] = point }
    return last.values.filter { $0.state != .merged }.sorted {
      let (a, b) = ($0.lastReportAt?.microseconds ?? 0, $1.lastReportAt?.microseconds ?? 0)
      return a != b ? a > b : $0.id < $1.id
    }
  }

  @Test(arguments: 0..<8 as Range<UInt64>)
  func anEarlierListIsWhatWasSaidLast(seed: UInt64) throws {
    var generator = PointsGenerator(seed: seed)
    let ticks = (0..<120).map { _ in generator.tick() }
    var random = SeededGenerator(seed: seed)
    let store = try write(ticks, cutBy: &random)
    let reader = try store.reader()
    let points = ticks.flatMap { $0 }
    let times = points.map(\.at)
    var seen = 0
    for kind in SummaryKind.allCases {
      for _ in 0..<12 {
        let at = times.randomElement(using: &random) ?? times[0]
        let time = Timestamp(microseconds: at.microseconds + [-1, 0, 1].randomElement(using: &random)!)
        var filter = ClusterFilter()
        filter.includesExplained = Bool.random(using: &random)
        var expected = asOf(time, kind, points)
        if kind == .incident, !filter.includesExplained { expected.removeAll { $0.above != nil } }
        switch Int.random(in: 0..<6, using: &random) {
        case 0:
          filter.state = .open
          expected.removeAll { $0.state != .open }
        case 1:
          filter.since = at
          expected.removeAll { ($0.lastReportAt ?? at) < at }
        case 2:
          filter.keywordWords = ["light"]
          expected.removeAll { point in ![point.keyword!].contains(2) && !point.otherKeywords.contains(2) }
        case 3:
          filter.boundingBox = BoundingBox(westE7: -716_000_000, southE7: 420_000_000, eastE7: -710_000_000, northE7: 425_000_000)
          expected.removeAll { point in
            guard let place = point.centroid else { return true }
            return place.latitudeE7 > 425_000_000 || place.longitudeE7 < -716_000_000
          }
        case 4:
          filter.limit = 3
          expected = Array(expected.prefix(3))
        default: break
        }
        let rows = try reader.rows(of: kind, asOf: time, filter)
        #expect(rows.map { says($0) } == expected.map { says($0) }, "seed \(seed), \(kind) at \(time), \(filter)")
        seen += rows.count
      }
    }
    #expect(seen > 100, "seed \(seed): trivial")
  }

  @Test(arguments: 0..<8 as Range<UInt64>)
  func aDifferenceIsThatOfTwoLists(seed: UInt64) throws {
    var generator = PointsGenerator(seed: seed &+ 100)
    let ticks = (0..<120).map { _ in generator.tick() }
    var random = SeededGenerator(seed: seed)
    let store = try write(ticks, cutBy: &random)
    let points = ticks.flatMap { $0 }
    // What is open stands among the summaries, too, as the engine would give it.
    let connection = try Connection(path: store.path, mode: .readWrite)
    for kind in SummaryKind.allCases {
      for point in asOf(Timestamp(microseconds: .max), kind, points) where point.state == .open && kind == .cluster {
        try connection.execute(
          """
          INSERT INTO cluster (id, keyword, opened_at, last_report_at, state, latitude, longitude, west, south, east, north, report_count,
            witness_count, source_count, cell_count)
          VALUES ('\(point.id)', 0, 1, 2, 'open', 1, 1, 1, 1, 1, 1, 1, 1, 1, 1)
          """)
      }
    }
    var sections: Set<HistoryDiff.Section> = []
    let reader = try store.reader()
    for _ in 0..<20 {
      let two = [points, points].map { $0.randomElement(using: &random)!.at }.sorted()
      guard two[0] < two[1] else { continue }
      var filter = ClusterFilter()
      filter.includesExplained = true
      let diff = try reader.difference(of: .cluster, since: two[0], until: two[1], filter)
      func last(_ time: Timestamp) -> [ClusterID: HistoryPoint] {
        var last: [ClusterID: HistoryPoint] = [:]
        for point in points where point.kind == .cluster && point.at <= time { last[point.id] = point }
        return last
      }
      let (before, after) = (last(two[0]), last(two[1]))
      let now = last(Timestamp(microseconds: .max))
      var expected: [ClusterID: HistoryDiff.Section] = [:]
      for (id, point) in after {
        guard let old = before[id] else {
          if point.state != .merged { expected[id] = .new }
          continue
        }
        guard old.state == .open else { continue }
        switch point.state {
        case .merged: expected[id] = .merged
        case .closed: expected[id] = .closed
        case .open:
          // Of what has said nothing in between, only what is open still is known to have been open.
          if point == old, now[id]?.state != .open { continue }
          expected[id] = point.reportCount > old.reportCount ? .grown : .quieter
        }
      }
      #expect(
        Dictionary(uniqueKeysWithValues: diff.entries.map { ($0.after.id, $0.section) }) == expected, "seed \(seed), \(two)")
      for entry in diff.entries {
        #expect(says(entry.after) == after[entry.after.id].map { says($0) }, "seed \(seed)")
        #expect(entry.before.map { says($0) } == before[entry.after.id].map { says($0) }, "seed \(seed)")
        sections.insert(entry.section)
      }
      let order = diff.entries.compactMap { entry in HistoryDiff.Section.allCases.firstIndex(of: entry.section) }
      #expect(order == order.sorted(), "seed \(seed)")
    }
    #expect(sections.count == 5, "seed \(seed): only \(sections)")
  }

  /// Limits that are lowered hold at the next opening, as if they had always been.
  @Test func lowerLimitsHoldAtOnce() throws {
    var generator = PointsGenerator(seed: 5)
    let ticks = (0..<200).map { _ in generator.tick() }
    var random = SeededGenerator(seed: 5)
    let limits = HistoryLimits(days: 366, pointCount: 64)
    let expected = try write(ticks, limits, cutBy: &random).reader()
    let store = try write(ticks, cutBy: &random)
    let before = try store.reader().historyRows(.incident).count
    _ = try ArchiveWriter(folder: store.folder.path, storeID: "store-1", settingsFingerprint: "s", history: limits)
    for kind in SummaryKind.allCases {
      #expect(try store.reader().historyRows(kind) == expected.historyRows(kind), "\(kind)")
    }
    #expect(try store.reader().historyExtents() == expected.historyExtents())
    #expect(try expected.historyRows(.incident).count < before)
  }

  @Test func whatIsNotKeptIsSaid() throws {
    var generator = PointsGenerator(seed: 3)
    let ticks = (0..<200).map { _ in generator.tick() }
    var random = SeededGenerator(seed: 3)
    let store = try write(ticks, HistoryLimits(days: 366, pointCount: 64), cutBy: &random)
    let reader = try store.reader()
    let first = try #require(try reader.historyExtents().first { $0.kind == .incident }?.completeSince)
    let before = Timestamp(microseconds: first.microseconds - 1)
    for error in [
      failure { () throws(ArchiveError) in _ = try reader.rows(of: .incident, asOf: before, ClusterFilter()) },
      failure { () throws(ArchiveError) in
        _ = try reader.difference(of: .incident, since: before, until: Timestamp(microseconds: .max))
      },
    ] {
      guard case .historyGone(_, .incident, before, first) = error else {
        Issue.record("\(String(describing: error))")
        continue
      }
      #expect(error?.description.contains("begins at \(first)") == true)
    }
    var filter = ClusterFilter()
    filter.includesExplained = true
    let points = ticks.flatMap { $0 }
    // What ended before what is kept would be told by the summaries, which are not there.
    let rows = try reader.rows(of: .incident, asOf: first, filter)
    #expect(
      rows.map { says($0) } == asOf(first, .incident, points).filter { $0.state == .open || $0.at >= first }.map { says($0) })
  }

  @Test func oneIDsHistoryHoldsWhatWasMergedIntoIt() throws {
    var generator = PointsGenerator(seed: 9)
    let ticks = (0..<300).map { _ in generator.tick() }
    var random = SeededGenerator(seed: 9)
    let store = try write(ticks, cutBy: &random)
    let points = ticks.flatMap { $0 }
    let merge = try #require(points.first { $0.state == .merged && $0.kind == .cluster })
    let into = try #require(merge.mergedInto)
    let history = try store.reader().history(of: into, .cluster)
    #expect(history.points.map { says($0) } == points.filter { $0.kind == .cluster && $0.id == into }.map { says($0) })
    #expect(
      history.absorbed.map(\.id) == points.filter { $0.kind == .cluster && $0.mergedInto == into }.map(\.id))
    let gone = try store.reader().history(of: merge.id, .cluster)
    #expect(gone.points.last?.mergedInto == into && gone.points.count > 1)
    let ids = try store.reader().historyIDs(beginning: String(merge.id.description.prefix(6)), among: [.cluster], limit: 5)
    #expect(ids.map(\.id) == [merge.id])
  }

  @Test func questionsAreAnsweredByIndexes() throws {
    let reader = try Store.filled(seed: 1).store.reader()
    for kind in SummaryKind.allCases {
      var filter = ClusterFilter()
      filter.since = Timestamp(seconds: 1)
      let plans = try reader.historyPlans(kind, filter)
      for (name, index) in [
        ("ofID", "change_by_id (id=?)"), ("absorbed", "change_by_survivor (merged_into=?)"), ("lastOfID", "change_by_id (id=?)"),
        ("changed", "change_by_time (at>? AND at<?)"), ("open", "\(kind.rawValue)_open"),
        ("beginning", "change_by_id (id>? AND id<?)"),
      ] {
        let lines = try #require(plans[name])
        #expect(lines.contains { $0.contains(index) }, "\(kind) \(name): \(lines)")
        #expect(!lines.contains { $0.contains("SCAN c") && !$0.contains("INDEX") }, "\(kind) \(name): \(lines)")
        #expect(!lines.contains { $0.contains("TEMP B-TREE FOR ORDER") }, "\(kind) \(name): \(lines)")
      }
      // It comes in the order of the list, and the index is asked what was said after.
      let lines = try #require(plans["asOf"])
      #expect(lines.filter { $0.contains("change_by_id (id=?") }.count == 3, "\(kind): \(lines)")
      #expect(lines.filter { $0.contains("MERGE (UNION ALL)") }.count == 2, "\(kind): \(lines)")
      #expect(
        lines.contains { $0.contains("SEARCH c USING INDEX \(kind)_change_by_report (last_report_at>? AND last_report_at<?)") },
        "\(kind): \(lines)")
    }
  }
}
