import Statistics
import Testing

@Suite struct CoreThresholdsTests {
  @Test(arguments: [1, 1.0001, 1.2, 1.5, 3, 8, 40])
  func theTableAnswersAsTheDistribution(ratio: Double) {
    for (alpha, minimum) in [(1e-3, 3 as UInt32), (0.05, 2), (1e-6, 3)] {
      let thresholds = CoreThresholds(alpha: alpha, varianceRatio: ratio, minimum: minimum, greatestMean: 256)
      var source = RandomSource(seed: 11)
      for _ in 0..<1500 {
        let mean = Elementary.exp2(-20 + 29 * source.uniform())
        let expected = CountDistribution(mean: mean, varianceRatio: ratio).leastCount(alpha: alpha)
        #expect(
          UInt64(thresholds.leastCount(mean: mean)) == max(UInt64(minimum), expected), "mean \(mean), ratio \(ratio), \(alpha)")
      }
      #expect(thresholds.leastCount(mean: 0) == minimum)
    }
  }

  /// Means within a few units in the last place of a step, found by halving on the distribution itself.
  @Test func stepsAreExact() {
    let thresholds = CoreThresholds(alpha: 1e-3, varianceRatio: 1.5, minimum: 3)
    for count in [3, 4, 9, 30, 200] as [UInt64] {
      var low = 1e-6
      var high = Double(count)
      while high - low > low.ulp {
        let middle = low + 0.5 * (high - low)
        if CountDistribution(mean: middle, varianceRatio: 1.5).leastCount(alpha: 1e-3) > count {
          high = middle
        } else {
          low = middle
        }
      }
      for mean in [low.nextDown, low, high, high.nextUp, low * (1 - 1e-8), high * (1 + 1e-8)] {
        let expected = CountDistribution(mean: mean, varianceRatio: 1.5).leastCount(alpha: 1e-3)
        #expect(UInt64(thresholds.leastCount(mean: mean)) == expected, "mean \(mean)")
      }
      #expect(
        thresholds.leastCount(mean: low * 0.999999) == UInt32(count) && thresholds.leastCount(mean: high * 1.000001) > count)
    }
  }
}
