/// EARS C1, C2 and C3 over a single series.
///
/// Hutwagner, Thompson, Seeman & Treadwell, The bioterrorism preparedness and response Early Aberration Reporting System,
/// Journal of Urban Health 80 (2003), i89–i96, in the form of `earsC` of R's `surveillance` 1.20.3, whose C3 puts the
/// excesses of the two periods before against a bound of 2 standard deviations and leaves the present one out.
package struct EARS: Sendable {
  package let method: EARSMethod
  /// Periods in the baseline.
  package let baseline: Int
  /// The least standard deviation, in counts.
  package let minimumSigma: Double
  /// The tail of the normal distribution beyond the bound.
  package let alpha: Double

  /// - Parameter alpha: by default 0.001 for C1 and C2 and 0.025 for C3.
  package init(_ method: EARSMethod, baseline: Int = 7, minimumSigma: Double = 0, alpha: Double? = nil) {
    precondition(baseline >= 3 && minimumSigma >= 0)
    (self.method, self.baseline, self.minimumSigma) = (method, baseline, minimumSigma)
    self.alpha = alpha ?? (method == .c3 ? 0.025 : 0.001)
  }

  /// The bound of each period; an alarm is a count above it. `nil` until there is a baseline.
  /// - Complexity: O(counts · baseline).
  package func upperBounds(_ counts: [Int]) -> [Double?] {
    let quantile = Normal.upperQuantile(alpha)
    let first = baseline + method.lag + (method == .c3 ? 2 : 0)
    return counts.indices.map { now in
      guard now >= first else { return nil }
      let (mean, sigma) = moments(counts, before: now)
      guard method == .c3 else { return mean + quantile * sigma }
      let earlier = (1...2).reduce(0.0) { sum, back in
        let (mean, sigma) = moments(counts, before: now - back)
        return sum + max(0, (Double(counts[now - back]) - mean) / sigma - 1)
      }
      return max(0, Double(counts[now]) + sigma * (quantile - earlier))
    }
  }

  private func moments(_ counts: [Int], before now: Int) -> (mean: Double, sigma: Double) {
    let window = counts[now - method.lag - baseline..<now - method.lag]
    let mean = Double(window.reduce(0, +)) / Double(baseline)
    let squares = window.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
    return (mean, max(minimumSigma, (squares / Double(baseline - 1)).squareRoot()))
  }
}
