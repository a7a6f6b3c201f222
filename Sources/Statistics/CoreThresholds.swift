/// `CountDistribution.leastCount(alpha:)` for one alpha and ratio as a table over the mean, exact and fast.
///
/// The least count rises with the mean; what is stored is the mean at which it steps from each count to the next. Within a
/// relative 1e-9 of a step, and beyond the table, the distribution is asked itself, so the answers are always its own.
package struct CoreThresholds: Sendable {
  package let alpha: Double
  package let varianceRatio: Double
  package let minimum: UInt32
  /// Ascending: `steps[i]` is the mean above which the least count is over `minimum` + i.
  private let steps: [Double]
  private let greatestMean: Double

  /// A table for means up to `greatestMean`.
  ///
  /// - Parameters: `alpha` in (0, 0.1]; `varianceRatio` ≥ 1; `minimum` is the least answer, at least 2.
  /// - Complexity: about one step and a handful of tails a count, up to the least count for `greatestMean`.
  package init(alpha: Double, varianceRatio: Double, minimum: UInt32, greatestMean: Double = 1024) {
    precondition(alpha > 0 && alpha <= 0.1 && minimum >= 2 && greatestMean > 0)
    self.alpha = alpha
    self.varianceRatio = varianceRatio
    self.minimum = minimum
    let logAlpha = Elementary.log(alpha)
    var steps: [Double] = []
    var count = UInt64(minimum)
    var guess = 0.0
    while steps.last ?? 0 < greatestMean {
      let step = Self.step(count: count, logAlpha: logAlpha, varianceRatio: varianceRatio, after: steps.last ?? 0, near: guess)
      guess = steps.count > 0 ? 2 * step - steps[steps.count - 1] : step * 1.5
      steps.append(step)
      count += 1
    }
    self.steps = steps
    self.greatestMean = greatestMean
  }

  /// The greater of the minimum and the least y with P(X ≥ y) ≤ alpha.
  ///
  /// - Parameter mean: ≥ 0.
  package func leastCount(mean: Double) -> UInt32 {
    guard mean <= greatestMean else { return exactly(mean: mean) }
    var low = 0
    var width = steps.count
    while width > 0 {
      let half = width >> 1
      let isPast = steps[low &+ half] < mean
      low = isPast ? low &+ half &+ 1 : low
      width = isPast ? width &- half &- 1 : half
    }
    if low < steps.count && steps[low] - mean < 1e-9 * mean { return exactly(mean: mean) }
    if low > 0 && mean - steps[low - 1] < 1e-9 * mean { return exactly(mean: mean) }
    return minimum &+ UInt32(low)
  }

  private func exactly(mean: Double) -> UInt32 {
    let count = CountDistribution(mean: mean, varianceRatio: varianceRatio).leastCount(alpha: alpha)
    return Swift.max(minimum, UInt32(clamping: count))
  }

  /// The mean at which log P(X ≥ count) is `logAlpha`: log tail against log mean by the secant, kept in a bracket.
  private static func step(count: UInt64, logAlpha: Double, varianceRatio: Double, after: Double, near: Double) -> Double {
    func excess(_ logMean: Double) -> Double {
      CountDistribution(mean: Elementary.exp(logMean), varianceRatio: varianceRatio).logUpperTail(count) - logAlpha
    }
    // The tail of `count` at the last step's mean is below alpha, and that at a mean of `count` above it.
    var low = Elementary.log(Swift.max(after, 1e-300))
    var high = Elementary.log(Double(count) * Swift.max(1, varianceRatio) * 2 / Swift.min(1, -logAlpha))
    var here = near > 0 ? Elementary.log(near) : Elementary.log(Double(count)) + logAlpha / Double(count)
    var value = excess(here)
    var slope = Double(count)
    for _ in 0..<200 {
      if value > 0 { high = here } else { low = here }
      var next = here - value / slope
      if !(next > low && next < high) { next = 0.5 * (low + high) }
      let moved = next - here
      if moved.magnitude < 2e-11 { break }
      let nextValue = excess(next)
      slope = Swift.max((nextValue - value) / moved, 1e-9)
      here = next
      value = nextValue
    }
    return Elementary.exp(here)
  }
}
