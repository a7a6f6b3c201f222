import Archive
import Engine
import Foundation
import Reports
import TestSupport
import Testing

/// Lists against brute force over the twin, and the plans that answer them.
@Suite struct FilterTests {
  /// The angle between two unit vectors: another way to the distance than the code's.
  private static func meters(_ a: Coordinate, _ b: Coordinate) -> Double {
    func vector(_ place: Coordinate) -> [Double] {
      let (latitude, longitude) = (place.latitude * .pi / 180, place.longitude * .pi / 180)
      return [cos(latitude) * cos(longitude), cos(latitude) * sin(longitude), sin(latitude)]
    }
    let (u, v) = (vector(a), vector(b))
    let cross = [u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]]
    let length = (cross[0] * cross[0] + cross[1] * cross[1] + cross[2] * cross[2]).squareRoot()
    return 6_371_007.2 * atan2(length, u[0] * v[0] + u[1] * v[1] + u[2] * v[2])
  }

  /// Whether a longitude lies in a box, by walking eastwards from its west.
  private static func contains(_ box: BoundingBox, _ place: Coordinate) -> Bool {
    guard box.southE7 <= place.latitudeE7, place.latitudeE7 <= box.northE7 else { return false }
    let circle: Int64 = 3_600_000_000
    if Int64(box.eastE7) - Int64(box.westE7) == circle { return true }
    func eastwards(_ longitude: Int32) -> Int64 { ((Int64(longitude) - Int64(box.westE7)) % circle + circle) % circle }
    return eastwards(place.longitudeE7) <= eastwards(box.eastE7)
  }

  private static func words(_ text: String) -> Set<Substring> { Set(text.split(separator: " ")) }

  /// Nil where a distance is too near to the radius to be told.
  private static func admits(_ filter: ClusterFilter, _ summary: ClusterSummary, _ twin: Twin) -> Bool? {
    if let near = filter.near {
      let excess = meters(near.center, summary.centroid) - near.radiusMeters
      if abs(excess) < 0.1 { return nil }
      if !(excess <= 0) { return false }
    }
    if let box = filter.boundingBox, !contains(box, summary.centroid) { return false }
    if !Set(filter.keywordWords.map { $0[...] }).isSubset(of: words(twin.keyword(summary.keyword))) { return false }
    if let since = filter.since, summary.lastReportAt < since { return false }
    if let until = filter.until, summary.openedAt >= until { return false }
    if let state = filter.state, (state == .closed) != summary.isClosed { return false }
    return true
  }

  private static func randomFilter(_ random: inout SeededGenerator, _ twin: Twin) -> ClusterFilter {
    var filter = ClusterFilter()
    let places = twin.recent.map(\.centroid)
    let place = places.randomElement(using: &random) ?? Coordinate(latitudeE7: 0, longitudeE7: 0)
    func once(in count: Int) -> Bool { Int.random(in: 0..<count, using: &random) == 0 }
    if once(in: 2) {
      let radius = [0, 500, 5_000, 3e5, 3e6, 1.1e7, 2.1e7, .infinity, -1, .nan].randomElement(using: &random) ?? 0
      filter.near = .init(center: place, radiusMeters: radius)
    }
    if once(in: 3) {
      let other = places.randomElement(using: &random) ?? place
      let full = once(in: 4)
      filter.boundingBox = BoundingBox(
        westE7: full ? -1_800_000_000 : place.longitudeE7, southE7: min(place.latitudeE7, other.latitudeE7),
        eastE7: full ? 1_800_000_000 : other.longitudeE7, northE7: max(place.latitudeE7, other.latitudeE7))
    }
    if once(in: 3) {
      filter.keywordWords = (0..<Int.random(in: 1...2, using: &random)).map { _ in
        ChangesGenerator.words.randomElement(using: &random) ?? ""
      }
    }
    let times = twin.recent.flatMap { [$0.openedAt, $0.lastReportAt] }
    if once(in: 3) { filter.since = times.randomElement(using: &random) }
    if once(in: 3) { filter.until = times.randomElement(using: &random) }
    if once(in: 3) { filter.state = Bool.random(using: &random) ? .open : .closed }
    filter.order = Bool.random(using: &random) ? .recent : .largest
    return filter
  }

  @Test(arguments: 0..<8 as Range<UInt64>)
  func clustersEqualBruteForce(seed: UInt64) throws {
    let (store, twin, _) = try Store.filled(seed: 100 + seed, rounds: 120)
    let reader = try store.reader()
    var random = SeededGenerator(seed: seed)
    var foundCount = 0
    for round in 0..<150 {
      var filter = Self.randomFilter(&random, twin)
      let rows = try reader.clusters(filter)
      let found = rows.map(\.id)
      let comment: Comment = "seed \(seed), round \(round), \(filter)"
      let order = filter.order == .recent ? twin.recent : twin.largest
      let certain = Set(order.filter { Self.admits(filter, $0, twin) == true }.map(\.id))
      let possible = order.filter { Self.admits(filter, $0, twin) != false }.map(\.id)
      #expect(certain.isSubset(of: found), comment)
      #expect(found == possible.filter { found.contains($0) }, comment)
      foundCount += found.count
      filter.limit = Int.random(in: -1...found.count + 1, using: &random)
      let limited = try reader.clusters(filter)
      #expect(limited == Array(rows.prefix(max(filter.limit ?? 0, 0))), comment)
    }
    #expect(foundCount > 150)
  }

  private func check(_ center: (Double, Double), _ place: (Double, Double), _ radiusMeters: Double, _ isFound: Bool) throws {
    let store = try Store()
    var writer = try store.writer()
    var changes = Changes()
    changes.throughPosition = 1
    changes.keywords = [.init(number: 0, text: [97])]
    var generator = ChangesGenerator(seed: 0)
    var summary = generator.summary(ClusterID(rawValue: 1))
    summary.keyword = 0
    summary.centroid = try #require(Coordinate(latitude: place.0, longitude: place.1))
    changes.clusters = [summary]
    try writer.apply(changes, sample: Twin.sample)
    var filter = ClusterFilter()
    filter.near = .init(
      center: try #require(Coordinate(latitude: center.0, longitude: center.1)), radiusMeters: radiusMeters)
    let rows = try store.reader().clusters(filter)
    #expect(rows.isEmpty != isFound, "\(center) \(place) \(radiusMeters)")
  }

  @Test func nearIsRightAtTheEdgesOfTheWorld() throws {
    // One degree of a great circle is 111,195 m.
    try check((0, 179.9), (0, -179.9), 22_300, true)
    try check((0, 179.9), (0, -179.9), 22_200, false)
    try check((0, -180), (0, 180), 0, true)
    try check((10, 180), (10, -179.9999), 11, true)
    try check((89.9, 0), (89.9, 180), 22_300, true)
    try check((89.9, 0), (89.9, 180), 22_200, false)
    try check((-89.9, 90), (-89.9, -90), 22_300, true)
    try check((90, 0), (90, 77), 0.001, true)
    try check((90, 12), (-90, 12), 20_015_200, true)
    try check((0, 0), (0, 180), 20_015_200, true)
    try check((0, 0), (0, 180), 20_015_000, false)
    try check((60, 0), (60, 2), 111_192, true)
    try check((60, 0), (60, 2), 111_190, false)
  }

  private func check(_ text: String, _ words: [String], _ isFound: Bool) throws {
    let store = try Store()
    var writer = try store.writer()
    var changes = Changes()
    changes.throughPosition = 1
    changes.keywords = [.init(number: 0, text: Array(text.utf8))]
    changes.rollups = [.init(keyword: 0, cell: .nowhere, hour: 0, reportCount: 1, witnessCount: 1)]
    try writer.apply(changes, sample: Twin.sample)
    var filter = RollupFilter()
    filter.keywordWords = words
    let rows = try store.reader().rollups(filter)
    #expect(rows.isEmpty != isFound, "\(text) \(words)")
  }

  @Test func wordsAreWhole() throws {
    try check("power outage", ["power"], true)
    try check("power outage", ["outage", "power"], true)
    try check("power outage", ["power outage"], true)
    try check("power outage", ["out"], false)
    try check("power outage", ["age"], false)
    try check("power outage", ["power", "fire"], false)
    try check("firefire fire", ["fire"], true)
    try check("car-crash", ["crash"], true)
    try check("car-crash", ["car-crash"], true)
    try check("car-crash", ["car crash"], false)
    try check("überflutung", ["flutung"], false)
    try check("überflutung", ["überflutung"], true)
    try check("100% full", ["100%"], true)
    try check("it's", ["'"], false)
    try check("a_b", ["%"], false)
    try check("fire", [""], true)
    try check("fire", ["firefire"], false)
  }

  @Test(arguments: 0..<4 as Range<UInt64>)
  func rollupsEqualBruteForce(seed: UInt64) throws {
    let (store, twin, _) = try Store.filled(seed: 200 + seed, rounds: 40)
    let reader = try store.reader()
    var random = SeededGenerator(seed: seed)
    for round in 0..<100 {
      var filter = RollupFilter()
      if Bool.random(using: &random) { filter.since = time(&random) }
      if Bool.random(using: &random) { filter.until = time(&random) }
      if Bool.random(using: &random) { filter.keywordWords = [ChangesGenerator.words.randomElement(using: &random) ?? ""] }
      let expected = twin.rollupLines { key in
        let begin = Int64(key.hour) * 3_600_000_000
        return Set(filter.keywordWords.map { $0[...] }).isSubset(of: Self.words(twin.keyword(key.keyword)))
          && filter.since.map { begin + 3_600_000_000 > $0.microseconds } ?? true
          && filter.until.map { begin < $0.microseconds } ?? true
      }
      let lines = try reader.rollups(filter).map(\.line)
      #expect(lines == expected, "seed \(seed), round \(round), \(filter)")
      filter.limit = Int.random(in: -1...lines.count + 1, using: &random)
      let limited = try reader.rollups(filter).map(\.line)
      #expect(limited == Array(lines.prefix(max(filter.limit ?? 0, 0))), "seed \(seed), round \(round), \(filter)")
    }
  }

  private func time(_ random: inout SeededGenerator) -> Timestamp {
    let hour = Int64.random(in: -5...22, using: &random) * 3_600_000_000
    return Timestamp(
      microseconds: [hour, hour - 1, hour + 1, hour + 1_800_000_000, .min, .max].randomElement(using: &random) ?? 0)
  }

  @Test func plansUseTheirIndexes() throws {
    let (store, _, _) = try Store.filled(seed: 9, rounds: 5)
    let reader = try store.reader()
    func check(_ index: String, sorts: Bool, _ set: (inout ClusterFilter) -> Void) throws {
      var filter = ClusterFilter()
      set(&filter)
      let plan = try reader.plan(filter)
      #expect(plan.first?.contains(index) == true, "\(plan)")
      #expect(plan.contains { $0.contains("TEMP B-TREE") } == sorts, "\(plan)")
      #expect(plan.contains { $0.hasPrefix("SEARCH k USING INTEGER PRIMARY KEY") }, "\(plan)")
    }
    try check("SCAN c USING INDEX cluster_by_recency", sorts: false) { _ in }
    try check("SCAN c USING INDEX cluster_by_size", sorts: false) { $0.order = .largest }
    for (index, state) in [("cluster_by_recency", nil), ("cluster_open", .open)] as [(String, ClusterFilter.State?)] {
      try check("SEARCH c USING INDEX \(index) (last_report_at>?)", sorts: false) {
        $0.since = Timestamp(seconds: 0)
        $0.until = Timestamp(seconds: 1)
        $0.state = state
      }
    }
    try check("SEARCH c USING INDEX cluster_by_place (latitude>? AND latitude<?)", sorts: true) {
      $0.near = .init(center: Coordinate(latitudeE7: 0, longitudeE7: 0), radiusMeters: 1)
    }
    try check("SEARCH c USING INDEX cluster_by_keyword (keyword=?)", sorts: true) { $0.keywordWords = ["fire"] }
    var filter = RollupFilter()
    for words in [[], ["fire"]] {
      filter.keywordWords = words
      let plan = try reader.plan(filter)
      #expect(plan.contains("SEARCH r USING PRIMARY KEY (keyword=? AND hour>? AND hour<?)"), "\(plan)")
      #expect(!plan.contains { $0.contains("SCAN r") }, "\(plan)")
    }
  }
}
