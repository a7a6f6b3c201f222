import Engine
import Oracle
import Reports
import TestSupport
import Testing

/// The engine case by case.
@Suite struct EngineTests {
  /// Runs events with default settings, changed by `change`, and gives the verdicts and the store.
  private func check(
    _ events: [Event], _ verdicts: [Verdict], sourceLocation: SourceLocation = #_sourceLocation,
    change: (inout EngineSettings) -> Void = { _ in }
  ) -> Store {
    var settings = EngineSettings()
    change(&settings)
    let result = run(events, settings: settings)
    #expect(result.verdicts == verdicts, sourceLocation: sourceLocation)
    return result.store
  }

  @Test func theSameEventIsADuplicateAndAChangedOneAConflict() {
    var changed = Event(id: "1", seconds: 1_000)
    changed.text = "other"
    let store = check(
      [Event(id: "1", seconds: 1_000), Event(id: "1", seconds: 1_000), changed, Event(source: "b", id: "1", seconds: 1_000)],
      [.accepted, .duplicateOfIdentity, .rejected(.conflict), .accepted])
    let ledger = store.sources["a"]?.ledger
    #expect(ledger?.received == 3 && ledger?.accepted == 1 && ledger?.duplicate == 1 && ledger?.rejected == 1)
  }

  /// Every member of a report belongs to its content.
  @Test func everyMemberIsContent() {
    let first = Event(id: "1", seconds: 1_000, text: "t", subject: "s", reporter: 1)
    let changes: [(inout Event) -> Void] = [
      { $0.seconds += 1 }, { $0.latitude += 0.0000001 }, { $0.longitude += 1 }, { $0.hasPlace = false }, { $0.keywords = [] },
      { $0.keywords = ["sn", "ow"] }, { $0.text = "u" },
      {
        $0.subject = "st"; $0.text = ""
      }, { $0.reporter = 2 },
    ]
    for change in changes {
      var second = first
      change(&second)
      _ = check([first, second], [.accepted, .rejected(.conflict)])
    }
  }

  @Test func aReportBehindTheWatermarkIsLate() {
    let store = check(
      [
        Event(id: "1", seconds: 100_000), Event(id: "2", seconds: 100_000 - 3_600), Event(id: "3", seconds: 100_000 - 3_601),
        Event(id: "4", seconds: 100_061), Event(id: "5", seconds: 100_000 - 3_600),
      ],
      [.accepted, .accepted, .late, .accepted, .late]
    ) { $0.allowedLatenessMinutes = 60 }
    #expect(store.sources["a"]?.ledger.late == 2)
  }

  /// A conflict or a late report must not move the watermark, or one bad clock would shut out everyone.
  @Test func onlyAdmittedReportsMoveTheWatermark() {
    var conflicting = Event(id: "1", seconds: 100_000)
    conflicting.seconds = 900_000
    _ = check(
      [Event(id: "1", seconds: 100_000), conflicting, Event(id: "2", seconds: 99_000)],
      [.accepted, .rejected(.conflict), .accepted])
  }

  @Test func identitiesAreForgottenAfterTheWindowAndNotBefore() {
    let hour: Int64 = 3_600
    func verdict(afterHours hours: Int64) -> [Verdict] {
      let events = [Event(id: "1", seconds: 0), Event(id: "2", seconds: hours * hour), Event(id: "1", seconds: 0, text: "new")]
      var settings = EngineSettings()
      settings.deduplicationWindowHours = 48
      settings.allowedLatenessMinutes = 60 * 24 * 30
      return run(events, settings: settings).verdicts
    }
    #expect(verdict(afterHours: 48) == [.accepted, .accepted, .rejected(.conflict)])
    #expect(verdict(afterHours: 55) == [.accepted, .accepted, .accepted])
  }

  /// Against a dictionary, over long streams that turn the generations over many times and fill the table.
  @Test(arguments: 0..<16 as Range<UInt64>)
  func deduplicationEqualsADictionary(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    var settings = EngineSettings()
    settings.deduplicationWindowHours = 16
    settings.allowedLatenessMinutes = 60 * 24 * 365
    var engine = Engine(settings: settings)
    var firstSight: [String: Int64] = [:]
    var seconds: Int64 = 0
    for turn in 0..<400 {
      seconds += Int64.random(in: 0...3_600 * 3, using: &generator)
      let ids = (0..<40).map { _ in "\(Int.random(in: 0..<600, using: &generator))" }
      let verdicts = engine.apply(
        makeBatch(ids.map { Event(id: $0, seconds: seconds) }, firstSequence: UInt64(turn * 40 + 1)),
        at: UInt64(turn)..<UInt64(turn + 1))
      for (id, verdict) in zip(ids, verdicts) {
        // A sixteenth of the window of play: a whole generation expires at once.
        let age = firstSight[id].map { seconds - $0 }
        if let age, age <= 16 * 3_600 { #expect(verdict != .accepted, "seed \(seed), turn \(turn), id \(id), age \(age)") }
        if age == nil || age.map({ $0 > 17 * 3_600 + 3_600 * 3 }) == true { #expect(verdict == .accepted, "seed \(seed)") }
        if verdict == .accepted { firstSight[id] = seconds }
      }
    }
  }

  @Test func aFullIdentityTableForgetsTheOldestAndCountsIt() {
    var settings = EngineSettings()
    settings.deduplicationEntryCount = 1_600
    var engine = Engine(settings: settings)
    let events = (0..<5_000).map { Event(id: "\($0)", seconds: 1_000) }
    _ = engine.apply(makeBatch(events), at: 0..<1)
    #expect(engine.census.identityCount <= 1_600)
    #expect(engine.census.identitiesForgottenEarlyCount == UInt64(5_000 - engine.census.identityCount))
    let again = engine.apply(makeBatch(events.suffix(1_400), firstSequence: 5_001), at: 1..<2)
    #expect(again.allSatisfy { $0 == .duplicateOfIdentity })
  }

  @Test func aResentBatchIsAnsweredFromTheCursor() {
    var engine = Engine(settings: EngineSettings())
    let events = (0..<10).map { Event(id: "\($0)", seconds: 1_000) }
    _ = engine.apply(makeBatch(events), at: 0..<1)
    #expect(engine.apply(makeBatch(events), at: 1..<2).allSatisfy { $0 == .duplicateOfCursor })
    #expect(engine.apply(makeBatch(events, epoch: 2), at: 2..<3).allSatisfy { $0 == .duplicateOfIdentity })
    #expect(engine.producerLedgers.map(\.throughSequence) == [10, 10])
    #expect(engine.producerLedgers.map(\.ledger.received) == [20, 10])
  }

  @Test func aReportWithoutAPlaceIsCountedAndNotClustered() {
    let events = (0..<9).map { Event(id: "\($0)", seconds: 1_000, hasPlace: false) }
    let store = check(events, Array(repeating: .accepted, count: 9))
    #expect(store.clusters.isEmpty)
    #expect(store.rollups == [PlainHour(keyword: "snow", cell: CellID.nowhere.rawValue, hour: 0): [9, 9]])
  }

  @Test func oneReporterIsOneWitness() {
    let loud = (0..<9).map { Event(id: "\($0)", seconds: 1_000, reporter: 7) }
    #expect(check(loud, Array(repeating: .accepted, count: 9)).clusters.isEmpty)
    let others = [Event(id: "x", seconds: 1_000, reporter: 8), Event(id: "y", seconds: 1_000, subject: "ticket")]
    let cluster = check(loud + others, Array(repeating: .accepted, count: 11)).clusters.values.first
    #expect(cluster?.witnessCount == 3 && cluster?.reportCount == 11)
  }

  /// Reports left and right of the antimeridian are one cluster, with its centre and box there and not in Africa.
  @Test func aClusterAcrossTheAntimeridianStaysWhole() {
    let events = [179.9990, 179.9995, 180, -180, -179.9995, -179.9990].enumerated().map {
      Event(id: "\($0.offset)", seconds: 1_000, latitude: 0.001, longitude: $0.element)
    }
    let clusters = Array(check(events, Array(repeating: .accepted, count: 6)) { $0.minimumWitnesses = 2 }.clusters.values)
    #expect(clusters.count == 1)
    #expect(clusters.first?.reportCount == 6 && clusters.first?.cells.count == 2)
    #expect(abs(clusters.first?.centroid.longitude ?? 0) > 179.999)
    #expect(clusters.first?.boundingBox.westE7 == 1_799_990_000 && clusters.first?.boundingBox.eastE7 == -1_799_990_000)
  }

  @Test func aClusterRoundThePoleStaysWhole() {
    let events = (0..<12).map { Event(id: "\($0)", seconds: 1_000, latitude: 89.9999, longitude: Double($0) * 30 - 170) }
    let clusters = check(events, Array(repeating: .accepted, count: 12)).clusters
    #expect(clusters.count == 1)
    #expect(clusters.values.first?.reportCount == 12)
  }

  @Test func aClusterClosesOnceNothingCanReachIt() {
    func state(watermarkHour: Int64) -> Bool? {
      let events =
        (0..<3).map { Event(id: "\($0)", seconds: 100) } + [Event(id: "far", seconds: watermarkHour * 3_600, longitude: 50)]
      var settings = EngineSettings()
      settings.allowedLatenessMinutes = 0
      return run(events, settings: settings).store.clusters.values.first?.isClosed
    }
    #expect(state(watermarkHour: 2) == false)
    #expect(state(watermarkHour: 3) == true)
  }

  @Test func samplesAreTheEarliestDistinctTexts() {
    let events = (0..<20).map { Event(id: "\($0)", seconds: Int64(2_000 - $0 * 10), text: "text \($0 % 7)") }
    let cluster = check(events, Array(repeating: .accepted, count: 20)).clusters.values.first
    // Rows 19…13 hold the seven texts first; the earliest five of them are rows 19, 18, 17, 16, 15.
    #expect(cluster?.samples.map(\.row) == [19, 18, 17, 16, 15])
  }

  @Test func clusterIDsReadBackAndKeepTheirOrder() {
    var generator = SeededGenerator(seed: 1)
    for _ in 0..<1_000 {
      let (a, b) = (ClusterID(rawValue: generator.next()), ClusterID(rawValue: generator.next()))
      #expect(ClusterID(a.description) == a && ClusterID(a.description.uppercased()) == a)
      #expect((a < b) == (a.description < b.description))
    }
    for text in ["", "0", "zzzzzzzzzzzzz", "000000000000u", "00000000000000"] { #expect(ClusterID(text) == nil) }
  }

  @Test func anEmptyEngineHasNothingToSay() {
    var engine = Engine(settings: EngineSettings())
    #expect(engine.drain() == Changes())
    #expect(engine.apply(makeBatch([Event]()), at: 0..<1).isEmpty)
  }

  @Test func timesBeforeTheEpochAndFarAgoAreBinsLikeOthers() {
    let store = check(
      (0..<3).map { Event(id: "\($0)", seconds: -62_167_219_200 + Int64($0)) }, Array(repeating: .accepted, count: 3))
    #expect(store.clusters.values.first?.openedAt == Timestamp(seconds: -62_167_219_200))
  }
}
