import Glibc
import Platform
import Service
import Simulator

/// `tocsin-simulate SEED COUNT`: runs simulations from a seed on and says what has happened in them; a single one is told step by
/// step.
@main
enum Command {
  static func main() {
    let arguments = CommandLine.arguments.dropFirst().compactMap { UInt64($0) }
    guard arguments.count == 2, CommandLine.arguments.count == 3, arguments[1] > 0, arguments[0] < .max - arguments[1] else {
      print("usage: tocsin-simulate SEED COUNT, two whole numbers; make simulate SEED=… SIMULATIONS=… gives them")
      exit(2)
    }
    let (seed, count) = (arguments[0], arguments[1])
    if count == 1 { tell(seed) }
    let start = Clock.monotonicNanoseconds()
    let (tally, violations) = Batch.run(seeds: seed..<seed + count)
    let seconds = Double(Clock.monotonicNanoseconds() - start) / 1e9
    for line in tally.lines { print("\(line.name)\t\(line.count)") }
    print("runs a minute\t\(Int(Double(tally.runs) / seconds * 60))")
    for outcome in violations { print("seed \(outcome.seed)\t\(outcome.violation.map { "\($0)" } ?? "")") }
    print(violations.isEmpty ? "nothing was violated" : "replay one: make simulate SEED=\(violations[0].seed) SIMULATIONS=1")
    exit(violations.isEmpty ? 0 : 1)
  }

  private static func tell(_ seed: UInt64) {
    Log.silence()
    let outcome = Simulation(seed: seed) { print($0) }.run()
    print("trace\t\(String(outcome.trace, radix: 16))")
  }
}
