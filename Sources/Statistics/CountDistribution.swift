/// Counts of a given mean and variance/mean ratio ≥ 1: Poisson at 1, else negative binomial of size r = mean / (ratio − 1).
///
/// Notation: m mean, R ratio, c = R − 1, r = m / c. The ratio of successive masses is (c k + m) / (R (k + 1)), and
/// P(X = 0) = exp(−m log(R) / c); both go over into Poisson's as c → 0 without cancellation.
/// Good for means 1e-12 … 1e12, ratios 1 … 1e6 and any count: tails to a relative error of 1e-10 while above 1e-300.
package struct CountDistribution: Sendable {
  package let mean: Double
  package let varianceRatio: Double
  /// R − 1, exact for R ≤ 2.
  let excess: Double
  /// r; ∞ for Poisson.
  let size: Double
  /// log P(X = 0).
  let logZero: Double

  /// A distribution of counts.
  ///
  /// - Parameters: `mean` finite and ≥ 0; `varianceRatio` finite and ≥ 1.
  package init(mean: Double, varianceRatio: Double) {
    precondition(mean >= 0 && mean < .infinity && varianceRatio >= 1 && varianceRatio < .infinity)
    self.mean = mean
    self.varianceRatio = varianceRatio
    let excess = varianceRatio - 1
    self.excess = excess
    if excess == 0 {
      size = .infinity
      logZero = -mean
    } else {
      size = mean / excess
      logZero =
        -mean * (excess < 0.41 ? 1 - Elementary.logDeficit(excess, onePlus: 1) / excess : Elementary.log(varianceRatio) / excess)
    }
  }

  /// log P(X ≥ count): 0 for count 0.
  ///
  /// Small counts take a product of mass ratios from P(X = 0); others Loader's saddle point (`logMass(at:)`). The tail over the
  /// first mass is summed, or integrated where the sum would be long; below the mean the complement is taken.
  /// - Complexity: bounded: some 250 terms at worst, whatever the count.
  package func logUpperTail(_ count: UInt64) -> Double {
    guard count > 1 else { return count == 0 ? 0 : mean == 0 ? -.infinity : Elementary.logOneMinusExp(logZero) }
    guard mean > 0 else { return -.infinity }
    let x = Double(count)
    if x <= mean && size > 1 { return Elementary.log1p(-lowerTail(x - 1)) }
    let sum = upperSum(from: x)
    if count <= Self.directLimit && logZero > -600 {
      let product = massOverZero(count)
      if product > 1e-280 { return logZero + Elementary.log(product * sum) }
    }
    return logMass(at: x) + Elementary.log(sum)
  }

  /// P(X ≥ count).
  package func upperTail(_ count: UInt64) -> Double { Elementary.exp(logUpperTail(count)) }

  /// log P(X = count).
  package func logMass(_ count: UInt64) -> Double {
    guard count > 0 else { return logZero }
    guard mean > 0 else { return -.infinity }
    if count <= Self.directLimit && logZero > -600 {
      let product = massOverZero(count)
      if product > 1e-280 { return logZero + Elementary.log(product) }
    }
    return logMass(at: Double(count))
  }
}
