import Glibc

/// Quantiles of the standard normal distribution.
package enum Normal {
  /// The x that is exceeded with this probability.
  ///
  /// Newton's method on the logarithm of the tail, erfc(x/√2)/2, which is concave: it converges from any side.
  /// - Parameter tail: between 0 and 1, both excluded.
  package static func upperQuantile(_ tail: Double) -> Double {
    precondition(tail > 0 && tail < 1)
    if tail > 0.5 { return -upperQuantile(1 - tail) }
    var x = 0.0
    for _ in 0..<100 {
      let q = erfc(x / 2.0.squareRoot()) / 2
      let density = exp(-x * x / 2) / (2 * Double.pi).squareRoot()
      let step = (log(q) - log(tail)) * q / density
      x += step
      if abs(step) <= 1e-15 * max(1, abs(x)) { break }
    }
    return x
  }
}
