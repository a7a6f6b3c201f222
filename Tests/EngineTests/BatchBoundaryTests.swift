import Reports
import TestSupport
import Testing

@testable import Engine

/// How a stream is cut into batches, and how often the engine is asked, changes nothing of what the store ends with.
@Suite struct BatchBoundaryTests {
  /// Weeks of several keywords and sources with a day's rhythm, bursts, reports without a place, late ones and a silence.
  static func stream(_ generator: inout SeededGenerator, days: Int) -> [Event] {
    var events: [Event] = []
    func add(_ seconds: Int64, _ latitude: Double, _ longitude: Double, _ keywords: [String]) {
      var event = Event(id: "\(events.count)", seconds: 1_423_008_000 + seconds)
      (event.latitude, event.longitude, event.keywords) = (latitude, longitude, keywords)
      event.source = ["a", "a", "b", "c"].randomElement(using: &generator) ?? "a"
      event.hasPlace = Int.random(in: 0..<9, using: &generator) != 0
      event.text = "text \(Int.random(in: 0..<40, using: &generator))"
      if Int.random(in: 0..<4, using: &generator) == 0 { event.reporter = .random(in: 1...200, using: &generator) }
      events.append(event)
    }
    for hour in 0..<Int64(days * 24) {
      func within() -> Int64 { hour * 3_600 + .random(in: 0..<3_600, using: &generator) }
      // Everybody is silent for ten days.
      if days > 35, hour >= 700, hour < 940 { continue }
      for _ in 0..<(hour % 24 < 7 ? 1 : 3) {
        let keyword = ["snow", "ice", "water", "tree"].randomElement(using: &generator) ?? "ice"
        add(within(), 42.2 + .random(in: 0...0.4, using: &generator), -71.2 + .random(in: 0...0.5, using: &generator), [keyword])
      }
      if hour > 24 * 17, Int.random(in: 0..<30, using: &generator) == 0 {
        let (latitude, longitude) = (42.2 + Double.random(in: 0...0.4, using: &generator), -71.1)
        let keywords = [["snow"], ["snow", "ice"], ["tree"]].randomElement(using: &generator) ?? []
        for _ in 0..<Int.random(in: 8...40, using: &generator) { add(within(), latitude, longitude, keywords) }
      }
    }
    return events.sorted { $0.seconds < $1.seconds }
  }

  @Test(arguments: 0..<2 as Range<UInt64>)
  func cuttingChangesNothing(seed: UInt64) {
    var generator = SeededGenerator(seed: seed &+ 50_000)
    let ordered = Self.stream(&generator, days: 44)
    let arrived = EngineOracleTests.disorder(ordered, &generator, latenessSeconds: 8 * 3_600)
    var settings = EngineSettings()
    settings.falseAlarmsPerDay = 0.5
    if seed == 1 {
      settings.profiles.append(.region)
      settings.topics = [TopicRule(keywords: ["tree", "wat*"], profile: 1)]
    }
    let reference = run(arrived, settings: settings, batchSizes: [256], drainEvery: .max)
    #expect(reference.store.episodes.count > 3 && reference.store.incidents.count > 3, "seed \(seed): trivial")
    #expect(Set(reference.store.history.map(\.kind)).count == 3 && reference.store.history.count > 100, "seed \(seed): trivial")
    #expect(reference.store.outages.count > 0, "seed \(seed): trivial")
    #expect(reference.verdicts.contains(.late), "seed \(seed): trivial")
    for (size, every) in [(1, 5), (7, 1), (64, 3), (256, 1), (1_000, 2)] {
      let other = run(arrived, settings: settings, batchSizes: [size], drainEvery: every)
      #expect(other.verdicts == reference.verdicts, "seed \(seed), batches of \(size)")
      #expect(Self.bare(other.store, size) == Self.bare(reference.store, 256), "seed \(seed), batches of \(size)")
    }
  }

  /// A store with every sample told by its place in the stream.
  private static func bare(_ store: Store, _ size: Int) -> Store {
    func moved(_ samples: [ClusterSummary.SampleReference]) -> [ClusterSummary.SampleReference] {
      samples.map {
        ClusterSummary.SampleReference(time: $0.time, position: $0.position * UInt64(size) + UInt64($0.row), row: 0)
      }
    }
    var store = store
    store.clusters = store.clusters.mapValues {
      var cluster = $0
      cluster.samples = moved(cluster.samples)
      return cluster
    }
    store.episodes = store.episodes.mapValues {
      var episode = $0
      episode.samples = moved(episode.samples)
      return episode
    }
    return store
  }
}
