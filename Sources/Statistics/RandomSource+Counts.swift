/// Gamma variates and counts.
extension RandomSource {
  /// Gamma of scale 1 (Marsaglia & Tsang 2000); below shape 1 by the power of a uniform.
  ///
  /// - Parameter shape: above 0 and finite. Draws below the least positive number are 0.
  package mutating func gamma(shape: Double) -> Double {
    precondition(shape > 0 && shape < .infinity)
    if shape < 1 {
      let boosted = gamma(shape: shape + 1)
      return boosted * Elementary.exp(Elementary.log(uniform()) / shape)
    }
    let d = shape - 1.0 / 3
    let c = 1 / (9 * d).squareRoot()
    while true {
      let x = normal()
      let root = 1 + c * x
      guard root > 0 else { continue }
      let v = root * root * root
      // log u < x²/2 + d (1 − v + log v).
      if Elementary.log(uniform()) < 0.5 * x * x + d * (1 - v) + 3 * d * Elementary.log(root) { return d * v }
    }
  }

  /// Poisson: by inversion below mean 10, else PTRS (Hörmann 1993).
  ///
  /// - Parameter mean: 0 … 1e15.
  package mutating func poisson(mean: Double) -> UInt64 {
    precondition(mean >= 0 && mean <= 1e15)
    if mean < 10 { return poissonByInversion(mean: mean) }
    let distribution = CountDistribution(mean: mean, varianceRatio: 1)
    let b = 0.931 + 2.53 * mean.squareRoot()
    let a = -0.059 + 0.02483 * b
    let inverseAlpha = 1.1239 + 1.1328 / (b - 3.4)
    let v0 = 0.9277 - 3.6224 / (b - 2)
    while true {
      let u = uniform() - 0.5
      let v = uniform()
      let us = 0.5 - u.magnitude
      let k = ((2 * a / us + b) * u + mean + 0.43).rounded(.down)
      if us >= 0.07 && v <= v0 { return UInt64(k) }
      if k < 0 || k > 0x1p62 || us < 0.013 && v > us { continue }
      let count = UInt64(k)
      if Elementary.log(v * inverseAlpha / (a / (us * us) + b)) <= distribution.logMass(count) { return count }
    }
  }

  /// Negative binomial as a Poisson of gamma mean; Poisson at ratio 1.
  ///
  /// - Parameters: `mean` 0 … 1e12; `varianceRatio` 1 … 1e6.
  package mutating func negativeBinomial(mean: Double, varianceRatio: Double) -> UInt64 {
    precondition(mean >= 0 && varianceRatio >= 1)
    if mean == 0 || varianceRatio == 1 { return poisson(mean: mean) }
    let excess = varianceRatio - 1
    return poisson(mean: Swift.min(1e15, gamma(shape: mean / excess) * excess))
  }

  private mutating func poissonByInversion(mean: Double) -> UInt64 {
    var left = uniform()
    var mass = Elementary.exp(-mean)
    var count: UInt64 = 0
    while left > mass && count < 1000 {
      left -= mass
      count += 1
      mass *= mean / Double(count)
    }
    return count
  }
}
