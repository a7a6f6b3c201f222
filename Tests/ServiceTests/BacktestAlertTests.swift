import Engine
import Reports
import Service
import Testing

/// When alerts of two configurations tell the same.
@Suite struct BacktestAlertTests {
  private static let box = BoundingBox(westE7: 100, southE7: 100, eastE7: 200, northE7: 200)

  private func side(_ id: UInt64, hours: ClosedRange<Int64>, _ keywords: [String], _ box: BoundingBox?, isWholeArea: Bool = false)
    -> BacktestAlert.Side
  {
    func time(_ hour: Int64) -> Timestamp { Timestamp(seconds: hour * 3_600) }
    let significance = Significance(
      observed: 9, expected: 1, recurrenceIntervalDays: 40, recurrenceIntervalLocalDays: 40, recurrenceIntervalRobustDays: 40)
    let incident = IncidentSummary(
      id: ClusterID(rawValue: id), best: ClusterID(rawValue: id), keywords: [], episodeCount: 1, isClosed: true,
      firstSeenAt: time(hours.lowerBound), lastSeenAt: time(hours.upperBound), openedAt: time(hours.lowerBound),
      lastReportAt: time(hours.upperBound), centroid: nil, boundingBox: box, isWholeArea: isWholeArea, reportCount: 9,
      significance: significance, firstSignificance: significance, alertedAt: time(hours.lowerBound), explainedBy: nil)
    return BacktestAlert.Side(incident: incident, alertedAt: time(hours.lowerBound), keywords: keywords)
  }

  private func presences(_ a: BacktestAlert.Side, _ b: BacktestAlert.Side) -> [BacktestAlert.Presence] {
    let one = BacktestAlert.pair(new: [a], today: [b]).map(\.presence)
    // It does not matter which of the two is called new.
    #expect(BacktestAlert.pair(new: [b], today: [a]).count == one.count)
    return one
  }

  @Test func whatSharesKeywordTimeAndPlaceIsTheSame() {
    let gas = side(1, hours: 10...12, ["gas smell", "smoke"], Self.box)
    #expect(presences(gas, side(2, hours: 11...14, ["smoke"], Self.box)) == [.both])
    #expect(presences(gas, side(2, hours: 36...40, ["smoke"], Self.box)) == [.both], "24 hours after its end")
    #expect(presences(gas, side(2, hours: 37...40, ["smoke"], Self.box)) == [.new, .today])
    #expect(presences(gas, side(2, hours: 11...14, ["snow"], Self.box)) == [.new, .today])
  }

  @Test func placesTouchOrAreTheWholeArea() {
    let gas = side(1, hours: 10...12, ["gas smell"], Self.box)
    func other(_ west: Int32, _ east: Int32, south: Int32 = 100) -> BacktestAlert.Side {
      side(2, hours: 10...12, ["gas smell"], BoundingBox(westE7: west, southE7: south, eastE7: east, northE7: 300))
    }
    #expect(presences(gas, other(200, 300)) == [.both], "they touch")
    #expect(presences(gas, other(201, 300)) == [.new, .today])
    #expect(presences(gas, other(100, 200, south: 201)) == [.new, .today])
    #expect(presences(gas, other(1_799_000_000, 150)) == [.both], "across the antimeridian")
    #expect(presences(gas, other(1_799_000_000, 99)) == [.new, .today])
    #expect(presences(gas, side(2, hours: 10...12, ["gas smell"], nil)) == [.both])
    let far = BoundingBox(westE7: 500, southE7: 500, eastE7: 600, northE7: 600)
    #expect(presences(gas, side(2, hours: 10...12, ["gas smell"], far, isWholeArea: true)) == [.both])
  }

  @Test func oneMayTellTheSameAsSeveralAndTheOrderIsOfTheAlerts() {
    let today = [
      side(1, hours: 10...12, ["a"], Self.box), side(2, hours: 13...14, ["a"], Self.box), side(3, hours: 1...2, ["b"], nil),
    ]
    let alerts = BacktestAlert.pair(new: [side(9, hours: 11...14, ["a"], Self.box)], today: today)
    #expect(alerts.map(\.presence) == [.today, .both])
    #expect(alerts[1].today?.incident.id.rawValue == 1)
  }
}
