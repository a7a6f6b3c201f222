import Engine
import Oracle
import Reports
import TestSupport
import Testing

/// The engine against `BatchOracle`, over seeds: disorder within the lateness, duplicates, any cutting into batches.
@Suite struct EngineOracleTests {
  static let centers: [(latitude: Double, longitude: Double)] = [
    (42.36, -71.06), (0, 0), (89.995, 10), (-89.999, -120), (-17.5, 180), (64.9, -179.995),
  ]

  static func makeSettings(_ generator: inout SeededGenerator) -> EngineSettings {
    var settings = EngineSettings()
    settings.cellMeters = [500, 1_000, 25_000].randomElement(using: &generator) ?? 1_000
    settings.binMinutes = [15, 60].randomElement(using: &generator) ?? 60
    settings.minimumWitnesses = Int.random(in: 2...4, using: &generator)
    settings.allowedLatenessMinutes = [0, 30, 180].randomElement(using: &generator) ?? 30
    settings.profiles[0].hasSeason = false
    settings.identityKey = SipHash.Key(first: generator.next(), second: generator.next())
    return settings
  }

  /// Clumped events about one centre, in the order of their times.
  static func makeEvents(_ generator: inout SeededGenerator, count: Int, settings: EngineSettings) -> [Event] {
    let center = centers.randomElement(using: &generator) ?? (0, 0)
    let span = settings.cellMeters / 111_000 * 4
    let hours = Double.random(in: 6...60, using: &generator)
    return (0..<count).map { number in
      var event = Event(id: "\(number)", seconds: 1_423_000_000 + Int64.random(in: 0...Int64(hours * 3600), using: &generator))
      event.source = ["a", "b", "c"].randomElement(using: &generator) ?? "a"
      event.latitude = min(90, max(-90, center.latitude + Double.random(in: -span...span, using: &generator)))
      let stretch = min(180, span / max(0.0001, abs(event.latitude) > 89 ? 0.01 : 0.5))
      var longitude = center.longitude + Double.random(in: -stretch...stretch, using: &generator)
      if longitude > 180 { longitude -= 360 } else if longitude < -180 { longitude += 360 }
      event.longitude = longitude
      event.hasPlace = Int.random(in: 0..<20, using: &generator) != 0
      event.keywords = [["snow"], ["snow", "ice"], ["ice"]].randomElement(using: &generator) ?? []
      event.text = "text \(Int.random(in: 0..<9, using: &generator))"
      switch Int.random(in: 0..<3, using: &generator) {
      case 0: event.reporter = UInt64.random(in: 1...12, using: &generator)
      case 1: event.subject = "ticket \(Int.random(in: 0..<12, using: &generator))"
      default: break
      }
      return event
    }.sorted { $0.seconds < $1.seconds }
  }

  /// Moves events back by at most the lateness, so that none is late; adds some twice.
  static func disorder(_ events: [Event], _ generator: inout SeededGenerator, latenessSeconds: Int64) -> [Event] {
    var arrivals: [(at: Int64, event: Event)] = []
    for event in events {
      arrivals.append((event.seconds + Int64.random(in: 0...latenessSeconds, using: &generator), event))
      if Int.random(in: 0..<10, using: &generator) == 0 {
        arrivals.append((event.seconds + Int64.random(in: 0...latenessSeconds, using: &generator), event))
      }
    }
    return arrivals.shuffled(using: &generator).sorted { $0.at < $1.at }.map(\.event)
  }

  static func found(_ store: Store) -> Set<PlainCluster> {
    Set(store.clusters.values.map { PlainCluster($0, keyword: store.keywords[$0.keyword] ?? "?") })
  }

  @Test(arguments: 0..<64 as Range<UInt64>)
  func agreesWithTheOracle(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let settings = Self.makeSettings(&generator)
    let ordered = Self.makeEvents(&generator, count: 260, settings: settings)
    let arrived = Self.disorder(ordered, &generator, latenessSeconds: Int64(settings.allowedLatenessMinutes) * 60)
    let oracle = BatchOracle(arrived, settings)
    let expected = oracle.clusters()
    #expect(!oracle.verdicts.contains(.late), "seed \(seed)")
    var stores: [Store] = []
    for batchSizes in [[1], [7, 1, 40], [64], [256], [1_000]] {
      let drainEvery = Int.random(in: 1...5, using: &generator)
      let (store, verdicts) = run(arrived, settings: settings, batchSizes: batchSizes, drainEvery: drainEvery)
      #expect(verdicts == oracle.verdicts, "seed \(seed), batches \(batchSizes)")
      #expect(Self.found(store) == expected, "seed \(seed), batches \(batchSizes)")
      stores.append(store)
    }
    for store in stores {
      #expect(store.clusters == stores[0].clusters || Self.sameButPositions(store, stores[0]), "seed \(seed)")
      #expect(store.rollups == stores[0].rollups, "seed \(seed)")
    }
    #expect(stores[0].rollups == oracle.hours, "seed \(seed)")
  }

  /// The scenarios hold what the rule speaks of: several bins and cells, borders, closed and open clusters, none.
  @Test func scenariosAreNotTrivial() {
    var (wide, long, closed, open, bordered) = (0, 0, 0, 0, 0)
    for seed in 0..<64 as Range<UInt64> {
      var generator = SeededGenerator(seed: seed)
      let settings = Self.makeSettings(&generator)
      let oracle = BatchOracle(Self.makeEvents(&generator, count: 260, settings: settings), settings)
      for found in oracle.clusters() {
        wide += found.cells.count > 1 ? 1 : 0
        long += found.last - found.first > Int64(settings.binMinutes) * 120_000_000 ? 1 : 0
        closed += found.isClosed ? 1 : 0
        open += found.isClosed ? 0 : 1
        bordered += found.witnesses % settings.minimumWitnesses != 0 ? 1 : 0
      }
    }
    #expect(min(wide, long, closed, bordered) >= 20 && open >= 5, "\((wide, long, closed, open, bordered))")
  }

  /// Summaries do not depend on the order of arrival, to the last member; only where a sample stands in the journal may differ.
  @Test(arguments: 0..<32 as Range<UInt64>)
  func isIndependentOfOrder(seed: UInt64) {
    var generator = SeededGenerator(seed: seed &+ 1_000)
    var settings = Self.makeSettings(&generator)
    settings.allowedLatenessMinutes = 24 * 60 * 7
    let events = Self.makeEvents(&generator, count: 300, settings: settings)
    let reference = run(events, settings: settings).store
    for _ in 0..<4 {
      let shuffled = run(events.shuffled(using: &generator), settings: settings, batchSizes: [13], drainEvery: 3).store
      #expect(Self.sameButPositions(shuffled, reference), "seed \(seed)")
      #expect(shuffled.rollups == reference.rollups, "seed \(seed)")
    }
  }

  /// Every id that was ever handed out leads to a cluster that stands.
  @Test(arguments: 0..<32 as Range<UInt64>)
  func keepsEveryIDReachable(seed: UInt64) {
    var generator = SeededGenerator(seed: seed &+ 2_000)
    let settings = Self.makeSettings(&generator)
    let events = Self.disorder(
      Self.makeEvents(&generator, count: 300, settings: settings), &generator,
      latenessSeconds: Int64(settings.allowedLatenessMinutes) * 60)
    let store = run(events, settings: settings, batchSizes: [1], drainEvery: 1).store
    for start in store.merges.keys {
      var id = start
      var steps = 0
      while let next = store.merges[id], steps < 10_000 { id = next; steps += 1 }
      #expect(store.clusters[id] != nil, "seed \(seed): \(start) leads to \(id)")
    }
  }

  /// The oracle's guard: an engine with another θ must not agree with it.
  @Test func canFail() {
    var generator = SeededGenerator(seed: 5)
    var settings = Self.makeSettings(&generator)
    settings.minimumWitnesses = 3
    let events = Self.makeEvents(&generator, count: 260, settings: settings)
    let expected = BatchOracle(events, settings).clusters()
    settings.minimumWitnesses = 2
    #expect(Self.found(run(events, settings: settings).store).count != expected.count)
  }

  /// What a producer sends twice in one epoch is judged by its sequence: the oracle's rule is the engine's.
  @Test func theCursorHoldsBeforeAnythingElse() {
    let settings = EngineSettings()
    let events = (0..<6).map { Event(id: "\($0)", seconds: 1_423_000_000) }
    var engine = Engine(settings: settings)
    var verdicts = engine.apply(makeBatch(events[0..<4]), at: 0..<1)
    verdicts += engine.apply(makeBatch(events[2..<6], firstSequence: 3), at: 1..<2)
    let oracle = BatchOracle(
      (events[0..<4] + events[2..<6]).map(\.plain), sequences: [1, 2, 3, 4, 3, 4, 5, 6], settings)
    #expect(verdicts == oracle.verdicts)
    #expect(verdicts.count { $0 == .duplicateOfCursor } == 2)
  }

  static func sameButPositions(_ a: Store, _ b: Store) -> Bool {
    func bare(_ store: Store) -> [ClusterID: ClusterSummary] {
      store.clusters.mapValues { cluster in
        var cluster = cluster
        cluster.keyword = store.keywords[cluster.keyword] == "snow" ? 0 : 1
        for index in cluster.samples.indices { (cluster.samples[index].position, cluster.samples[index].row) = (0, 0) }
        return cluster
      }
    }
    return bare(a) == bare(b)
  }
}
