/// What a screen's nodes are made of.
extension CountDistribution {
  /// A real count whose tail is above a threshold, and nearly at it: within some 0.02 in the logarithm. 0 where none above 0.25 is.
  ///
  /// - Parameter start: a guess; the count for a smaller mean will do.
  func countAbove(_ logThreshold: Double, near start: Double) -> Double {
    let target = logThreshold + 0.01
    var found = 0.0
    var bound = Double.infinity
    var count = size > 1 ? Swift.max(start, mean + 0.5) : start
    for _ in 0..<24 {
      let (value, slope) = lowerBound(at: count)
      if value > logThreshold {
        found = count
        if value <= logThreshold + 0.02 { break }
      } else {
        bound = count
      }
      var next = count + (target - value) / slope
      if next >= bound || next <= found && found > 0 { next = bound < .infinity ? 0.5 * (found + bound) : 2 * count }
      next = Swift.max(next, size > 1 ? Swift.max(0.25, 0.5 * (mean + count)) : 0.25)
      if next == count { break }
      count = next
    }
    return found
  }

  /// A lower bound of log P(X ≥ x), and log P(X ≥ x + 1) − log P(X ≥ x) approximately.
  ///
  /// What is left of the sum after a few terms is replaced by the lesser of the two geometric series that enclose it.
  private func lowerBound(at x: Double) -> (value: Double, slope: Double) {
    let limit = excess / varianceRatio
    var sum = 1.0
    var term = 1.0
    var k = x
    for step in 0..<128 {
      let ratio = (excess * k + mean) / (varianceRatio * (k + 1))
      if step & 3 == 0 {
        let least = Swift.min(ratio, limit)
        let most = Swift.max(ratio, limit)
        if most < 1 && term * (most - least) < 2e-3 * sum * (1 - least) * (1 - most) { break }
      }
      term *= ratio
      sum += term
      k += 1
    }
    let ratio = (excess * k + mean) / (varianceRatio * (k + 1))
    let least = Swift.min(ratio, limit)
    sum += term * least / (1 - least)
    return (logMass(at: x) + Elementary.log(sum * (1 - 1e-9)), Elementary.log1p(-Swift.min(1 / sum, 0.999_999)))
  }
}
