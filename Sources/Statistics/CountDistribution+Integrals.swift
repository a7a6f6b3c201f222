/// The sums over masses as integrals, for where the sums are long.
///
/// Both are beta integrals with one end mapped to infinity, evaluated by the trapezoidal rule after the double exponential
/// substitution z = z₀ exp(v − e⁻ᵛ) (Takahasi & Mori 1974), whose error falls exponentially with the number of nodes.
extension CountDistribution {
  /// P(X ≥ x) / P(X = x) = R x ∫₀^∞ e^(−x z) (1 + c s)^(r − 1) dz with s = 1 − e⁻ᶻ; for x > m, or r ≤ 1.
  func upperIntegral(from x: Double) -> Double {
    let slope = (x - mean) + excess
    let curvature = Swift.max(0, (mean - excess) * varianceRatio)
    let sum = Self.quadrature(scale: 1 / (Swift.max(slope, 0) + curvature.squareRoot())) { z in
      let lag = Elementary.expExcess(z)
      let t = excess * (z - lag)
      // Near the peak the large linear terms are taken together; far from it, one by one.
      if t < 0.5 {
        let bend = excess > 0 ? (size - 1) * Elementary.logDeficit(t, onePlus: 1 + t) : 0
        return -slope * z - (mean - excess) * lag - bend
      }
      return (size - 1) * Elementary.log(1 + t) - x * z
    }
    return varianceRatio * x * sum
  }

  /// P(X ≤ x) / P(X = x) = (c x + m) ∫₀^∞ e^(−m z) (1 + w)^x dz with w = (1 − e^(−c z)) / c; for x < m and r > 1.
  func lowerIntegral(to x: Double) -> Double {
    let slope = mean - x
    let curvature = x * varianceRatio
    let sum = Self.quadrature(scale: 1 / (slope + curvature.squareRoot())) { z in
      let lag = excess > 0 ? Elementary.expExcess(excess * z) / excess : 0
      let w = z - lag
      return -slope * z - x * (lag + Elementary.logDeficit(w, onePlus: 1 + w))
    }
    return (excess * x + mean) * sum
  }

  /// ∫₀^∞ exp(logIntegrand(z)) dz for an integrand that is 1 at 0 and falls over `scale` or longer.
  @inline(__always)
  private static func quadrature(scale: Double, _ logIntegrand: (Double) -> Double) -> Double {
    var sum = 0.0
    let nodes = QuadratureNodes.table
    var index = 0
    while index < nodes.abscissas.count {
      let term = nodes.weights[index] * Elementary.exp(logIntegrand(scale * nodes.abscissas[index]))
      sum += term
      if nodes.abscissas[index] > 1 && term < 1e-17 * sum { break }
      index += 1
    }
    return scale * sum
  }
}
