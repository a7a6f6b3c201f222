/// The polynomials and differences that the elementary functions and the distributions share.
extension Elementary {
  /// ½ log 2π.
  static let halfLogTwoPi = 0.9189385332046728

  /// 2 artanh(s) / s − 2 as a polynomial in z = s², for z ≤ 0.0296: interpolated at Chebyshev nodes, absolute error below 1e-17.
  @inline(__always)
  static func artanhTail(_ z: Double) -> Double {
    let squared = z * z
    let low = 0.666666666666667 + z * 0.3999999999989607
    let middle = 0.28571428627528794 + z * 0.22222210881932927
    let high = 0.1818290749767122 + z * 0.1533111258796017 + squared * 0.1462395660821188
    return z * (low + squared * (middle + squared * high))
  }

  /// (eʳ − 1 − r) / r² for |r| ≤ 0.3475: interpolated at Chebyshev nodes, error below 1.2e-16.
  @inline(__always)
  static func expTail(_ r: Double) -> Double {
    let squared = r * r
    let fourth = squared * squared
    let first = (0.5 + r * 0.16666666666666669) + squared * (0.04166666666662324 + r * 0.008333333333329994)
    let second =
      (0.0013888888917654016 + r * 0.00019841269863392214)
      + squared * (2.4801520613566223e-05 + r * 2.7557267935231926e-06)
    return first + fourth * (second + fourth * (2.762041219449885e-07 + r * 2.5100634461878497e-08))
  }

  /// t − log(1 + t) ≥ 0 to full relative precision.
  ///
  /// - Parameter onePlus: 1 + t, computed by the caller without cancellation; used only where |t| is not small.
  @inline(__always)
  static func logDeficit(_ t: Double, onePlus: Double) -> Double {
    guard t > -0.29 && t < 0.41 else { return t - log(onePlus) }
    let s = t / (2 + t)
    return s * (t - artanhTail(s * s))
  }

  /// e⁻ᶻ − 1 + z ≥ 0 for z ≥ 0, to full relative precision.
  @inline(__always)
  static func expExcess(_ z: Double) -> Double {
    z <= 0.34 ? z * z * expTail(-z) : exp(-z) + (z - 1)
  }

  /// log(1 − eˣ) for x ≤ 0.
  static func logOneMinusExp(_ x: Double) -> Double {
    if x > -0.34 { return log(-x - expExcess(-x)) }
    return log1p(-exp(x))
  }

  /// log Γ(x) − (x − ½) log x + x − ½ log 2π for x ≥ 10 (Stirling's series; the first term left out is below 3.1e-17).
  @inline(__always)
  static func stirlingSeries(_ x: Double) -> Double {
    let inverse = 1 / x
    let z = inverse * inverse
    let high = 1.0 / 1188 - z * (691.0 / 360360 - z * (1.0 / 156))
    return inverse * (1.0 / 12 - z * (1.0 / 360 - z * (1.0 / 1260 - z * (1.0 / 1680 - z * high))))
  }

  /// The error of Stirling's formula, log Γ(x + 1) − (x + ½) log x + x − ½ log 2π, for x > 0 (Loader 2000).
  static func stirlingError(_ x: Double) -> Double {
    if x >= 10 { return stirlingSeries(x) }
    return logGamma(x + 1) - (x + 0.5) * log(x) + x - halfLogTwoPi
  }
}
