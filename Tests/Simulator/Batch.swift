import Platform
import Service
import Synchronization

/// Many runs, on two threads.
package enum Batch {
  /// Runs each seed once.
  ///
  /// - Returns: what has happened in all of them, and the first hundred that violate something, by seed.
  package static func run(
    seeds: Range<UInt64>, bug: PlantedBug? = nil, stopsAtFirst: Bool = false
  ) -> (tally: Tally, violations: [Simulation.Outcome]) {
    let results = Mutex((tally: Tally(), violations: [Simulation.Outcome]()))
    let next = Mutex(seeds.lowerBound)
    let work: @Sendable () -> Void = {
      while true {
        let seed = next.withLock { next in
          defer { next += 1 }
          return next
        }
        guard seed < seeds.upperBound else { return }
        let outcome = Simulation(seed: seed, bug: bug).run()
        let isOver = results.withLock { results in
          results.tally = results.tally + outcome.tally
          if outcome.violation != nil, results.violations.count < 100 { results.violations.append(outcome) }
          return stopsAtFirst && !results.violations.isEmpty
        }
        if isOver { return }
      }
    }
    Log.silence()
    let helper = try? Thread(name: "simulate", work)
    work()
    if let helper { helper.join() }
    return results.withLock { ($0.tally, $0.violations.sorted { $0.seed < $1.seed }) }
  }
}
