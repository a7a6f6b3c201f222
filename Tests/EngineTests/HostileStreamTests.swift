import Reports
import TestSupport
import Testing

@testable import Engine

/// Streams that mean no good, or are merely odd: nothing false is raised, nothing breaks.
@Suite struct HostileStreamTests {
  /// A flat null of some weeks: two keywords, twenty places, one report an hour in the mean.
  static func null(days: Int, seed: UInt64 = 1, source: String = "a", start: Int64 = 0) -> [Event] {
    var generator = SeededGenerator(seed: seed)
    return (0..<days * 24).map { number in
      var event = Event(
        id: "n\(seed)-\(number)", seconds: 1_423_008_000 + start + Int64.random(in: 0..<Int64(days) * 86_400, using: &generator))
      event.source = source
      event.latitude = 42 + Double(Int.random(in: 0..<20, using: &generator)) * 0.02
      event.longitude += Double.random(in: 0..<0.005, using: &generator)
      event.keywords = [["snow", "ice"].randomElement(using: &generator) ?? "ice"]
      return event
    }.sorted { $0.seconds < $1.seconds }
  }

  static var settings: EngineSettings {
    var settings = EngineSettings()
    settings.cellMeters = 2_000
    settings.profiles[0].durationBins = [1, 2, 4, 8]
    settings.utcOffsetMinutes = 0
    settings.falseAlarmsPerDay = 0.1
    return settings
  }

  /// Many reports within minutes at one place, after so many days; the change makes each what it is.
  static func burst(
    _ count: Int, day: Int, seconds: Int64 = 1, keywords: [String] = ["snow"], _ change: (inout Event, Int) -> Void = { _, _ in }
  )
    -> [Event]
  {
    (0..<count).map { number in
      var event = Event(
        id: "b\(day)-\(keywords.first ?? "")-\(number)", seconds: 1_423_008_000 + Int64(day) * 86_400 + Int64(number) * seconds)
      event.latitude = 42.1
      event.keywords = keywords
      change(&event, number)
      return event
    }
  }

  static func store(_ events: [Event], _ settings: EngineSettings = settings) -> Store {
    run(events.sorted { $0.seconds < $1.seconds }, settings: settings, batchSizes: [1_000]).store
  }

  /// The guard of all below: independent witnesses in the same stream are an episode.
  @Test func aBurstOfWitnessesIsAnEpisode() {
    let store = Self.store(Self.null(days: 22) + Self.burst(40, day: 20, seconds: 60))
    #expect(store.episodes.count == 1 && store.incidents.count == 1, "\(store.episodes.count)")
    #expect(store.episodes.values.first?.significance.observed ?? 0 >= 30)
  }

  @Test func aFloodOfOneReporterIsNothing() {
    let flood = Self.burst(100_000, day: 20, seconds: 0) { event, _ in event.reporter = 7 }
    let store = Self.store(Self.null(days: 22) + flood)
    #expect(store.episodes.isEmpty, "\(store.episodes)")
  }

  @Test func everyReportTwiceIsNothing() {
    let null = Self.null(days: 22)
    let doubled = null.flatMap { event in
      var second = event
      second.id += " again"
      second.reporter = UInt64(event.seconds)
      var first = event
      first.reporter = UInt64(event.seconds)
      return [first, second, first]
    }
    #expect(Self.store(doubled).episodes.isEmpty)
  }

  @Test func aFloodOfStaffIsNothing() {
    var settings = Self.settings
    settings.sources = [SourceRule(prefix: "staff", role: .staff)]
    let flood = Self.burst(500, day: 20, seconds: 5) { event, _ in event.source = "staff desk" }
    #expect(Self.store(Self.null(days: 22) + flood, settings).episodes.isEmpty)
  }

  @Test func identicalPlacesAreCounted() {
    let burst = Self.burst(40, day: 20, seconds: 60) { event, number in
      if number % 2 == 0 { event.latitude += Double(number) * 0.0001 }
    }
    let episode = Self.store(Self.null(days: 22) + burst).episodes.values.first
    let share = Double(episode?.identicalPlaceCount ?? 0) / Double(max(1, episode?.reportCount ?? 0))
    #expect(share > 0.4 && share < 0.65, "\(share)")
  }

  @Test func nothingIsSaidWhileLearning() {
    let store = Self.store(Self.null(days: 7) + Self.burst(60, day: 6, seconds: 30))
    #expect(store.episodes.isEmpty)
    #expect(!store.clusters.isEmpty && store.clusters.values.allSatisfy { $0.significance == nil })
  }

  @Test func reportsAtTheEndsOfTheEarth() {
    var events = Self.null(days: 18)
    for (number, place) in [(90.0, 180.0), (90, -180), (-90, 180), (-90, 0), (0, 180), (0, -180)].enumerated() {
      for day in 0..<18 {
        events += Self.burst(day == 17 ? 30 : 1, day: day) { event, index in
          event.id = "\(number) \(day) \(index)"
          (event.latitude, event.longitude) = place
        }
      }
    }
    let store = Self.store(events)
    #expect(store.clusters.count == 3)
    #expect(store.rollups.count > 10)
  }

  @Test(.timeLimit(.minutes(1))) func manyKeywordsOfOneSourceHarmNobody() {
    let flood = (0..<4_000).map { number in
      var event = Event(id: "k\(number)", seconds: 1_423_008_000 + 19 * 86_400 + Int64(number) * 20)
      event.source = "bot"
      event.keywords = (0..<5).map { "word \(number) \($0)" }
      return event
    }
    let store = Self.store(Self.null(days: 22) + Self.burst(40, day: 20, seconds: 60) + flood)
    #expect(store.episodes.values.filter { store.keywords[$0.keyword] == "snow" }.count == 1)
    #expect(store.episodes.values.allSatisfy { store.keywords[$0.keyword] == "snow" })
  }

  // MARK: Alerts

  @Test func anAlertWaitsForItsGroupAndComesOnce() {
    let events = (Self.null(days: 24) + Self.burst(60, day: 20, seconds: 120)).sorted { $0.seconds < $1.seconds }
    var engine = Engine(settings: Self.settings)
    var alerts: Set<Timestamp> = []
    var firstSeenAt: Set<Timestamp> = []
    for (number, event) in events.enumerated() {
      _ = engine.apply(makeBatch([event], firstSequence: UInt64(number + 1)), at: UInt64(number)..<UInt64(number + 1))
      for incident in engine.drain().incidents {
        firstSeenAt.insert(incident.firstSeenAt)
        if let alertedAt = incident.alertedAt { alerts.insert(alertedAt) }
      }
    }
    #expect(alerts.count == 1 && firstSeenAt.count == 1)
    #expect((alerts.first?.microseconds ?? 0) - (firstSeenAt.first?.microseconds ?? 0) == 600_000_000)
    var store = Store()
    store.take(engine.drain())
    #expect(run(events, settings: Self.settings).store.episodes.values.allSatisfy { $0.isClosed })
  }

  @Test func twinKeywordsAreOneEpisode() {
    let store = Self.store(Self.null(days: 22) + Self.burst(40, day: 20, seconds: 60, keywords: ["snow", "ice"]))
    #expect(store.episodes.count == 1)
    let episode = store.episodes.values.first
    #expect(episode?.otherKeywords.count == 1)
    #expect(store.incidents.values.first?.keywords.count == 2)
  }

  /// Two bursts on two days, more than a day apart: two episodes.
  @Test func quietEndsAnEpisode() {
    func count(_ secondDay: Int) -> Int {
      Self.store(Self.null(days: 30) + Self.burst(40, day: 20, seconds: 60) + Self.burst(40, day: secondDay, seconds: 60))
        .episodes.count
    }
    #expect(count(24) == 2)
  }

  /// Also where nobody says anything in between, so that nothing lets time pass.
  @Test func aSilenceOfEverybodyEndsAnEpisode() {
    let null = Self.null(days: 30).filter {
      $0.seconds < 1_423_008_000 + 20 * 86_400 || $0.seconds > 1_423_008_000 + 24 * 86_400 + 7_200
    }
    // Within ten minutes each, and something after it, so that it is looked at.
    let bursts = [20, 24].flatMap { day in
      Self.burst(40, day: day, seconds: 10) + Self.burst(1, day: day, keywords: ["end"]) { event, _ in event.seconds += 1_200 }
    }
    let episodes = Self.store(null + bursts).episodes.values
    #expect(episodes.allSatisfy { $0.lastSeenAt.microseconds - $0.firstSeenAt.microseconds < 86_400_000_000 })
    #expect(episodes.contains { $0.firstSeenAt.microseconds >= (1_423_008_000 + 24 * 86_400) * 1_000_000 })
  }

  @Test func quietTimesAreThoseOfTheProfile() {
    var settings = Self.settings
    settings.profiles.append(.region)
    settings.profiles[1].quietHours = 240
    settings.topics = [TopicRule(keywords: ["snow"], profile: 1)]
    let store = Self.store(Self.null(days: 26) + Self.burst(60, day: 20, seconds: 60), settings)
    let episode = store.episodes.values.first { store.keywords[$0.keyword] == "snow" }
    #expect(episode?.isClosed == false)
  }

  @Test func mergedIncidentsStayReachable() {
    // Two keywords at one place and time, of different reporters: two episodes, one incident.
    let events =
      Self.null(days: 22) + Self.burst(40, day: 20, seconds: 60) + Self.burst(40, day: 20, seconds: 60, keywords: ["ice"])
    let store = Self.store(events)
    #expect(store.episodes.count == 2 && store.incidents.count == 1, "\(store.episodes.count) \(store.incidents.count)")
    for start in store.incidentMerges.keys {
      var id = start
      while let next = store.incidentMerges[id] { id = next }
      #expect(store.incidents[id] != nil)
    }
    for episode in store.episodes.values { #expect(store.incidents[episode.incident] != nil) }
  }

  // MARK: Calibration

  /// Small clumps that no dial tells of make the stated intervals shorter.
  @Test func theHealthRatioGrowsWithClumps() {
    func health(everyHours: Int) -> Double {
      var generator = SeededGenerator(seed: 11)
      var events = Self.null(days: 70)
      for hour in stride(from: 18 * 24, to: 70 * 24, by: everyHours) {
        let latitude = 42 + Double(Int.random(in: 0..<20, using: &generator)) * 0.02
        events += Self.burst(5, day: 0, seconds: 300) { event, number in
          event.id = "clump \(hour) \(number)"
          event.seconds += Int64(hour) * 3_600
          event.latitude = latitude
        }
      }
      return Self.store(events).calibrations[0]?.healthRatio ?? 0
    }
    let (without, with) = (health(everyHours: 10_000), health(everyHours: 36))
    #expect(without > 0 && without < 1 && with > 2 * without, "\(without) \(with)")
  }

  // MARK: Bounds

  /// Keywords that were heard once fade, are forgotten and counted; the others go on as if they had not been.
  @Test func fadedSeriesAreForgottenAndCounted() {
    var settings = Self.settings
    settings.profiles[0].halfLifeDays = 2
    let usual = Self.null(days: 34) + Self.burst(40, day: 32, seconds: 60)
    let once = (0..<400).map { number in
      var event = Event(id: "once \(number)", seconds: 1_423_008_000 + Int64(number) * 60)
      event.latitude = 42 + Double(number % 20) * 0.02
      event.keywords = ["word \(number)"]
      return event
    }
    let (without, with) = (Self.store(usual, settings), Self.store(usual + once, settings))
    let (few, many) = (without.calibrations[0], with.calibrations[0])
    // A cell and a block each: after seven half-lives less than 0.01 is left of them. The series of the whole area stay.
    #expect((many?.evictedSeriesCount ?? 0) >= 800 + (few?.evictedSeriesCount ?? 0), "\(String(describing: many))")
    #expect((many?.seriesCount ?? .max) <= (few?.seriesCount ?? 0) + 400, "\(String(describing: many))")
    #expect(with.episodes.values.map { with.keywords[$0.keyword] } == ["snow"])
    #expect(without.episodes.count == 1)
  }

  /// Places whose tiles meet in one store's table are strewn over another's: nobody who does not know the seed can choose them.
  @Test(arguments: 0..<8 as Range<UInt64>)
  func placesAimedAtOneSlotOfTheTilesMissItInOtherStores(number: UInt64) throws {
    let mask: UInt64 = (1 << 12) - 1
    let cells = (0..<(1 << 17) as Range<UInt32>).map { CellID(row: 4 * ($0 >> 8), column: 4 * ($0 & 255)) }
    func slots(_ cells: [CellID], seed: UInt64) -> Set<UInt64> {
      Set(cells.map { TileMap.Patch($0).mark(7, seed: seed) & mask })
    }
    var generator = SeededGenerator(seed: number &+ 43_000)
    let seed = generator.next()
    // Whoever knows the seed aims at the slot in which most meet: how many meet in another may vary with the seed.
    let bySlot = Dictionary(grouping: cells) { TileMap.Patch($0).mark(7, seed: seed) & mask }
    let aimed = try #require(bySlot.values.max { ($0.count, $1[0]) < ($1.count, $0[0]) })
    #expect(aimed.count > 16, "seed \(seed)")
    #expect(slots(aimed, seed: seed).count == 1, "seed \(seed)")
    #expect(slots(aimed, seed: seed ^ 1).count > aimed.count * 3 / 4, "seed \(seed)")
    #expect(slots(aimed, seed: seed ^ (1 << 63)).count > aimed.count * 3 / 4, "seed \(seed)")
  }

  /// 2⁶³ reports cannot be sent, but a node that has counted all that it can still takes more, and they are scanned.
  @Test func countsOfNodesSaturate() {
    let settings = Self.settings
    var index = ClusterIndex(profile: settings.profiles[0], key: settings.identityKey)
    var detector = Detector(profile: settings.profiles[0], number: 0, settings: settings)
    let name = Array("snow".utf8)
    func add(_ number: UInt32) {
      let sighting = ClusterIndex.Sighting(
        time: Timestamp(seconds: 3 * 3_600), place: Coordinate(latitude: 42, longitude: -71), source: 1, witness: nil,
        sample: nil, mark: EvidencePool.Mark(identity: number, place: 1, text: 0))
      detector.hear(1, bin: 0, place: nil)
      index.add(sighting, keyword: 0, name: name[...], detector: &detector)
    }
    add(0)
    var members: [UInt32] = []
    index.forEachNode(ofKeyword: 0) { members.append($0) }
    #expect(members.count == 1)
    guard let member = members.first else { return }
    (index.nodes[member].reportCount, index.nodes[member].witnessCount) = (.max - 2, .max - 2)
    for number in 1...5 as ClosedRange<UInt32> { add(number) }
    #expect(index.nodes[member].reportCount == .max && index.nodes[member].witnessCount == .max)
    let slot = detector.makeBaseline(keyword: 0, source: 1, bin: 0)
    detector.openBin(3)
    var scratch = Detector.Scratch(detector.geometry)
    for bin in 0...2 as ClosedRange<Int32> {
      detector.add(.max, slot: slot, cell: index.nodes[member].cell, bin: bin)
    }
    var late = LateChanges()
    let awaiting = index.nodesAwaitingScan
    let bin = index.nodes[member].bin
    index.handOver(awaiting, to: &detector, &scratch, newest: bin, late: &late)
    index.handOver(awaiting, to: &detector, &scratch, newest: bin, late: &late)
    var counts: [UInt32] = []
    detector.table.forEachEntry(of: detector.baselines[slot].series, from: .max) { _, count in
      counts.append(count)
      return true
    }
    #expect(counts == [UInt32](repeating: .max, count: 4))
    // What has been added up is a number, and so is what it is held against.
    for bin in 0...80 as ClosedRange<Int32> { detector.close(bin, SourceWatch()) }
    let baseline = detector.baselines[slot]
    #expect(detector.rate(baseline) > 1e6 && detector.rate(baseline).isFinite)
    #expect(detector.dispersion(baseline) >= 1 && detector.dispersion(baseline).isFinite)
  }

  @Test func anOutageRaisesNothingAtItsEnd() {
    var events = Self.null(days: 40).filter {
      $0.seconds < 1_423_008_000 + 25 * 86_400 || $0.seconds > 1_423_008_000 + 32 * 86_400
    }
    // Another source keeps the clock going.
    events += Self.null(days: 40, seed: 9, source: "b")
    let store = Self.store(events)
    let own = store.outages.values.filter { store.sources["a"]?.number == $0.source }
    #expect(own.count == 1 && own.first?.endedAt != nil, "\(store.outages)")
    #expect(store.episodes.isEmpty)
  }
}

extension ClusterIndex {
  /// As a scope does it.
  fileprivate mutating func handOver(
    _ awaiting: [UInt32], to detector: inout Detector, _ scratch: inout Detector.Scratch, newest: Int32,
    late: inout LateChanges
  ) { detector.absorbNodes(awaiting, &nodes, evidence, &scratch, newest: newest, late: &late) }
}
