import Archive
import Engine
import Reports
import SQLite
import TestSupport
import Testing

/// What detection says: alerts, joined incidents, numbers that are none, and that little is written where little has changed.
@Suite struct DetectionTests {
  private static func filter(_ set: (inout ClusterFilter) -> Void = { _ in }) -> ClusterFilter {
    var filter = ClusterFilter()
    filter.includesExplained = true
    set(&filter)
    return filter
  }

  private static func holds(_ filter: ClusterFilter, _ keywords: [String], _ a: Timestamp, _ b: Timestamp, isClosed: Bool) -> Bool
  {
    let words = Set(filter.keywordWords.map { $0[...] })
    return keywords.contains { words.isSubset(of: $0.split(separator: " ")) }
      && filter.since.map { b >= $0 } ?? true && filter.until.map { a < $0 } ?? true
      && filter.state.map { ($0 == .closed) == isClosed } ?? true
  }

  /// Places are FilterTests' business: their conditions are the same for all kinds.
  @Test(arguments: 0..<4 as Range<UInt64>)
  func listsEqualBruteForce(seed: UInt64) throws {
    let (store, twin, _) = try Store.filled(seed: 300 + seed, rounds: 80)
    let reader = try store.reader()
    var random = SeededGenerator(seed: seed)
    let times = twin.recentIncidents.flatMap { [$0.openedAt, $0.lastReportAt] }
    func once(in count: Int) -> Bool { Int.random(in: 0..<count, using: &random) == 0 }
    var foundCount = 0
    for round in 0..<120 {
      var filter = ClusterFilter()
      filter.includesExplained = once(in: 2)
      filter.isAlertedOnly = once(in: 3)
      filter.order = once(in: 2) ? .recent : .largest
      if once(in: 3) { filter.keywordWords = [ChangesGenerator.words.randomElement(using: &random) ?? ""] }
      if once(in: 3) { filter.since = times.randomElement(using: &random) }
      if once(in: 3) { filter.until = times.randomElement(using: &random) }
      if once(in: 3) { filter.state = once(in: 2) ? .open : .closed }
      let comment: Comment = "seed \(seed), round \(round), \(filter)"
      let incidents =
        filter.order == .recent
        ? twin.recentIncidents : Twin.strongest(twin.recentIncidents) { ($0.significance, $0.openedAt, $0.id) }
      let episodes =
        filter.order == .recent
        ? twin.recentEpisodes : Twin.strongest(twin.recentEpisodes) { ($0.significance, $0.openedAt, $0.id) }
      let clusters = filter.order == .recent ? twin.recent : twin.largest
      let expectedIncidents = incidents.filter {
        Self.holds(filter, $0.keywords.map(twin.keyword), $0.openedAt, $0.lastReportAt, isClosed: $0.isClosed)
          && (filter.isAlertedOnly ? $0.alertedAt != nil : filter.includesExplained || $0.explainedBy == nil)
      }.map(\.id)
      let expectedEpisodes = episodes.filter {
        Self.holds(
          filter, ([$0.keyword] + $0.otherKeywords).map(twin.keyword), $0.openedAt, $0.lastReportAt, isClosed: $0.isClosed)
          && (!filter.isAlertedOnly || $0.alertedAt != nil)
      }.map(\.id)
      let expectedClusters = clusters.filter {
        Self.holds(filter, [twin.keyword($0.keyword)], $0.openedAt, $0.lastReportAt, isClosed: $0.isClosed)
          && (!filter.isAlertedOnly || $0.episode.flatMap { twin.episodes[$0]?.alertedAt } != nil)
      }.map(\.id)
      let foundIncidents = try reader.incidents(filter).map(\.summary.id)
      let foundEpisodes = try reader.episodes(filter).map(\.summary.id)
      let foundClusters = try reader.clusters(filter).map(\.id)
      #expect(foundIncidents == expectedIncidents, comment)
      #expect(foundEpisodes == expectedEpisodes, comment)
      #expect(foundClusters == expectedClusters, comment)
      foundCount += foundIncidents.count * foundEpisodes.count * foundClusters.count
      filter.limit = 2
      #expect(try reader.incidents(filter).map(\.summary.id) == Array(expectedIncidents.prefix(2)), comment)
    }
    #expect(foundCount > 120)
  }

  @Test func placesHoldForAllKindsAndWhatHasNoneLiesNowhere() throws {
    let store = try Store()
    var writer = try store.writer()
    var generator = ChangesGenerator(seed: 4)
    var changes = Changes()
    changes.throughPosition = 1
    changes.keywords = [.init(number: 0, text: [97])]
    for (index, place) in [Coordinate(latitude: 10, longitude: 20), Coordinate(latitude: 10.1, longitude: 20), nil].enumerated() {
      var episode = generator.episode(ClusterID(rawValue: UInt64(index + 1)))
      (episode.keyword, episode.centroid) = (0, place)
      changes.episodes.append(episode)
      var incident = generator.incident(ClusterID(rawValue: UInt64(index + 11)))
      (incident.keywords, incident.centroid, incident.explainedBy) = ([0], place, nil)
      changes.incidents.append(incident)
    }
    try writer.apply(changes, sample: Twin.sample)
    let reader = try store.reader()
    let center = try #require(Coordinate(latitude: 10, longitude: 20))
    let near = Self.filter { $0.near = .init(center: center, radiusMeters: 5_000) }
    let box = Self.filter { $0.boundingBox = BoundingBox(westE7: 0, southE7: 0, eastE7: .max, northE7: .max) }
    let episodes = try (
      reader.episodes(near).map(\.summary.id.rawValue), reader.episodes(box).count, reader.episodes(ClusterFilter()).count
    )
    #expect(episodes == ([1], 2, 3))
    let incidents = try (
      reader.incidents(near).map(\.summary.id.rawValue), reader.incidents(box).count, reader.incidents(ClusterFilter()).count
    )
    #expect(incidents == ([11], 2, 3))
  }

  @Test func plansUseTheirIndexes() throws {
    let (store, _, _) = try Store.filled(seed: 9, rounds: 5)
    let reader = try store.reader()
    func check(_ kind: SummaryKind, _ index: String, sorts: Bool, _ set: (inout ClusterFilter) -> Void) throws {
      let plan = try reader.plan(Self.filter(set), of: kind)
      #expect(plan.contains { $0.contains(index) }, "\(plan)")
      #expect(plan.contains { $0.contains("TEMP B-TREE") } == sorts, "\(plan)")
      // Only the listed table may be walked, and by an index.
      #expect(
        !plan.contains { $0.hasPrefix("SCAN") && !$0.hasPrefix("SCAN c USING INDEX") && !$0.contains("json_each") }, "\(plan)")
    }
    for kind in [SummaryKind.incident, .episode] {
      try check(kind, "SCAN c USING INDEX \(kind)_by_recency", sorts: false) { _ in }
      try check(kind, "SCAN c USING INDEX \(kind)_by_strength", sorts: false) { $0.order = .largest }
      try check(kind, "SEARCH c USING INDEX \(kind)_by_recency (last_report_at>?)", sorts: false) {
        $0.since = Timestamp(seconds: 0)
      }
      try check(kind, "SEARCH c USING INDEX \(kind)_by_alert (alerted_at>?)", sorts: true) { $0.isAlertedOnly = true }
      try check(kind, "SEARCH c USING INDEX \(kind)_by_place (latitude>? AND latitude<?)", sorts: true) {
        $0.near = .init(center: Coordinate(latitudeE7: 0, longitudeE7: 0), radiusMeters: 1)
      }
    }
    try check(.episode, "SEARCH c USING PRIMARY KEY (id=?)", sorts: true) { $0.keywordWords = ["fire"] }
    try check(.episode, "episode_keyword_by_keyword", sorts: true) { $0.keywordWords = ["fire"] }
    try check(.incident, "SEARCH c USING PRIMARY KEY (id=?)", sorts: true) { $0.keywordWords = ["fire"] }
    try check(.incident, "incident_keyword_by_keyword", sorts: true) { $0.keywordWords = ["fire"] }
  }

  @Test func joinedIncidentsStayReachable() throws {
    let store = try Store()
    var writer = try store.writer()
    var generator = ChangesGenerator(seed: 2)
    var changes = Changes()
    changes.throughPosition = 1
    changes.keywords = [.init(number: 0, text: [97])]
    let ids = try ["0aaaaaaaaaaaa", "1bbbbbbbbbbbb", "2cccccccccccc", "3dddddddddddd"].map { try #require(ClusterID($0)) }
    changes.incidents = ids[..<3].map { id in
      var incident = generator.incident(id)
      (incident.keywords, incident.explainedBy) = ([0], id == ids[2] ? ids[0] : nil)
      return incident
    }
    var episode = generator.episode(ids[3])
    (episode.keyword, episode.incident) = (0, ids[0])
    changes.episodes = [episode]
    try writer.apply(changes, sample: Twin.sample)
    changes = Changes()
    changes.throughPosition = 2
    changes.incidentMerges = [.init(absorbed: ids[0], into: ids[1])]
    try writer.apply(changes, sample: Twin.sample)
    let reader = try store.reader()
    guard case .merged(ids[0], .incident(let detail)) = try reader.find("0A") else {
      Issue.record("it is not reachable")
      return
    }
    #expect(detail.row.summary.id == ids[1] && detail.episodes.map(\.summary.id) == [ids[3]])
    guard case .found(.episode(let moved)) = try reader.find("3") else {
      Issue.record("the episode is gone")
      return
    }
    #expect(moved.incident?.summary.id == ids[1])
    #expect(try reader.incidents(Self.filter()).first { $0.summary.id == ids[2] }?.summary.explainedBy == ids[1])
    // An id of another kind is none of this.
    guard case .none = try reader.find("3", among: [.incident, .cluster]) else {
      Issue.record("an episode is no incident")
      return
    }
  }

  @Test func whatIsNoNumberIsHeldAsUnknown() throws {
    let store = try Store()
    var writer = try store.writer()
    var generator = ChangesGenerator(seed: 6)
    var changes = generator.next()
    changes.throughPosition = 1
    changes.keywords = [.init(number: 0, text: [97])]
    changes.clusters = []
    changes.incidents = []
    changes.incidentMerges = []
    changes.merges = []
    var episode = generator.episode(ClusterID(rawValue: 5))
    episode.keyword = 0
    episode.significance = Significance(
      observed: .max, expected: .nan, recurrenceIntervalDays: .infinity, recurrenceIntervalLocalDays: .nan,
      recurrenceIntervalRobustDays: -.infinity)
    episode.baseline.perDay = .nan
    episode.alertedAt = Timestamp(microseconds: .max)
    episode.windows = [generator.window()]
    episode.windows[0].logTailProbability = -.infinity
    episode.windows[0].seriesCount = .max
    changes.episodes = [episode]
    try writer.apply(changes, sample: Twin.sample)
    let row = try #require(try store.reader().episodes(ClusterFilter()).first).summary
    #expect(row.significance.observed == UInt64(Int64.max) && row.significance.expected.isNaN)
    #expect(row.significance.recurrenceIntervalDays == .infinity && row.significance.recurrenceIntervalLocalDays.isNaN)
    #expect(row.significance.recurrenceIntervalRobustDays == -.infinity && row.baseline.perDay.isNaN)
    #expect(row.windows.first?.logTailProbability == -.infinity)
    #expect(row.alertedAt?.microseconds == .max)
  }

  /// Of an episode that comes again as it was, nothing but its own row is written.
  @Test func onlyWhatHasChangedIsWritten() throws {
    let store = try Store()
    var writer = try store.writer()
    var generator = ChangesGenerator(seed: 7)
    var changes = Changes()
    changes.throughPosition = 1
    changes.keywords = [.init(number: 0, text: [97])]
    var episode = generator.episode(ClusterID(rawValue: 5))
    while episode.windows.count < 2 || episode.cells.count < 3 || episode.bins.count < 3 {
      episode = generator.episode(ClusterID(rawValue: 5))
    }
    episode.keyword = 0
    changes.episodes = [episode]
    try writer.apply(changes, sample: Twin.sample)
    try store.execute(
      """
      CREATE TABLE written (name TEXT);
      \(["window", "cell", "bin"].flatMap { table in ["INSERT", "UPDATE", "DELETE"].map { verb in
        "CREATE TRIGGER \(table)_\(verb) AFTER \(verb) ON episode_\(table) BEGIN INSERT INTO written VALUES ('\(verb) \(table)'); END;"
      } }.joined(separator: "\n"))
      """)
    func written() throws -> [String] {
      let select = try Connection(path: store.path, mode: .readOnly).prepare("SELECT name FROM written ORDER BY name")
      var lines: [String] = []
      while try select.step() { lines.append(select.text(0) ?? "") }
      return lines
    }
    changes.throughPosition = 2
    changes.episodes[0].reportCount += 1
    try writer.apply(changes, sample: Twin.sample)
    #expect(try written() == [])
    changes.throughPosition = 3
    changes.episodes[0].cells[1].expected += 1
    changes.episodes[0].bins.removeFirst()
    changes.episodes[0].windows.append(generator.window())
    try writer.apply(changes, sample: Twin.sample)
    #expect(try written() == ["DELETE bin", "INSERT window", "UPDATE cell"])
  }

  @Test func emptyChangesAreOnlyEmptyWithoutDetections() throws {
    let store = try Store()
    var writer = try store.writer()
    var empty = Changes()
    try writer.apply(empty, sample: Twin.sample)
    empty.calibrations = [
      CalibrationSummary(
        profile: 0, asOf: Timestamp(seconds: 0), isLearning: true, coveredDays: 1, warmUpDays: 14, shadowDays: 0,
        episodeFactor: 1, healthRatio: .nan, seriesCount: 0, familyCount: 0, evictedSeriesCount: 0)
    ]
    let error = failure { () throws(ArchiveError) in try writer.apply(empty, sample: Twin.sample) }
    guard case .outOfOrder = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }
}
