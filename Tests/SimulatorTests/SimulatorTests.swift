import Simulator
import Testing

/// A short form of `make simulate`, and what shows that it can fail.
@Suite struct SimulatorTests {
  @Test func runsWithFaultsLoseNothingCountNothingTwiceAndEnd() {
    let (tally, violations) = Batch.run(seeds: 1..<121)
    for outcome in violations {
      Issue.record("make simulate SEED=\(outcome.seed) SIMULATIONS=1: \(outcome.violation.map { "\($0)" } ?? "")")
    }
    #expect(tally.runs == 120)
    #expect(tally.acknowledgedEvents > 0)
    // Of each kind something has happened, or the seeds look at nothing.
    for line in tally.lines where !["new epochs", "rot named"].contains(line.name) {
      #expect(line.count > 0, "\(line.name)")
    }
  }

  /// Where one of these is not found, the simulator has gone blind.
  @Test(arguments: PlantedBug.allCases)
  func aBugIsFound(bug: PlantedBug) {
    let (tally, violations) = Batch.run(seeds: 1..<201, bug: bug, stopsAtFirst: true)
    #expect(!violations.isEmpty, "\(bug) is not found in \(tally.runs) runs")
  }

  @Test(arguments: 1..<6 as Range<UInt64>)
  func oneSeedIsOneSchedule(seed: UInt64) {
    let first = Simulation(seed: seed).run()
    let second = Simulation(seed: seed).run()
    #expect(first.trace == second.trace && first.tally == second.tally && first.violation == nil)
    #expect(first.trace != Simulation(seed: seed + 100).run().trace)
  }
}
