import Statistics
import Testing

@Suite struct RandomSourceTests {
  @Test func sameSeedSameDraws() {
    // The first words of SplitMix64 from seed 1234567, as its authors' program prints them.
    var source = RandomSource(seed: 1_234_567)
    #expect(source.next() == 6_457_827_717_110_365_317 && source.next() == 3_203_168_211_198_807_973)
    var first = RandomSource(seed: 5)
    var second = RandomSource(seed: 5)
    for _ in 0..<100 {
      #expect(first.negativeBinomial(mean: 20, varianceRatio: 3) == second.negativeBinomial(mean: 20, varianceRatio: 3))
    }
  }

  /// Chi-square of draws against the mass, standardised; bins of at least 20 expected.
  static func chiSquare(mean: Double, ratio: Double, against: CountDistribution, seed: UInt64) -> Double {
    var source = RandomSource(seed: seed)
    let draws = 40_000
    let end = Int(against.leastCount(alpha: 1e-9))
    var observed = [Int](repeating: 0, count: end + 1)
    for _ in 0..<draws { observed[min(end, Int(source.negativeBinomial(mean: mean, varianceRatio: ratio)))] += 1 }
    var statistic = 0.0
    var bins = 0.0
    var expected = 0.0
    var seen = 0.0
    for count in 0...end {
      expected += Double(draws) * Elementary.exp(against.logMass(UInt64(count)))
      seen += Double(observed[count])
      if expected >= 20 {
        statistic += (seen - expected) * (seen - expected) / expected
        bins += 1
        expected = 0
        seen = 0
      }
    }
    return (statistic - bins) / (2 * max(1, bins)).squareRoot()
  }

  @Test(arguments: [(0.2, 1.0), (5, 1), (9.9, 1), (10, 1), (60, 1), (900, 1), (0.5, 1.5), (3, 4), (40, 1.5), (40, 20), (1000, 3)])
  func drawsFollowTheMass(mean: Double, ratio: Double) {
    let distribution = CountDistribution(mean: mean, varianceRatio: ratio)
    let score = Self.chiSquare(mean: mean, ratio: ratio, against: distribution, seed: 99)
    #expect(score.magnitude < 4.5, "seed 99: \(score)")
  }

  /// The canary: draws of a ratio that is a tenth off are seen.
  @Test func drawsOfAnotherRatioAreSeen() {
    let distribution = CountDistribution(mean: 40, varianceRatio: 1.65)
    #expect(Self.chiSquare(mean: 40, ratio: 1.5, against: distribution, seed: 99) > 6)
  }

  func checkMoments(_ name: String, mean: Double, variance: Double, _ draw: (inout RandomSource) -> Double) {
    var source = RandomSource(seed: 3)
    let count = 100_000.0
    var sum = 0.0
    var squares = 0.0
    for _ in 0..<Int(count) {
      let deviation = draw(&source) - mean
      sum += deviation
      squares += deviation * deviation
    }
    #expect((sum / count).magnitude < 5 * (variance / count).squareRoot(), "\(name): mean \(mean + sum / count)")
    #expect((squares / count / variance - 1).magnitude < 0.05, "\(name): variance \(squares / count)")
  }

  @Test func momentsAreRight() {
    checkMoments("uniform", mean: 0.5, variance: 1.0 / 12) { $0.uniform() }
    checkMoments("normal", mean: 0, variance: 1) { $0.normal() }
    checkMoments("index", mean: 3, variance: 4) { Double($0.index(below: 7)) }
    for shape in [0.3, 1, 2.5, 1e6] { checkMoments("gamma \(shape)", mean: shape, variance: shape) { $0.gamma(shape: shape) } }
    checkMoments("poisson", mean: 1e9, variance: 1e9) { Double($0.poisson(mean: 1e9)) }
    checkMoments("negative binomial", mean: 1e6, variance: 1e8) { Double($0.negativeBinomial(mean: 1e6, varianceRatio: 100)) }
  }
}
