import Engine
import Reports

/// A thin stream past the weeks in which the engine learns: ticks test windows, the shadow null is drawn, bins close, and each day a
/// burst opens an episode. What is counted are the days after the warm-up, and of these either the ticks at which a bin closes or the
/// others.
struct GuardScan {
  /// Those of the default profile, whose bins are hours.
  static let tickMicroseconds: Int64 = 600_000_000
  static let ticksPerHour = 6
  static let ticksPerDay = 24 * ticksPerHour
  private static let warmUpDays = 15
  private static let countedDays = 2
  private static let eventsPerTick = 2
  /// Keywords, and the places of each.
  private static let (keywordCount, cellCount) = (4, 10)
  /// The hour of each counted day at which a burst begins, and how many reports a tick it has for an hour.
  private static let burstHour = 12
  private static let burstCount = 8

  /// Told of every tick after the warm-up, with what is to be done at it; it has to do it.
  typealias Counting = (_ closesBin: Bool, _ work: () -> Void) throws -> Void

  /// - Returns: Events of the ticks at which a bin closes, and of the others.
  static func run(_ counted: Counting) throws -> (closing: Int, others: Int) {
    var feed = RowFeed()
    var engine = Engine(settings: BenchStore.engineSettings)
    var (closing, others, episodes, isCalibrated) = (0, 0, Set<ClusterID>(), false)
    var state: UInt64 = 1
    func place(_ keyword: Int, _ cell: Int) -> RowFeed.Place { .apart(cell * RowFeed.Place.keywordCount + keyword) }
    func random(_ count: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % count
    }
    for tick in 0..<(warmUpDays + countedDays) * ticksPerDay {
      let isCounted = tick >= warmUpDays * ticksPerDay
      let hasBurst = isCounted && tick % ticksPerDay / ticksPerHour == burstHour
      let count = eventsPerTick + (hasBurst ? burstCount : 0)
      var batch = feed.batch(0..<count) { number in
        number < eventsPerTick
          ? place(random(keywordCount), random(cellCount)) : place(tick / ticksPerDay % keywordCount, cellCount / 2)
      }
      // Not what a clock says: the same work on any day.
      batch.receivedAt = Timestamp(microseconds: feed.time)
      feed.time += tickMicroseconds
      let position = feed.nextPosition()
      let closes = tick % ticksPerHour == 0
      if isCounted {
        if closes { closing += count } else { others += count }
        try counted(closes) { _ = engine.apply(batch, at: position) }
      } else {
        _ = engine.apply(batch, at: position)
      }
      guard closes else { continue }
      let changes = engine.drain()
      episodes.formUnion(changes.episodes.map(\.id))
      isCalibrated = isCalibrated || !changes.calibrations.isEmpty
    }
    try BenchFailure.unless(
      episodes.count >= countedDays && isCalibrated,
      "\(episodes.count) episodes of \(countedDays) bursts, calibrated: \(isCalibrated)")
    return (closing, others)
  }
}
