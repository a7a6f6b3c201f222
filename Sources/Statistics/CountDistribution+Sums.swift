/// Masses and the sums over them.
extension CountDistribution {
  /// Counts up to here take a product of ratios; within the stated ranges neither product overflows.
  static var directLimit: UInt64 { 32 }

  /// Terms that are summed before an integral takes over.
  static var termLimit: Int { 240 }

  /// P(X = count) / P(X = 0) for 1 ≤ count ≤ `directLimit`; may underflow to less than 1e-280.
  @inline(__always)
  func massOverZero(_ count: UInt64) -> Double {
    let n = Double(count)
    var numerator = mean
    var denominator = varianceRatio
    var k = 1.0
    while k < n {
      numerator *= excess * k + mean
      k += 1
      denominator *= varianceRatio * k
    }
    return numerator / denominator
  }

  /// log P(X = x), continued to real x > 0.
  ///
  /// Loader's (2000) saddle point in a form whose two deviances are both positive, so that nothing cancels at any ratio: with
  /// d = x − m and ψ(t) = t − log(1 + t), D = x ψ(−d / (R x)) + r ψ(d / (m + r)) and
  /// P = exp(−D + σ(r + x) − σ(r) − σ(x)) / √(2π x (1 + x / r)), σ the error of Stirling's formula.
  func logMass(at x: Double) -> Double {
    let distance = x - mean
    let scale = varianceRatio * x
    var deviance = x * Elementary.logDeficit(-distance / scale, onePlus: (excess * x + mean) / scale)
    var correction = -Elementary.stirlingError(x)
    if excess > 0 {
      let total = mean + size
      deviance += size * Elementary.logDeficit(distance / total, onePlus: (size + x) / total)
      correction += Elementary.stirlingError(size + x) - Elementary.stirlingError(size)
    }
    let spread = x * (1 + excess * x / mean)
    return correction - deviance - Elementary.halfLogTwoPi - 0.5 * Elementary.log(spread)
  }

  /// P(X ≥ x) / P(X = x), continued to real x > 0; for x > m, or r ≤ 1.
  ///
  /// The ratios of masses are monotone in k and tend to c / R, so what is left of the sum lies between two geometric series; the
  /// sum stops where those differ by less than 1e-13 of it.
  func upperSum(from x: Double) -> Double {
    let limit = excess / varianceRatio
    if limit > 0.94 || mean * varianceRatio > 4000 && x < mean + 10 * (mean * varianceRatio).squareRoot() {
      return upperIntegral(from: x)
    }
    var sum = 1.0
    var term = 1.0
    var k = x
    for _ in 0..<Self.termLimit / 4 {
      let third = k + 3
      let last = (excess * third + mean) / (varianceRatio * (third + 1))
      let first = (excess * k + mean) / (varianceRatio * (k + 1))
      let second = (excess * (k + 1) + mean) / (varianceRatio * (k + 2))
      let middle = (excess * (k + 2) + mean) / (varianceRatio * third)
      let pair = first * second
      sum += term * (first + pair * (1 + middle))
      term *= pair * middle
      k = third
      // `last` is the ratio of the next mass to `term`, which is in the sum already.
      let least = Swift.min(last, limit)
      let most = Swift.max(last, limit)
      let left = (1 - least) * (1 - most)
      if most < 1 && term * (most - least) < 1e-13 * sum * left {
        return sum + term * 0.5 * (least * (1 - most) + most * (1 - least)) / left
      }
    }
    return sum + term * (upperIntegral(from: k) - 1)
  }

  /// P(X ≤ x) for an integer x < m; for r > 1.
  func lowerTail(_ x: Double) -> Double {
    if x < Double(Self.directLimit) && logZero > -600 {
      var sum = 1.0
      var term = 1.0
      var k = 0.0
      while k < x {
        term *= (excess * k + mean) / (varianceRatio * (k + 1))
        sum += term
        k += 1
      }
      return Elementary.exp(logZero) * sum
    }
    let first = logMass(at: x)
    if mean * varianceRatio > 4000 { return Elementary.exp(first) * lowerIntegral(to: x) }
    var sum = 1.0
    var term = 1.0
    var k = x
    for _ in 0..<Self.termLimit {
      if k < 0.5 || term < 1e-18 * sum { return Elementary.exp(first) * sum }
      term *= varianceRatio * k / (excess * (k - 1) + mean)
      k -= 1
      sum += term
    }
    return Elementary.exp(first) * (sum + term * (lowerIntegral(to: k) - 1))
  }
}
