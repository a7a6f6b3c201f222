import Statistics

/// θ as a function of the mean: the least count that chance brings with a probability of at most α.
///
/// The means at which θ steps are found once; between them it is constant. Past the last it is worked out anew.
struct CoreThresholds: Sendable {
  private static let stepCount = 64

  private let alpha: Double
  private let dispersion: Double
  private let squaredVariation: Double
  private let minimum: UInt32
  /// steps[i] is the largest mean whose θ is at most `minimum` + i.
  private let steps: [Double]

  /// - Parameters:
  ///   - alpha: P(count ≥ θ) under the baseline.
  ///   - dispersion: φ of the variance φ·m + v·m²; `squaredVariation` is v.
  ///   - minimum: The least θ.
  init(alpha: Double, dispersion: Double, squaredVariation: Double, minimum: UInt32) {
    self.alpha = alpha
    self.dispersion = dispersion
    self.squaredVariation = squaredVariation
    self.minimum = minimum
    var steps: [Double] = []
    for index in 0..<Self.stepCount {
      let count = UInt64(minimum) + UInt64(index)
      var (low, high) = (steps.last ?? 0, Double(count) + 1)
      for _ in 0..<48 {
        let middle = (low + high) / 2
        let distribution = CountDistribution(mean: middle, varianceRatio: dispersion + squaredVariation * middle)
        if distribution.upperTail(count) <= alpha { low = middle } else { high = middle }
      }
      steps.append(low)
    }
    self.steps = steps
  }

  /// θ for a mean.
  ///
  /// - Complexity: O(log n) of 64 steps; one quantile past them.
  func leastCount(mean: Double) -> UInt32 {
    if mean <= steps[0] { return minimum }
    if mean > steps[steps.count - 1] {
      let ratio = dispersion + squaredVariation * mean
      return UInt32(clamping: CountDistribution(mean: mean, varianceRatio: ratio).leastCount(alpha: alpha))
    }
    var (low, high) = (0, steps.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if mean <= steps[middle] { high = middle } else { low = middle + 1 }
    }
    return minimum + UInt32(low)
  }
}
