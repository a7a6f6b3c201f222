import Archive
import Engine
import Reports
import SQLite
import TestSupport
import Testing

/// What silences hide, when they end, and that a preview says so beforehand.
@Suite struct SilenceTests {
  private func silence(_ from: Double, _ to: Double, idle: Double = 24, words: [String] = [], area: SilenceArea? = nil) -> Silence
  {
    var silence = Silence(startsAt: hour(from), endsAt: hour(to), idleMicroseconds: Int64(idle * 3.6e9), reason: "works")
    silence.keywordWords = words
    silence.area = area
    return silence
  }

  private func ids(_ store: Store, _ change: (inout ActFilter) -> Void = { _ in }) throws -> [UInt64] {
    var filter = ActFilter()
    change(&filter)
    return try store.reader().incidents(ClusterFilter(), filter).rows.map(\.summary.id.rawValue).sorted()
  }

  private static let box = SilenceArea.box(BoundingBox(westE7: 0, southE7: 0, eastE7: 20_000_000, northE7: 20_000_000))
  private static let far = Coordinate(latitudeE7: 500_000_000, longitudeE7: 500_000_000)

  @Test func itHidesByPlaceKeywordAndTime() throws {
    let store = try Store.holding([
      incident(1, from: 0, to: 10), incident(2, from: 0, to: 10, at: Self.far), incident(3, from: 0, to: 10, keywords: [1]),
      incident(4, from: 0, to: 4), incident(5, from: 0, to: 20), incident(6, from: 0, to: 10, at: nil),
    ])
    let area = silence(5, 20, words: ["leak"], area: Self.box)
    let preview = try store.reader().preview(area, ActFilter())
    #expect(preview.hidden.map(\.summary.id.rawValue) == [1])
    #expect(try ids(store) == [1, 2, 3, 4, 5, 6], "a preview writes nothing")
    #expect(try store.analyst().begin(area) == .done(act: 1, silence: 1))
    #expect(try ids(store) == [2, 3, 4, 5, 6])
    #expect(try ids(store) { $0.includesSilenced = true } == [1, 2, 3, 4, 5, 6])
    let list = try store.reader().incidents(ClusterFilter(), ActFilter())
    #expect(list.passed.silencedCount == 1)
    // The whole area lies nowhere: only what is everywhere hides it.
    #expect(try store.analyst().begin(silence(5, 20, words: ["leak"])) == .done(act: 2, silence: 2))
    #expect(try ids(store) == [3, 4, 5])
    // What goes on past the end shows again.
    var writer = try store.writer()
    try writer.store([incident(1, from: 0, to: 20)])
    #expect(try ids(store) == [1, 3, 4, 5])
    #expect(try store.reader().acts().map(\.object?.isEmpty) == [false, false])
  }

  @Test func formsOfWordsAreAskedFor() throws {
    let store = try Store.holding([incident(1, from: 0, to: 2), incident(2, from: 0, to: 2, keywords: [1])])
    _ = try store.analyst().begin(silence(0, 9, words: ["lights"]))
    #expect(try ids(store) == [1, 2])
    #expect(try ids(store) { $0.isFurther = { $0 == ["lights"] && $1 == "street light" } } == [1])
  }

  @Test func itEndsWhereNothingMatches() throws {
    let store = try Store.holding([incident(1, from: 1, to: 3), incident(2, from: 5, to: 6), incident(3, from: 12, to: 13)])
    _ = try store.analyst().begin(silence(0, 100, idle: 4, area: Self.box))
    // 3 → 5 is short enough, 6 → 12 is not: it lapsed at 10, so that the third shows.
    var row = try #require(try store.reader().silences(ActFilter()).first)
    #expect(row.endsAt == hour(10) && row.isLapsed)
    #expect(try ids(store) == [3] && row.hiddenCount == 2)
    // A report that comes late fills the gap, and the answer follows the store.
    var writer = try store.writer()
    try writer.store([incident(4, from: 8, to: 11)])
    row = try #require(try store.reader().silences(ActFilter()).first)
    #expect(row.endsAt == hour(100) && !row.isLapsed)
    #expect(try ids(store) == [])
    try writer.store([incident(5, from: 17, to: 18)])
    row = try #require(try store.reader().silences(ActFilter()).first)
    #expect(row.endsAt == hour(17) && row.isLapsed, "at the very moment of its lapse it has ended")
    #expect(try ids(store) == [5])
    // Whoever acts next writes it down, once; then it is so for good.
    let rows = try store.reader().lapsedSilences(ActFilter())
    #expect(rows.map(\.endsAt) == [hour(17)])
    _ = try store.analyst(lapsed: rows).annotate(ClusterID(rawValue: 5), "n")
    _ = try store.analyst(lapsed: rows).annotate(ClusterID(rawValue: 5), "m")
    #expect(try store.reader().acts().map(\.verb) == [.silence, .lapseSilence, .annotate, .annotate])
    #expect(try store.reader().acts()[1].analyst == Act.nobody)
    try writer.store([incident(6, from: 13, to: 17)])
    row = try #require(try store.reader().silences(ActFilter()).first)
    #expect(row.endsAt == hour(17) && !row.isLapsed && row.silence.endedBy == Act.nobody)
    #expect(try store.analyst().endSilence(1) == .ended(hour(17), by: Act.nobody))
  }

  /// The moments at which nothing was reported for the idle time, minute by minute.
  @Test(arguments: 0..<40 as Range<UInt64>)
  func theLapseIsWhatAClockSays(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let (starts, ends, idle) = (60, 60 + Int.random(in: 10...900, using: &random), Int.random(in: 1...90, using: &random))
    let now = Int.random(in: 0...1_100, using: &random)
    func minute(_ minutes: Int) -> Timestamp { Timestamp(seconds: Int64(minutes) * 60) }
    let ranges = (0..<Int.random(in: 0...20, using: &random)).map { _ in
      let from = Int.random(in: 0...1_000, using: &random)
      return from...(from + Int.random(in: 0...60, using: &random))
    }
    var expected: Int?
    var quietSince = starts
    for clock in starts..<ends {
      if clock > now { break }
      if clock - quietSince >= idle {
        expected = clock
        break
      }
      if ranges.contains(where: { $0.contains(clock) }) { quietSince = clock }
    }
    let silence = Silence(startsAt: minute(starts), endsAt: minute(ends), idleMicroseconds: Int64(idle) * 60_000_000, reason: "")
    // Of some it is not: as if they were not there.
    let others = (0..<20).map { _ in Int.random(in: 0...1_000, using: &random) }.map { $0...($0 + 30) }
    let all = (ranges.map { ($0, true) } + others.map { ($0, false) }).sorted { $0.0.lowerBound < $1.0.lowerBound }
    let lapse = silence.lapse(reported: all.map { minute($0.0.lowerBound)...minute($0.0.upperBound) }, now: minute(now)) {
      all[$0].1
    }
    #expect(lapse == expected.map(minute), "seed \(seed)")
  }

  @Test func itCanBeEndedAndUndone() throws {
    let store = try Store.holding([incident(1, from: 1, to: 3)])
    let analyst = try store.analyst()
    _ = try analyst.begin(silence(0, 100, words: ["gas"]))
    #expect(try ids(store) == [])
    #expect(try analyst.endSilence(1, note: "over") == .done(act: 2, silence: 1))
    // Its last report came before the end: at the moment of the newest report it is over.
    #expect(try ids(store) == [1])
    _ = try analyst.begin(silence(0, 100, words: ["gas"]))
    var writer = try store.writer()
    try writer.store([incident(2, from: 1, to: 4)])
    _ = try analyst.endSilence(2)
    #expect(try ids(store) == [2])
    #expect(try analyst.endSilence(2, isUndone: true) == .done(act: 5, silence: 2))
    #expect(try ids(store) == [1, 2])
    #expect(try analyst.endSilence(2) == .ended(hour(0), by: "ana"))
    #expect(try analyst.endSilence(7) == .missing)
  }

  /// Areas come back as they were written, to the 10⁻⁷ of a degree.
  @Test(arguments: 0..<16 as Range<UInt64>)
  func areasAreKept(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    func place() -> Coordinate {
      Coordinate(
        latitudeE7: .random(in: -900_000_000...900_000_000, using: &random),
        longitudeE7: .random(in: -1_800_000_000...1_800_000_000, using: &random))
    }
    let area: SilenceArea
    switch seed % 3 {
    case 0: area = .circle(.init(center: place(), radiusMeters: .random(in: 1...1e6, using: &random)))
    case 1: area = .box(BoundingBox(westE7: 1_700_000_001, southE7: -5, eastE7: -1_700_000_003, northE7: 899_999_999))
    default:
      var rings: [AreaRing] = []
      while rings.count < 3 {
        if let ring = try? AreaRing((0..<5).map { _ in place() }) { rings.append(ring) }
      }
      area = .polygon(rings)
    }
    let store = try Store()
    _ = try store.writer()
    _ = try store.analyst().begin(silence(-5, 7.5, words: ["a", "b"], area: area))
    let kept = try #require(try store.reader().silences(ActFilter()).first?.silence)
    #expect(kept.area == area && kept.keywordWords == ["a", "b"] && kept.startsAt == hour(-5) && kept.endsAt == hour(7.5))
    #expect(kept.reason == "works" && kept.begunBy == "ana" && kept.endedAt == nil, "seed \(seed)")
  }
}
