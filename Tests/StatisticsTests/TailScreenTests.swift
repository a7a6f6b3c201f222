import Statistics
import Testing

@Suite struct TailScreenTests {
  /// Draws a mean, a ratio and a count about the critical one.
  static func draw(_ source: inout RandomSource) -> (mean: Double, ratio: Double) {
    let mean = Elementary.exp2(-30 + 44 * source.uniform())
    let ratio = source.uniform() < 0.1 ? 1 : 1 + Elementary.exp2(-12 + 18 * source.uniform())
    return (mean, ratio)
  }

  @Test(arguments: 0..<20 as Range<UInt64>) func tailIsNeverBelowItsBound(seed: UInt64) {
    var source = RandomSource(seed: seed)
    for index in 0..<2_500 {
      let (mean, ratio) = Self.draw(&source)
      let distribution = CountDistribution(mean: mean, varianceRatio: ratio)
      let count = UInt64(mean) + 1 + UInt64(20 * source.uniform() * (1 + (mean * ratio).squareRoot()))
      let (bound, tail) = (distribution.logUpperTailBound(count), distribution.logUpperTail(count))
      #expect(bound <= tail + 1e-7, "seed \(seed), draw \(index): mean \(mean), ratio \(ratio), count \(count)")
      // Worth its while where windows are tested: it lies within a twelfth of the tail, or a twentieth of its logarithm.
      if mean < 64, ratio < 3 {
        #expect(
          tail - bound < max(2.5, -0.05 * tail), "seed \(seed), draw \(index): mean \(mean), ratio \(ratio), count \(count)")
      }
    }
  }

  @Test(arguments: 0..<40 as Range<UInt64>) func neverClearsWhatIsImprobable(seed: UInt64) {
    var source = RandomSource(seed: seed)
    let threshold = -2 - 38 * source.uniform()
    let screen = TailScreen(logThreshold: threshold)
    var wrong = 0
    var lax = 0
    var laxUsually = 0
    for index in 0..<2500 {
      let (mean, ratio) = Self.draw(&source)
      let distribution = CountDistribution(mean: mean, varianceRatio: ratio)
      let critical = distribution.leastCount(alpha: Elementary.exp(threshold))
      // Ten counts a draw: all at or above the critical one must stay, and those well below must go.
      for offset in 0..<10 as Range<UInt64> {
        let stays = screen.mayExceed(count: critical + offset, mean: mean, varianceRatio: ratio)
        if !stays && distribution.logUpperTail(critical + offset) <= threshold {
          wrong += 1
          if wrong == 1 { Issue.record("seed \(seed), draw \(index): mean \(mean), ratio \(ratio), count \(critical + offset)") }
        }
      }
      let allowance = 2 + UInt64(0.05 * Double(critical))
      if critical > allowance + 1 {
        if screen.mayExceed(count: critical - allowance, mean: mean, varianceRatio: ratio) { lax += 1 }
      }
      if critical > 2, mean < 50, ratio < 4, screen.mayExceed(count: critical - 2, mean: mean, varianceRatio: ratio) {
        laxUsually += 1
      }
    }
    #expect(wrong == 0, "seed \(seed), threshold \(threshold)")
    #expect(lax <= 50, "seed \(seed), threshold \(threshold): \(lax) of 2500 lax")
    #expect(laxUsually <= 50, "seed \(seed), threshold \(threshold): \(laxUsually) of 2500 lax at usual means")
  }

  /// The canary of the test above: a screen for a stricter threshold clears counts that matter.
  @Test func aStricterScreenIsCaught() {
    var source = RandomSource(seed: 7)
    let screen = TailScreen(logThreshold: -13)
    var wrong = 0
    for _ in 0..<1000 {
      let (mean, ratio) = Self.draw(&source)
      let critical = CountDistribution(mean: mean, varianceRatio: ratio).leastCount(alpha: Elementary.exp(-12))
      if !screen.mayExceed(count: critical, mean: mean, varianceRatio: ratio) { wrong += 1 }
    }
    #expect(wrong > 100)
  }

  @Test func outsideItsTableItClearsNothing() {
    let screen = TailScreen(logThreshold: -10)
    for (mean, ratio) in [(0, 1), (1e-12, 1.5), (1e6, 1.5), (1, 1e5), (Double.nan, 1), (1, .nan), (-1, 1)] {
      #expect(screen.mayExceed(count: 1, mean: mean, varianceRatio: ratio))
      #expect(!screen.mayExceed(count: 0, mean: mean, varianceRatio: ratio))
    }
    #expect(TailScreen(logThreshold: -1).mayExceed(count: 1, mean: 5, varianceRatio: 1))
  }
}
