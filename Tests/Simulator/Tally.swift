package import TestSupport

/// What has happened in one run or many.
package struct Tally: Equatable, Sendable {
  package var runs = 0
  package var ticks = 0
  package var publishedEvents = 0
  package var acknowledgedEvents = 0
  package var aggregatorStarts = 0
  package var recoveredRecords = 0
  package var tornTails = 0
  package var snapshots = 0
  package var startsFromSnapshots = 0
  package var failedStarts = 0
  package var faultsOfService = 0
  package var aggregatorKills = 0
  package var aggregatorPowerLosses = 0
  package var aggregatorStops = 0
  package var aggregatorPauses = 0
  package var producerStarts = 0
  package var producerKills = 0
  package var producerPowerLosses = 0
  package var newEpochs = 0
  package var resentBatches = 0
  package var disconnections = 0
  package var partitions = 0
  package var clockJumps = 0
  package var rubbish = 0
  package var fullDisks = 0
  package var rottenBits = 0
  package var rotNamed = 0
  package var disks = FaultyStorage.Counts()

  package init() {}

  /// Every count with its name, in order.
  package var lines: [(name: String, count: Int)] {
    [
      ("runs", runs), ("ticks", ticks), ("events published", publishedEvents), ("events acknowledged", acknowledgedEvents),
      ("aggregator starts", aggregatorStarts), ("records recovered", recoveredRecords), ("torn tails cut off", tornTails),
      ("snapshots", snapshots), ("starts from snapshots", startsFromSnapshots),
      ("starts that a fault ended", failedStarts), ("services that a fault ended", faultsOfService),
      ("aggregator kills", aggregatorKills), ("aggregator power losses", aggregatorPowerLosses),
      ("aggregator stops", aggregatorStops), ("aggregator pauses", aggregatorPauses), ("producer starts", producerStarts),
      ("producer kills", producerKills), ("producer power losses", producerPowerLosses), ("new epochs", newEpochs),
      ("batches sent again", resentBatches), ("disconnections", disconnections), ("partitions", partitions),
      ("clock jumps", clockJumps), ("rubbish messages", rubbish), ("full disks", fullDisks),
      ("writes without space", disks.fullWrites), ("short writes", disks.shortWrites), ("failed reads", disks.readFailures),
      ("failed writes", disks.writeFailures), ("failed syncs", disks.syncFailures),
      ("sectors unsynced at a power loss", disks.unsyncedSectors), ("rotten bits", rottenBits), ("rot named", rotNamed),
    ]
  }

  package static func + (a: Tally, b: Tally) -> Tally {
    var sum = a
    for path in paths { sum[keyPath: path] += b[keyPath: path] }
    return sum
  }

  private static var paths: [WritableKeyPath<Tally, Int>] {
    [
      \.runs, \.ticks, \.publishedEvents, \.acknowledgedEvents, \.aggregatorStarts, \.recoveredRecords, \.tornTails, \.snapshots,
      \.startsFromSnapshots,
      \.failedStarts, \.faultsOfService, \.aggregatorKills, \.aggregatorPowerLosses, \.aggregatorStops, \.aggregatorPauses,
      \.producerStarts, \.producerKills, \.producerPowerLosses, \.newEpochs, \.resentBatches, \.disconnections, \.partitions,
      \.clockJumps, \.rubbish, \.fullDisks, \.rottenBits, \.rotNamed, \.disks.readFailures, \.disks.writeFailures,
      \.disks.shortWrites, \.disks.fullWrites, \.disks.syncFailures, \.disks.unsyncedSectors,
    ]
  }
}

extension FaultyStorage.Counts {
  /// Faults that an operation may have ended with.
  var failures: Int { readFailures + writeFailures + fullWrites + syncFailures }

  static func += (a: inout Self, b: Self) {
    a.readFailures += b.readFailures
    a.writeFailures += b.writeFailures
    a.shortWrites += b.shortWrites
    a.fullWrites += b.fullWrites
    a.syncFailures += b.syncFailures
    a.unsyncedSectors += b.unsyncedSectors
  }
}
