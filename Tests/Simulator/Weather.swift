import TestSupport

/// What a seed draws for one run: how much is published, how fast the stages are, and what goes wrong how often. Most runs have
/// only some of the faults, so that one does not always hide another (Groce et al. 2012, Swarm testing).
struct Weather {
  var producerCount: Int
  var eventCount: Int
  /// Events that an application publishes at once, and that a batch holds, at most.
  var publishedAtOnce: Int
  var batchEventCount: Int
  var publishPauseMilliseconds: Int
  var latencyMilliseconds: Int
  /// Bytes of a segment of the journal.
  var segmentByteCount: Int

  /// Whether the store's tables are there at the beginning.
  var hasEmptyStore: Bool

  // Of a thousand ticks, in how many a stage that has work does it.
  var turnPerMille: Int
  var commitPerMille: Int
  var enginePerMille: Int
  var archivePerMille: Int
  var snapshotPerMille: Int

  // Of a thousand ticks, in how many something happens.
  var aggregatorKillPerMille = 0
  var aggregatorPowerLossPerMille = 0
  var aggregatorStopPerMille = 0
  var aggregatorPausePerMille = 0
  var producerKillPerMille = 0
  var producerPowerLossPerMille = 0
  var disconnectPerMille = 0
  var partitionPerMille = 0
  var fullDiskPerMille = 0
  var clockJumpPerMille = 0
  var rubbishPerMille = 0
  /// Whether a bit of what is synced flips at some moment.
  var hasRot = false

  // Of a thousand operations of a disk.
  var readFailsPerMille = 0
  var writeFailsPerMille = 0
  var shortWritesPerMille = 0
  var syncFailsPerMille = 0

  /// When all faults end, in nanoseconds.
  var healsAt: UInt64

  init(_ random: inout SeededGenerator) {
    producerCount = Int.random(in: 1...3, using: &random)
    eventCount = Int.random(in: 5...40, using: &random)
    publishedAtOnce = Int.random(in: 1...6, using: &random)
    batchEventCount = Int.random(in: 1...8, using: &random)
    publishPauseMilliseconds = Int.random(in: 1...400, using: &random)
    latencyMilliseconds =
      random.happens(200) ? Int.random(in: 20...1_500, using: &random) : Int.random(in: 1...10, using: &random)
    segmentByteCount = random.happens(500) ? 1 << Int.random(in: 9...13, using: &random) : 1 << 20
    hasEmptyStore = random.happens(900)
    func rate(_ random: inout SeededGenerator, _ range: ClosedRange<Int>) -> Int {
      random.happens(400) ? Int.random(in: range, using: &random) : 0
    }
    func speed(_ random: inout SeededGenerator) -> Int {
      random.happens(300) ? Int.random(in: 20...300, using: &random) : Int.random(in: 500...1_000, using: &random)
    }
    turnPerMille = speed(&random)
    commitPerMille = speed(&random)
    enginePerMille = speed(&random)
    archivePerMille = speed(&random)
    snapshotPerMille = random.happens(700) ? Int.random(in: 1...200, using: &random) : 0
    aggregatorKillPerMille = rate(&random, 1...20)
    aggregatorPowerLossPerMille = rate(&random, 1...20)
    aggregatorStopPerMille = rate(&random, 1...5)
    aggregatorPausePerMille = rate(&random, 1...5)
    producerKillPerMille = rate(&random, 1...15)
    producerPowerLossPerMille = rate(&random, 1...15)
    disconnectPerMille = rate(&random, 1...30)
    partitionPerMille = rate(&random, 1...5)
    fullDiskPerMille = rate(&random, 1...15)
    clockJumpPerMille = rate(&random, 1...20)
    rubbishPerMille = rate(&random, 1...20)
    hasRot = random.happens(150)
    readFailsPerMille = rate(&random, 1...5)
    writeFailsPerMille = rate(&random, 1...10)
    shortWritesPerMille = rate(&random, 1...300)
    syncFailsPerMille = rate(&random, 1...30)
    healsAt = UInt64.random(in: 500_000_000...12_000_000_000, using: &random)
  }

  /// What goes wrong with a disk by chance.
  func chances(_ random: inout SeededGenerator) -> FaultyStorage.Chances {
    var chances = FaultyStorage.Chances(seed: random.next())
    chances.readFailsPerMille = readFailsPerMille
    chances.writeFailsPerMille = writeFailsPerMille
    chances.shortWritesPerMille = shortWritesPerMille
    chances.syncFailsPerMille = syncFailsPerMille
    return chances
  }
}

extension SeededGenerator {
  /// Draws whether something happens that does so in so many cases of a thousand.
  mutating func happens(_ perMille: Int) -> Bool { Int.random(in: 0..<1_000, using: &self) < perMille }
}
