import Archive
import Engine
import Reports
import TestSupport

/// Makes points of history as an engine could: ids that come, change, merge and close, at times that never go back.
struct PointsGenerator {
  var random: SeededGenerator
  private var now: Int64 = 1_423_000_000
  private var live: [HistoryPoint] = []
  private var nextID: UInt64 = 1
  /// Seconds between two ticks.
  private let stride: Int64

  init(seed: UInt64, stride: Int64 = 600) {
    random = SeededGenerator(seed: seed)
    self.stride = stride
  }

  /// The keywords that points are of.
  static let keywords = ["gas leak", "odor", "street light", "snow", "power outage"]

  static var names: [Changes.Name] {
    keywords.enumerated().map { Changes.Name(number: UInt32($0), text: Array($1.utf8)) }
  }

  /// What is said at one tick.
  mutating func tick() -> [HistoryPoint] {
    now += stride * .random(in: 1...5, using: &random)
    var points: [HistoryPoint] = []
    for index in live.indices.reversed() where Int.random(in: 0..<3, using: &random) == 0 {
      var point = live[index]
      point.at = Timestamp(seconds: now)
      switch Int.random(in: 0..<12, using: &random) {
      case 0: point.state = .closed
      case 1:
        let others = live.filter { $0.kind == point.kind && $0.id != point.id }
        guard let other = others.randomElement(using: &random) else { continue }
        point = HistoryPoint(point.kind, point.id, at: point.at, state: .merged)
        point.mergedInto = other.id
      case 2...4: point.significance = significance()
      default:
        point.reportCount += .random(in: 1...9, using: &random)
        point.lastReportAt = Timestamp(seconds: now - .random(in: 0..<stride, using: &random))
      }
      points.append(point)
      if point.state == .open { live[index] = point } else { live.remove(at: index) }
    }
    for _ in 0..<Int.random(in: 0...2, using: &random) {
      let point = fresh()
      live.append(point)
      points.append(point)
    }
    return points
  }

  private mutating func significance() -> Significance? {
    if Int.random(in: 0..<5, using: &random) == 0 { return nil }
    return Significance(
      observed: .random(in: 5...90, using: &random), expected: .random(in: 0...9, using: &random),
      recurrenceIntervalDays: Double(Int.random(in: 1...5, using: &random)), recurrenceIntervalLocalDays: 2,
      recurrenceIntervalRobustDays: .infinity)
  }

  private mutating func fresh() -> HistoryPoint {
    let kind = HistoryPoint.Kind.allCases.randomElement(using: &random) ?? .cluster
    // Spread, so that ids do not come in the order of time.
    var point = HistoryPoint(
      kind, ClusterID(rawValue: nextID &* 0x9e37_79b9_7f4a_7c15), at: Timestamp(seconds: now), state: .open)
    nextID += 1
    let keyword = UInt32.random(in: 0..<5, using: &random)
    point.keyword = keyword
    if kind != .cluster, Bool.random(using: &random) { point.otherKeywords = [(keyword + 1) % 5, (keyword + 2) % 5].sorted() }
    point.openedAt = Timestamp(seconds: now - .random(in: 0..<stride, using: &random))
    point.lastReportAt = point.openedAt
    if Int.random(in: 0..<6, using: &random) != 0 {
      point.centroid = Coordinate(
        latitudeE7: .random(in: 420_000_000...430_000_000, using: &random),
        longitudeE7: .random(in: -720_000_000 ... -710_000_000, using: &random))
    }
    point.reportCount = .random(in: 3...20, using: &random)
    point.witnessCount = .random(in: 1...9, using: &random)
    point.significance = significance()
    if Int.random(in: 0..<3, using: &random) == 0 { point.alertedAt = point.at }
    if kind == .incident {
      point.episodeCount = .random(in: 1...4, using: &random)
      if Int.random(in: 0..<5, using: &random) == 0 { point.above = ClusterID(rawValue: 5) }
    } else {
      point.above = ClusterID(rawValue: 6)
    }
    return point
  }
}
