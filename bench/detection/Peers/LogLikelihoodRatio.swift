import Glibc

/// The log-likelihood ratios by which scan statistics order their windows: 0 where no more is seen than expected.
package enum LogLikelihoodRatio {
  /// The Poisson ratio given the total: c ln(c/μ) + (N − c) ln((N − c)/(N − μ)) for c > μ.
  ///
  /// Kulldorff, A spatial scan statistic, Communications in Statistics 26 (1997), section 4; the space-time permutation
  /// scan uses the same form (Kulldorff, Heffernan, Hartman, Assunção & Mostashari, PLoS Medicine 2 (2005), e59).
  /// - Parameters: cases in the window, cases expected in it, cases in all; 0 < expected < total.
  package static func conditional(observed: Double, expected: Double, total: Double) -> Double {
    guard observed > expected else { return 0 }
    let outside = total - observed
    let inside = observed * log(observed / expected)
    return outside > 0 ? inside + outside * log(outside / (total - expected)) : inside
  }

  /// The Poisson ratio against a known expectation: c ln(c/b) + b − c for c > b.
  ///
  /// Neill, Expectation-based scan statistics for monitoring spatial time series data, International Journal of
  /// Forecasting 25 (2009), equation 3; Neill, Moore, Sabhnani & Daniel (2005).
  package static func expectationBased(observed: Double, expected: Double) -> Double {
    guard observed > expected else { return 0 }
    return observed * log(observed / expected) + expected - observed
  }
}
