import Engine
import Reports

/// A level stream past the weeks in which the engine learns: the same topics at the same places hour after hour, bins that come and go,
/// and each hour a small cluster somewhere else, which opens, grows and closes. Nothing in it is unusual. What is counted are the days
/// after the warm-up, and of these either the ticks at which a bin closes or the others.
struct GuardSteady {
  private static let (ticksPerHour, ticksPerDay) = (GuardScan.ticksPerHour, GuardScan.ticksPerDay)
  private static let warmUpDays = 24
  private static let countedDays = 2
  private static let eventsPerTick = 100
  /// Places of the level stream, and those of which each hour another has a cluster, of so many reports.
  private static let (placeCount, clusterPlaceCount, clusterSize) = (2_000, 97, 4)
  /// One in so many reports is of the hour before.
  private static let lateShare = 10

  /// - Returns: Events of the ticks at which a bin closes, and of the others.
  static func run(_ counted: GuardScan.Counting) throws -> (closing: Int, others: Int) {
    var settings = BenchStore.engineSettings
    // So that identities go as they come.
    settings.deduplicationWindowHours = 24
    var feed = RowFeed()
    var engine = Engine(settings: settings)
    var verdicts: [Verdict] = []
    var (closing, others, clusters, episodes) = (0, 0, Set<ClusterID>(), 0)
    for tick in 0..<(warmUpDays + countedDays) * ticksPerDay {
      let isCounted = tick >= warmUpDays * ticksPerDay
      let (hour, place) = (tick / ticksPerHour, tick % ticksPerHour * eventsPerTick * 3)
      let hasCluster = tick % ticksPerHour == 2
      let count = eventsPerTick + (hasCluster ? clusterSize : 0)
      var batch = feed.batch(0..<count) { number in
        var told = RowFeed.Place.apart(placeCount + hour % clusterPlaceCount)
        if number < eventsPerTick { told = .paired((place + number * 3) % placeCount) }
        told.text = "no. \(number) of \(told.keyword)"
        if number % lateShare == lateShare - 1 { told.ageMicroseconds = Int64(ticksPerHour) * GuardScan.tickMicroseconds }
        return told
      }
      // Not what a clock says: the same work on any day.
      batch.receivedAt = Timestamp(microseconds: feed.time)
      feed.time += GuardScan.tickMicroseconds
      let position = feed.nextPosition()
      let closes = tick % ticksPerHour == 0
      if isCounted {
        if closes { closing += count } else { others += count }
        try counted(closes) { engine.apply(batch, at: position, into: &verdicts) }
      } else {
        engine.apply(batch, at: position, into: &verdicts)
      }
      guard closes else { continue }
      let changes = engine.drain()
      guard isCounted else { continue }
      clusters.formUnion(changes.clusters.map(\.id))
      episodes += changes.episodes.count
    }
    try BenchFailure.unless(
      clusters.count >= countedDays * 23 && episodes == 0,
      "\(clusters.count) clusters, and \(episodes) episodes in a level stream")
    return (closing, others)
  }
}
