import Oracle
import Reports
import TestSupport
import Testing

@testable import Engine

/// L1 is a pure function of the admitted reports: permutations, cuttings into batches, and streams that θ has grown in.
@Suite struct OrderTests {
  private static let places: [(latitude: Double, longitude: Double)] = [
    (42.36, -71.06), (0, 0), (89.995, 10), (-89.999, -120), (-17.5, 180), (64.9, -179.995), (10, 20), (-35, 150), (51, 7),
    (20, -100),
  ]

  private static func settings(_ generator: inout SeededGenerator) -> EngineSettings {
    var settings = EngineSettings()
    settings.cellMeters = 25_000
    settings.binMinutes = [15, 60].randomElement(using: &generator) ?? 60
    settings.minimumWitnesses = Int.random(in: 2...3, using: &generator)
    settings.allowedLatenessMinutes = 60 * 24
    settings.profiles[0].hasSeason = false
    settings.identityKey = SipHash.Key(first: generator.next(), second: generator.next())
    return settings
  }

  /// Ten cases of 30 to 60 reports, each a keyword and a place of its own, within four hours.
  private static func cases(_ generator: inout SeededGenerator) -> [Event] {
    var events: [Event] = []
    for (number, place) in places.enumerated() {
      for _ in 0..<Int.random(in: 30...60, using: &generator) {
        var event = Event(id: "\(events.count)", seconds: 1_423_000_000 + Int64.random(in: 0..<14_400, using: &generator))
        event.source = ["a", "b", "c"].randomElement(using: &generator) ?? "a"
        event.keywords = ["case\(number)"]
        event.latitude = min(90, max(-90, place.latitude + Double.random(in: -0.4...0.4, using: &generator)))
        event.longitude = place.longitude + Double.random(in: -0.4...0.4, using: &generator)
        if event.longitude > 180 { event.longitude -= 360 } else if event.longitude < -180 { event.longitude += 360 }
        if Int.random(in: 0..<15, using: &generator) == 0 { event.hasPlace = false }
        if Bool.random(using: &generator) { event.reporter = .random(in: 1...20, using: &generator) }
        event.text = "text \(Int.random(in: 0..<7, using: &generator))"
        events.append(event)
      }
    }
    return events
  }

  /// Clusters by keyword, without what depends on where a report stands in the journal.
  private static func bare(_ store: Store) -> [String: [ClusterID: ClusterSummary]] {
    var result: [String: [ClusterID: ClusterSummary]] = [:]
    for var cluster in store.clusters.values {
      let keyword = store.keywords[cluster.keyword] ?? "?"
      cluster.keyword = 0
      for index in cluster.samples.indices { (cluster.samples[index].position, cluster.samples[index].row) = (0, 0) }
      result[keyword, default: [:]][cluster.id] = cluster
    }
    return result
  }

  /// Cases × permutations and random cuttings, 250 a seed: 10,000, or as many as `make long-order` asks for.
  static let permutationCount = Environment.count("TOCSIN_PERMUTATIONS") ?? 10_000

  @Test(arguments: 0..<UInt64((permutationCount + 249) / 250))
  func tenThousandPermutationsAreOne(seed: UInt64) {
    var generator = SeededGenerator(seed: seed &+ 40_000)
    let settings = Self.settings(&generator)
    let events = Self.cases(&generator)
    let reference = run(events, settings: settings).store
    let expected = BatchOracle(events, settings).clusters()
    #expect(EngineOracleTests.found(reference) == expected, "seed \(seed)")
    #expect(expected.count >= 5, "seed \(seed): trivial")
    let clusters = Self.bare(reference)
    for turn in 0..<25 {
      let sizes = (0..<8).map { _ in Int.random(in: 1...97, using: &generator) }
      let other = run(
        events.shuffled(using: &generator), settings: settings, batchSizes: sizes,
        drainEvery: .random(in: 1...9, using: &generator)
      ).store
      #expect(Self.bare(other) == clusters, "seed \(seed), permutation \(turn)")
      #expect(other.rollups == reference.rollups, "seed \(seed), permutation \(turn)")
    }
  }

  /// What is kept as a cluster grows is what its members and its settled part add up to: through joins, border nodes that leave for another
  /// cluster, and settling.
  @Test(arguments: 0..<6 as Range<UInt64>)
  func sumsThatAreKeptAreThoseOfTheMembers(seed: UInt64) {
    var generator = SeededGenerator(seed: seed &+ 42_000)
    var settings = Self.settings(&generator)
    settings.binMinutes = 15
    settings.allowedLatenessMinutes = 30
    settings.profiles[0].durationBins = [1, 2]
    let events = (0..<3_000).map { number in
      var event = Event(id: "\(number)", seconds: 1_423_000_000 + Int64(number) * 15 + .random(in: 0..<1_200, using: &generator))
      event.keywords = [["snow", "ice"].randomElement(using: &generator) ?? "snow"]
      event.latitude = 42.36 + .random(in: -0.5...0.5, using: &generator)
      event.longitude = -71.06 + .random(in: -0.5...0.5, using: &generator)
      return event
    }
    var engine = Engine(settings: settings)
    var (keptCount, settledCount) = (0, 0)
    for (number, start) in stride(from: 0, to: events.count, by: 5).enumerated() {
      let batch = makeBatch(events[start..<start + 5], firstSequence: UInt64(start) + 1)
      _ = engine.apply(batch, at: UInt64(number)..<UInt64(number) + 1)
      for slot in engine.scopes[0].index.openRoots {
        let cluster = engine.scopes[0].index.clusters[Int(slot)]
        if !cluster.areTotalsStale { keptCount += 1 }
        if cluster.settled.totals.reportCount > 0 { settledCount += 1 }
        let kept = String(describing: engine.scopes[0].index.totals(ofCluster: slot))
        engine.scopes[0].index.clusters[Int(slot)].areTotalsStale = true
        let addedUp = String(describing: engine.scopes[0].index.totals(ofCluster: slot))
        #expect(kept == addedUp, "seed \(seed), batch \(number)")
        engine.scopes[0].index.clusters[Int(slot)] = cluster
      }
    }
    #expect(keptCount > 20 && settledCount > 20, "seed \(seed): \(keptCount) were kept, \(settledCount) have settled parts")
  }

  /// More than three weeks in which a busy cell's θ leaves its floor, a quiet one's does not, and bursts come.
  private static func longStream(_ generator: inout SeededGenerator, days: Int) -> [Event] {
    var events: [Event] = []
    func add(_ seconds: Int64, _ latitude: Double, _ keyword: String) {
      var event = Event(id: "\(events.count)", seconds: 1_423_008_000 + seconds)
      event.latitude = latitude
      event.keywords = [keyword]
      event.source = ["a", "b"][events.count % 2]
      events.append(event)
    }
    for hour in 0..<Int64(days * 24) {
      func within() -> Int64 { hour * 3_600 + .random(in: 0..<3_600, using: &generator) }
      for _ in 0..<Int.random(in: 1...5, using: &generator) { add(within(), 42.36, "snow") }
      if Int.random(in: 0..<3, using: &generator) == 0 { add(within(), 42.9, "snow") }
      if Int.random(in: 0..<2, using: &generator) == 0 { add(within(), 42.36, "ice") }
      if Int.random(in: 0..<90, using: &generator) == 0 {
        let latitude = [42.36, 42.9, 43.4].randomElement(using: &generator) ?? 42.36
        for _ in 0..<Int.random(in: 5...16, using: &generator) { add(within(), latitude, "snow") }
      }
    }
    return events.sorted { $0.seconds < $1.seconds }
  }

  private static func longSettings(binMinutes: Int = 60) -> EngineSettings {
    var settings = EngineSettings()
    settings.cellMeters = 25_000
    settings.binMinutes = binMinutes
    settings.profiles[0].hasSeason = false
    settings.profiles[0].durationBins = [1, 2, 4, 8]
    return settings
  }

  @Test(arguments: 0..<4 as Range<UInt64>)
  func thresholdsThatHaveGrownAgreeWithTheOracle(seed: UInt64) {
    var generator = SeededGenerator(seed: seed &+ 41_000)
    let settings = Self.longSettings()
    let ordered = Self.longStream(&generator, days: 17)
    let arrived = EngineOracleTests.disorder(ordered, &generator, latenessSeconds: 6 * 3_600)
    let oracle = BatchOracle(arrived, settings)
    #expect(oracle.greatestThreshold > 8, "seed \(seed): θ is \(oracle.greatestThreshold)")
    #expect(!oracle.verdicts.contains(.late), "seed \(seed)")
    let expected = oracle.clusters()
    #expect(!expected.isEmpty, "seed \(seed)")
    for batchSizes in [[1], [7, 300]] {
      let store = run(arrived, settings: settings, batchSizes: batchSizes, drainEvery: 3).store
      #expect(EngineOracleTests.found(store) == expected, "seed \(seed), batches \(batchSizes)")
    }
  }

  /// The twin's guard: another α, no lag, or the floor alone must not agree on streams that θ has grown in.
  @Test func anotherThresholdDisagrees() {
    var generator = SeededGenerator(seed: 41_000)
    let settings = Self.longSettings()
    let events = Self.longStream(&generator, days: 17)
    let found = EngineOracleTests.found(run(events, settings: settings).store)
    var oracle = BatchOracle(events, settings)
    #expect(oracle.clusters() == found)
    oracle.twin.alpha = 1e-2
    #expect(oracle.clusters() != found)
    oracle.twin.alpha = 1e-3
    let (lagBins, openBins) = (oracle.twin.lagBins, oracle.twin.openBins)
    (oracle.twin.lagBins, oracle.twin.openBins) = (0, -1)
    #expect(oracle.clusters() != found)
    (oracle.twin.lagBins, oracle.twin.openBins) = (lagBins, openBins)
    #expect(oracle.clusters() == found)
    oracle.twin.firstBin = nil
    #expect(oracle.clusters() != found)
  }

  /// A lateness of days leaves many bins open at once: what a young bin is held against must not depend on how far the watermark is.
  @Test(arguments: 0..<2 as Range<UInt64>)
  func longLatenessKeepsTheOrderOut(seed: UInt64) {
    var generator = SeededGenerator(seed: seed &+ 42_000)
    var settings = Self.longSettings()
    settings.allowedLatenessMinutes = 60 * 24 * 3
    let ordered = Self.longStream(&generator, days: 18)
    func bare(_ events: [Event]) -> [String: [ClusterID: ClusterSummary]] {
      Self.bare(run(events, settings: settings).store).mapValues {
        $0.mapValues {
          var cluster = $0
          (cluster.significance, cluster.episode) = (nil, nil)
          return cluster
        }
      }
    }
    let reference = bare(ordered)
    for _ in 0..<3 {
      let arrived = EngineOracleTests.disorder(ordered, &generator, latenessSeconds: 3 * 24 * 3_600)
      #expect(bare(arrived) == reference, "seed \(seed)")
    }
  }
}
