import Engine
import Glibc
import Reports

extension Study {
  /// Reports of the dense null: the count at which plain density clustering made one cluster of 61 % of them.
  package static let denseReportCount = 19_407

  /// How large clusters grow in a dense city where nothing happens.
  package struct DenseNull: Sendable {
    package var reportCount: Int
    package var clusterCount: Int
    package var largestReportCount: Int
    /// Share of the largest cluster: at most 0.01 is wanted.
    package var largestShare: Double { Double(largestReportCount) / Double(reportCount) }
  }

  /// One topic in 10 × 10 km for 60 days: places of lognormal weight, a cycle of the day, and no incident.
  package func denseNull() -> DenseNull {
    var random = Random(seed: settings.seed, stream: 5)
    let places = Self.densePlaces(&random)
    let times = Self.denseTimes(&random)
    var settings = EngineSettings()
    settings.utcOffsetMinutes = 0
    settings.allowedLatenessMinutes = 0
    var engine = Engine(settings: settings)
    var clusters: [ClusterID: UInt64] = [:]
    for start in stride(from: 0, to: times.count, by: 256) {
      var reports = ReportBuilder(firstSequence: UInt64(start + 1), at: times[start])
      for index in start..<min(start + 256, times.count) {
        let weight = random.unit() * (places.last?.weightThrough ?? 0)
        let place = places[Self.firstIndex(places.count) { places[$0].weightThrough >= weight }].place
        reports.append(serial: UInt64(index), time: times[index], place: place)
      }
      _ = engine.apply(reports.batch, at: UInt64(start)..<UInt64(start + 1))
      let changes = engine.drain()
      for merge in changes.merges { clusters[merge.absorbed] = nil }
      for cluster in changes.clusters { clusters[cluster.id] = cluster.reportCount }
    }
    return DenseNull(
      reportCount: times.count, clusterCount: clusters.count, largestReportCount: Int(clusters.values.max() ?? 0))
  }

  private static func densePlaces(_ random: inout Random) -> [(place: Coordinate, weightThrough: Double)] {
    var sum = 0.0
    return (0..<3_000).map { _ in
      sum += exp(1.2 * random.normal())
      // 10 km are 0.09° of latitude, and 0.122° of longitude at 42.3°.
      let latitude = 422_500_000 + Int32(900_000 * random.unit())
      let longitude = -711_500_000 + Int32(1_220_000 * random.unit())
      return (Coordinate(latitudeE7: latitude, longitudeE7: longitude), sum)
    }
  }

  private static func denseTimes(_ random: inout Random) -> [Timestamp] {
    let span = Double(60 * 86_400) * 1e6
    var times: [Timestamp] = []
    while times.count < denseReportCount {
      let offset = random.unit() * span
      let hour = offset / 3.6e9
      guard random.unit() * 1.8 < 1 + 0.8 * sin(2 * Double.pi * (hour - 9) / 24) else { continue }
      times.append(Timestamp(microseconds: EngineDriver.epoch.microseconds + Int64(offset)))
    }
    return times.sorted()
  }

  /// The least index below `count` for which a monotone predicate holds; the last one where none does.
  static func firstIndex(_ count: Int, where holds: (Int) -> Bool) -> Int {
    var low = 0
    var high = count - 1
    while low < high {
      let middle = (low + high) / 2
      if holds(middle) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
