import Peers
import Testing

/// EARS and Farrington flexible against R's `surveillance` 1.20.3 over ten years of weekly Salmonella Newport in Germany.
struct WeeklySeriesTests {
  struct Series {
    let counts: [Int]
    let expected: [String: [String]]
    /// Monday of the second week of 2004.
    let firstDay = CivilDay(year: 2004, month: 1, day: 5).number
  }

  static func series() throws -> Series? {
    guard let expected = try ScanFile.columns("salmNewport_expected_surveillance1.20.3.csv") else { return nil }
    return Series(counts: expected.numbers("y").map { Int($0) }, expected: expected)
  }

  @Test(arguments: [(EARSMethod.c1, "C1", 20), (.c2, "C2", 24), (.c3, "C3", 45)])
  func earsMatchesR(_ method: EARSMethod, _ name: String, _ alarmCount: Int) throws {
    guard let series = try Self.series() else { return }
    let bounds = EARS(method).upperBounds(series.counts)
    let published = series.expected["\(name)_upper", default: []]
    #expect(published.count == 528)
    var alarms = 0
    for (week, bound) in bounds.enumerated() {
      #expect((bound == nil) == (published[week] == "NA"), "week \(week + 1)")
      guard let bound, let figure = Double(published[week]) else { continue }
      #expect(isPublished(bound, figure), "week \(week + 1): \(bound), \(figure)")
      if Double(series.counts[week]) > bound { alarms += 1 }
    }
    #expect(alarms == alarmCount)
  }

  @Test func farringtonFlexibleMatchesR() throws {
    guard let series = try Self.series() else { return }
    let published = series.expected["FF_upper", default: []]
    var (alarms, compared, worst) = (0, 0, 0.0)
    for week in 424..<528 {
      let bound = try #require(FarringtonFlexible().bound(at: week, of: series.counts, firstDay: series.firstDay))
      #expect((bound.upper == nil) == (published[week] == "NA"), "week \(week + 1)")
      #expect(bound.isAlarm == (series.expected["FF_alarm", default: []][week] == "TRUE"), "week \(week + 1)")
      if bound.isAlarm { alarms += 1 }
      guard let upper = bound.upper, let figure = Double(published[week]) else { continue }
      #expect(isPublished(upper, figure), "week \(week + 1): \(upper), \(figure)")
      (compared, worst) = (compared + 1, max(worst, abs(upper - figure)))
    }
    #expect(alarms == 1 && compared == 78)
    print("Farrington flexible: \(compared) bounds, largest difference \(worst)")
  }

  /// The canaries: a count more, a date or a setting that differs is seen.
  @Test func anyOtherInputMovesTheBound() throws {
    guard let series = try Self.series() else { return }
    var counts = series.counts
    let method = FarringtonFlexible()
    let bound = try #require(method.bound(at: 460, of: counts, firstDay: series.firstDay)?.upper)
    var other = method
    other.seasonCount = 9
    #expect(other.bound(at: 460, of: counts, firstDay: series.firstDay)?.upper != bound)
    other = method
    other.trendSignificance = 0
    #expect(other.bound(at: 460, of: counts, firstDay: series.firstDay)?.hasTrend == false)
    let inOrder = (424..<528).map { method.bound(at: $0, of: counts, firstDay: series.firstDay) }
    #expect((424..<528).map { method.bound(at: $0, of: counts, firstDay: series.firstDay - 7) } != inOrder)
    counts[300] += 1
    #expect(method.bound(at: 460, of: counts, firstDay: series.firstDay)?.upper != bound)
    #expect(EARS(.c1).upperBounds(counts)[303] != EARS(.c1).upperBounds(series.counts)[303])
    #expect(EARS(.c1).upperBounds(counts)[300] == EARS(.c1).upperBounds(series.counts)[300])
  }

  @Test func tooShortAHistoryHasNoBound() {
    #expect(FarringtonFlexible().bound(at: 100, of: [Int](repeating: 3, count: 200), firstDay: 0) == nil)
    #expect(EARS(.c3).upperBounds([1, 2, 3]) == [nil, nil, nil])
  }
}
