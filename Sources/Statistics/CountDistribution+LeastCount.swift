/// Quantiles.
extension CountDistribution {
  /// The least y with P(X ≥ y) ≤ alpha, as `upperTail(_:)` has it; above 2⁶³ it is cut off there.
  ///
  /// - Parameter alpha: above 0; from 1 on the answer is 0.
  /// - Complexity: a walk over the masses where the mean is small; else a search with some 40 tails at most.
  package func leastCount(alpha: Double) -> UInt64 {
    precondition(alpha > 0)
    if alpha >= 1 { return 0 }
    if mean == 0 { return 1 }
    if alpha >= 1e-5 && mean < 40 && logZero > -80 && varianceRatio < 10 {
      if let count = walk(alpha: alpha) { return count }
    }
    return search(logAlpha: Elementary.log(alpha))
  }

  /// Takes masses off 1 from P(X = 0) on; gives up where the answer is close to a tie or far off.
  @inline(__always)
  private func walk(alpha: Double) -> UInt64? {
    var mass = Elementary.exp(logZero)
    var tail = 1.0
    var k = 0.0
    while k < 200 {
      tail -= mass
      mass *= (excess * k + mean) / (varianceRatio * (k + 1))
      k += 1
      // The tail's absolute error is below 1e-13: no more than 1e-8 of alpha.
      if tail <= alpha * (1 + 1e-7) { return tail < alpha * (1 - 1e-7) ? UInt64(k) : nil }
    }
    return nil
  }

  /// Brackets the quantile from the normal one, then closes in by the secant of the log tail and by halving.
  private func search(logAlpha: Double) -> UInt64 {
    let ceiling: UInt64 = 1 << 63
    var least: UInt64 = 0  // P(X ≥ least) > alpha
    let reach = (-2 * logAlpha * mean * varianceRatio).squareRoot()
    var step = Swift.max(1, Swift.min(reach + varianceRatio, 0x1p61))
    var most = UInt64(Swift.min(mean + 0.7 * step, 0x1p62)) &+ 1
    while logUpperTail(most) > logAlpha {
      if most >= ceiling { return ceiling }
      least = most
      step = Swift.min(step * 2, 0x1p62)
      most = Swift.min(ceiling, most &+ UInt64(step))
    }
    var below = least == 0 ? 0 : logUpperTail(least)
    var above = logUpperTail(most)
    var halve = false
    while most - least > 1 {
      let width = most - least
      var guess = least + width / 2
      if !halve && below > above && above > -.infinity {
        let share = (below - logAlpha) / (below - above)
        guess = least + Swift.max(1, Swift.min(width - 1, UInt64(share * Double(width))))
      }
      let value = logUpperTail(guess)
      if value <= logAlpha {
        most = guess
        above = value
      } else {
        least = guess
        below = value
      }
      halve = !halve && most - least > width / 2
    }
    return most
  }
}
