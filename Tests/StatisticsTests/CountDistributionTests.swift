import Statistics
import TestSupport
import Testing

@Suite struct CountDistributionTests {
  struct Row {
    let count: UInt64
    let mean: Double
    let ratio: Double
    let logMass: Double
    let logTail: Double
  }

  static let rows: [Row] = tailGoldens.split(separator: "\n").compactMap { line in
    let fields = line.split(separator: " ")
    guard fields.count == 5, let count = UInt64(fields[0]) else { return nil }
    let numbers = fields.dropFirst().compactMap { Double($0) }
    guard numbers.count == 4 else { return nil }
    return Row(count: count, mean: numbers[0], ratio: numbers[1], logMass: numbers[2], logTail: numbers[3])
  }

  /// The relative error of a probability that a logarithm's error means, beyond the golden's own rounding.
  static func error(_ value: Double, _ golden: Double) -> Double {
    max(0, (value - golden).magnitude - 2 * golden.ulp) / max(1, golden.magnitude / 700)
  }

  @Test func tailsAndMassesAreThoseOfMultiprecision() {
    #expect(Self.rows.count >= 350)
    for row in Self.rows {
      let distribution = CountDistribution(mean: row.mean, varianceRatio: row.ratio)
      let tail = distribution.logUpperTail(row.count)
      #expect(Self.error(tail, row.logTail) <= 1e-10, "tail of \(row): \(tail)")
      let mass = distribution.logMass(row.count)
      #expect(Self.error(mass, row.logMass) <= 1e-10, "mass of \(row): \(mass)")
    }
  }

  /// The canary of the test above: it would see an error of 1e-9.
  @Test func theBoundSeesASmallError() {
    for row in Self.rows where row.logTail > -700 { #expect(Self.error(row.logTail + 1e-9, row.logTail) > 1e-10) }
  }

  @Test(arguments: 0..<32 as Range<UInt64>) func successiveTailsDifferByTheMass(seed: UInt64) {
    var source = RandomSource(seed: seed)
    for _ in 0..<200 {
      let mean = Elementary.exp2(-40 + 80 * source.uniform())
      let ratio = 1 + Elementary.exp2(-50 + 70 * source.uniform())
      let distribution = CountDistribution(mean: mean, varianceRatio: ratio)
      let reach = (mean * ratio).squareRoot() + (source.uniform() < 0.5 ? ratio : 1)
      let count = UInt64(max(0, mean + reach * (8 * source.uniform() - 1)))
      let here = distribution.logUpperTail(count)
      // P(X ≥ y) − P(X ≥ y + 1) = P(X = y), relative to P(X ≥ y).
      let next = Elementary.exp(distribution.logUpperTail(count + 1) - here)
      let mass = Elementary.exp(distribution.logMass(count) - here)
      #expect(
        (1 - next - mass).magnitude < 2e-10, "seed \(seed): count \(count), mean \(mean), ratio \(ratio): \(1 - next) \(mass)")
    }
  }

  @Test func extremesAreSensible() {
    for mean in [1e-12, 1.0, 1e6, 1e12] {
      for ratio in [1, 1.0.nextUp, 1.5, 1e6] {
        let distribution = CountDistribution(mean: mean, varianceRatio: ratio)
        #expect(distribution.logUpperTail(0) == 0)
        var before = 0.0
        for bit in 0..<64 {
          let tail = distribution.logUpperTail(1 << UInt64(bit))
          #expect(
            tail <= before + 1e-12 && tail > -.infinity, "mean \(mean), ratio \(ratio), bit \(bit): \(tail) after \(before)")
          before = tail
        }
      }
    }
    #expect(CountDistribution(mean: 0, varianceRatio: 2).logUpperTail(1) == -.infinity)
    #expect(CountDistribution(mean: 0, varianceRatio: 2).logMass(0) == 0)
  }

  @Test(arguments: 0..<32 as Range<UInt64>) func leastCountIsTheLeast(seed: UInt64) {
    var source = RandomSource(seed: seed)
    for _ in 0..<100 {
      let mean = Elementary.exp2(-20 + 40 * source.uniform())
      let ratio = source.uniform() < 0.2 ? 1 : 1 + Elementary.exp2(-20 + 30 * source.uniform())
      let alpha = source.uniform() < 0.3 ? 1e-3 : Elementary.exp(-40 * source.uniform())
      let distribution = CountDistribution(mean: mean, varianceRatio: ratio)
      let count = distribution.leastCount(alpha: alpha)
      #expect(distribution.upperTail(count) <= alpha, "seed \(seed): mean \(mean), ratio \(ratio), alpha \(alpha): \(count)")
      #expect(count > 0 && distribution.upperTail(count - 1) > alpha, "seed \(seed): \(mean), \(ratio), \(alpha): \(count)")
    }
  }
}
