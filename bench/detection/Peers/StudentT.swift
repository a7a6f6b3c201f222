import Glibc

/// Tails of Student's t distribution with whole degrees of freedom.
package enum StudentT {
  /// The probability of a value as far from 0 on either side.
  ///
  /// Abramowitz & Stegun, Handbook of Mathematical Functions (1964), 26.7.3 and 26.7.4: finite sums in the angle
  /// atan(t/√ν). Absolute error about 1e-15.
  /// - Complexity: O(degrees of freedom).
  package static func twoSidedTail(_ t: Double, degreesOfFreedom nu: Int) -> Double {
    precondition(nu >= 1)
    let angle = atan(abs(t) / Double(nu).squareRoot())
    let (sine, cosine) = (sin(angle), cos(angle))
    let isOdd = nu % 2 == 1
    var term = isOdd ? cosine : 1.0
    var sum = nu == 1 ? 0 : term
    for power in stride(from: isOdd ? 3 : 2, through: nu - 2, by: 2) {
      term *= cosine * cosine * Double(power - 1) / Double(power)
      sum += term
    }
    let within = isOdd ? 2 / Double.pi * (angle + sine * sum) : sine * sum
    return max(0, 1 - within)
  }
}
