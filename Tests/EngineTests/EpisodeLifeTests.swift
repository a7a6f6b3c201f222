import Reports
import TestSupport
import Testing

@testable import Engine

/// An episode opens at the dial, goes on at half of it, alerts once and ends in quiet: against a machine of three states.
@Suite struct EpisodeLifeTests {
  /// An episode as the oracle and the engine are compared by; times in minutes.
  private struct Life: Equatable {
    var first: Int64
    var last: Int64
    var windows: UInt64 = 1
    var alerted: Int64?
    var isClosed = false
  }

  private static let minute: Int64 = 60_000_000
  private static var settings: EngineSettings {
    var settings = EngineSettings()
    settings.falseAlarmsPerDay = 0.1
    settings.groupWaitMinutes = 25
    settings.profiles[0].quietHours = 6
    return settings
  }

  /// One place and keyword at ticks of ten minutes, through the engine's own episodes; after each tick what was drained so far.
  private static func lives(_ days: [Double]) -> [[Life]] {
    var scope = Scope(number: 0, settings: settings)
    var episodes = EpisodeIndex(settings: settings)
    var names = KeywordTable(key: .published)
    let name = Array("snow".utf8)
    _ = names.insert(name.span, key: name.span)
    scope.detector.hear(0, bin: 0, place: nil)
    let slot = scope.detector.makeBaseline(keyword: 0, source: 0, bin: 0)
    var told: [ClusterID: Life] = [:]
    return days.enumerated().map { tick, days in
      let now = Timestamp(microseconds: Int64(tick) * 10 * minute)
      let exceedance = Exceedance(
        slot: slot, keyword: 0, scale: 0, window: CellID(row: 500, column: 3), durationBins: 1, observed: 9, expected: 1, rate: 1,
        seasonFactor: 1, priorShare: 0, dispersion: 1.5, varianceRatio: 1.5, logTail: -9, seriesCount: 1, familyCount: 1,
        nominalDays: days, isNovel: false, logFactor: 0, wholeObserved: 9, wholeExpected: 1)
      let bin = Int32(tick / 6)
      if days > 0 { scope.take([exceedance], at: now, bin: bin, &episodes, names: names) }
      episodes.pass(now)
      var changes = Changes()
      episodes.drain(into: &changes)
      episodes.compact()
      for episode in changes.episodes {
        told[episode.id] = Life(
          first: episode.firstSeenAt.microseconds / minute, last: episode.lastSeenAt.microseconds / minute,
          windows: episode.windowCount, alerted: episode.alertedAt.map { $0.microseconds / minute }, isClosed: episode.isClosed)
      }
      return told.values.sorted { $0.first < $1.first }
    }
  }

  /// The same by the rule; a dial of ten days, a wait of 25 minutes, a quiet of six hours.
  ///
  /// - Parameter goesOn: The days at which an open episode goes on.
  private static func oracle(_ days: [Double], goesOn: Double = 5) -> [[Life]] {
    var told: [Life] = []
    return days.enumerated().map { tick, days in
      let now = Int64(tick) * 10
      let isOpen = told.last.map { !$0.isClosed } ?? false
      if isOpen, days >= goesOn {
        told[told.count - 1].last = now
        told[told.count - 1].windows += 1
      } else if !isOpen, days >= 10 {
        told.append(Life(first: now, last: now))
      }
      for index in told.indices where !told[index].isClosed {
        if now >= told[index].first + 25 { told[index].alerted = told[index].first + 25 }
        if now - told[index].last > 360 { told[index].isClosed = true }
      }
      return told
    }
  }

  @Test func opensAtTheDialGoesOnAtHalfAndEndsInQuiet() {
    // Below the dial; at it; at half; below half; at half after six hours; quiet for more; below the dial; at it.
    var days = [0, 9.9, 10, 5, 4.9] + [Double](repeating: 0, count: 34) + [5]
    let beforeQuiet = days.count
    days += [Double](repeating: 4.9, count: 37) + [9.9, 5, 10]
    let lives = Self.lives(days)
    #expect(lives[1].isEmpty)
    #expect(lives[2] == [Life(first: 20, last: 20)])
    #expect(lives[4] == [Life(first: 20, last: 30, windows: 2)])
    // 45 minutes: the first tick at or after is at 50, but what is said is when it was due.
    #expect(lives[5] == [Life(first: 20, last: 30, windows: 2, alerted: 45)])
    #expect(lives[beforeQuiet] == [Life(first: 20, last: 390, windows: 3, alerted: 45)])
    let ended = Life(first: 20, last: 390, windows: 3, alerted: 45, isClosed: true)
    #expect(lives[beforeQuiet + 35].last?.isClosed == false)
    #expect(lives[beforeQuiet + 36] == [ended])
    #expect(lives[days.count - 2] == [ended])
    #expect(lives[days.count - 1] == [ended, Life(first: Int64(days.count - 1) * 10, last: Int64(days.count - 1) * 10)])
  }

  private static func walk(_ generator: inout SeededGenerator) -> [Double] {
    var days: [Double] = []
    while days.count < 600 {
      // Loud stretches, and silences around the quiet time.
      for _ in 0..<Int.random(in: 1...6, using: &generator) {
        days.append([4.99, 5, 7, 9.99, 10, 80].randomElement(using: &generator) ?? 0)
      }
      days += [Double](repeating: 0, count: [1, 5, 34, 35, 36, 37, 60].randomElement(using: &generator) ?? 0)
    }
    return days
  }

  @Test(arguments: 0..<40 as Range<UInt64>)
  func livesAreThoseOfTheRule(seed: UInt64) {
    var generator = SeededGenerator(seed: seed &+ 83_000)
    let days = Self.walk(&generator)
    let (lives, oracle) = (Self.lives(days), Self.oracle(days))
    #expect(oracle.last?.count ?? 0 >= 3, "seed \(seed): trivial")
    let differing = lives.indices.first { lives[$0] != oracle[$0] }
    #expect(differing == nil, "seed \(seed), tick \(differing ?? 0): \(differing.map { "\(lives[$0]) \(oracle[$0])" } ?? "")")
  }

  /// The canary: without hysteresis, or with more of it, the lives are others.
  @Test(arguments: [10, 4.99]) func anotherHysteresisDisagrees(goesOn: Double) {
    var generator = SeededGenerator(seed: 83_000)
    let days = Self.walk(&generator)
    #expect(Self.lives(days) != Self.oracle(days, goesOn: goesOn))
  }
}
