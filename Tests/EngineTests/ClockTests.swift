import Engine
import Reports
import TestSupport
import Testing

/// Clocks that are wrong, feeds that stop for years, and keywords that come from two days at once.
@Suite struct ClockTests {
  private static let start: Int64 = 1_704_067_200

  /// Four sources over ten days, in the order of their sending; one of them says times that are `aheadHours` too late from its
  /// `after`-th report on.
  private static func events(aheadHours: Int64, after: Int, seed: UInt64) -> [Event] {
    var generator = SeededGenerator(seed: seed)
    var sent: [(at: Int64, source: String)] = []
    for source in ["a", "b", "c", "d"] {
      for _ in 0..<600 { sent.append((start + Int64.random(in: 0..<10 * 86_400, using: &generator), source)) }
    }
    var count = 0
    return sent.sorted { ($0.at, $0.source) < ($1.at, $1.source) }.enumerated().map { number, one in
      var event = Event(id: "\(number)", seconds: one.at)
      event.source = one.source
      if one.source == "d" {
        count += 1
        if count > after { event.seconds += aheadHours * 3_600 }
      }
      return event
    }
  }

  @Test(arguments: [4, 7, 11, 14, 24] as [Int64])
  func aFastClockMakesNobodyElseLate(aheadHours: Int64) {
    for seed in 0..<4 as Range<UInt64> {
      let events = Self.events(aheadHours: aheadHours, after: 150, seed: seed)
      let verdicts = run(events, settings: EngineSettings()).verdicts
      let late = zip(events, verdicts).count { $0.source != "d" && $1 == .late }
      #expect(late == 0, "seed \(seed): \(late) late beside a clock that is \(aheadHours) hours fast")
    }
  }

  @Test func aFastClockThatSpeaksFirstIsSetBack() {
    for seed in 0..<4 as Range<UInt64> {
      var events = Self.events(aheadHours: 24, after: 0, seed: seed)
      guard let first = events.firstIndex(where: { $0.source == "d" }) else { return }
      events.insert(events.remove(at: first), at: 0)
      let verdicts = run(events, settings: EngineSettings()).verdicts
      let late = zip(events, verdicts).count { $0.source != "d" && $1 == .late }
      #expect(late <= 2, "seed \(seed): \(late) late")
    }
  }

  /// The oracle's guard: two sources cannot be told from each other, and the slower is late.
  @Test func ofTwoSourcesTheFasterHolds() {
    let events = Self.events(aheadHours: 24, after: 150, seed: 1).filter { $0.source == "a" || $0.source == "d" }
    let verdicts = run(events, settings: EngineSettings()).verdicts
    #expect(zip(events, verdicts).contains { $0.source == "a" && $1 == .late })
  }

  @Test(.timeLimit(.minutes(1)))
  func aSilenceOfFiftyYearsIsPassedOver() {
    let old = (0..<60).map { number in
      var event = Event(id: "old \(number)", seconds: Int64(number) * 60)
      event.keywords = (0..<16).map { "keyword \($0)" }
      return event
    }
    let new = Self.events(aheadHours: 0, after: 0, seed: 3)
    let (store, verdicts) = run(old + new, settings: EngineSettings())
    #expect(verdicts.allSatisfy { $0 == .accepted })
    #expect(store.clusters.values.filter(\.isClosed).count >= 16)
  }

  /// A default geocode: half of a source's reports at one point among points that are all different, and not a third.
  @Test(arguments: [(2, true), (3, false)])
  func halfOfTheReportsAtOnePlaceAreSeen(every: Int, isHalf: Bool) {
    var generator = SeededGenerator(seed: 7)
    let events = (0..<4_000).map { number in
      var event = Event(id: "\(number)", seconds: Self.start + Int64(number) * 200)
      if number % every != 0 {
        event.latitude = Double.random(in: 42.3...42.5, using: &generator)
        event.longitude = Double.random(in: -71.2 ... -71, using: &generator)
      }
      return event
    }
    let count = run(events, settings: EngineSettings()).store.sources["a"]?.commonestPlaceCount ?? 0
    #expect((Double(count) / 4_000 >= 0.47) == isHalf, "\(count) of 4000")
    #expect(count <= 4_000 / UInt64(every) + 1)
  }

  @Test func goingBackAndForthBetweenDaysBringsNoMoreKeywords() {
    var settings = EngineSettings()
    settings.newKeywordsPerSourceDay = 10
    let events = (0..<400).map { number in
      var event = Event(id: "\(number)", seconds: Self.start + (number % 2 == 0 ? -60 : 60))
      event.keywords = ["word \(number)"]
      return event
    }
    let store = run(events, settings: settings).store
    // One of the first day, before the second began; then the second day's ten, whichever day a report is of.
    #expect(store.keywords.count == 11)
    #expect(store.sources["a"]?.refusedKeywordCount == 389)
  }
}
