/// A cheap test that clears most counts of being improbable: no logarithm, four table entries.
///
/// For a threshold L the critical count y(m, c) solves log P(X ≥ y) = L over real y (m mean, c = variance/mean ratio − 1). It is
/// rising and concave in m, except far below the ratio, and concave in c while it rises; so interpolation that takes the lesser
/// end elsewhere is never above it. That it is concave is not proven here but tested, over seeds, at the critical counts
/// themselves. The nodes are rounded down: they come from a lower bound of the tail.
package struct TailScreen: Sendable {
  /// Nodes are 1 and 1½ times powers of two: m from 2⁻³⁰ to 2¹⁴; c is 0, then from 2⁻⁷ to 2⁶.
  private static var firstMean: Int { (1023 - 30) << 1 }
  private static var meanCount: Int { 2 * 44 + 1 }
  private static var firstExcess: Int { (1023 - 7) << 1 }
  private static var excessCount: Int { 2 * 13 + 1 }
  private static var leastExcess: Double { 0x1p-7 }

  package let logThreshold: Double
  /// Critical counts by excess (row 0 is Poisson), then by mean; empty where the threshold is too lax to screen for.
  private let criticalCounts: [Double]

  /// A screen for log tails at or below a threshold, which is below 0; above −2 it clears count 0 only.
  ///
  /// - Complexity: some 2,500 nodes of a few tails each: 1 to 2 ms.
  package init(logThreshold: Double) {
    precondition(logThreshold < 0)
    self.logThreshold = logThreshold
    guard logThreshold <= -2 else {
      criticalCounts = []
      return
    }
    var counts: [Double] = []
    counts.reserveCapacity((Self.excessCount + 1) * Self.meanCount)
    for row in 0...Self.excessCount {
      let excess = row == 0 ? 0 : Self.node(Self.firstExcess + row - 1)
      var count = 1.0
      for column in 0..<Self.meanCount {
        let mean = Self.node(Self.firstMean + column)
        let distribution = CountDistribution(mean: mean, varianceRatio: 1 + excess)
        let before = count
        count = distribution.countAbove(logThreshold, near: Swift.max(count, 0.5))
        // Far below the ratio y is convex in m: the last node's value keeps the interpolation below it, since y rises with m.
        let stored = count < 0.5 * (1 + excess) ? (column == 0 ? 0 : Swift.min(before, count)) : count
        counts.append(stored < 0.5 ? 0 : stored)
      }
    }
    criticalCounts = counts
  }

  /// False only where log P(X ≥ count) > `logThreshold` for certain; true for few others, within about a count.
  ///
  /// Outside the table (means below 1e-9 or from 16,384, ratios from 65) it is true for every count above 0.
  @inline(__always)
  package func mayExceed(count: UInt64, mean: Double, varianceRatio: Double) -> Bool {
    let excess = varianceRatio - 1
    let meanBits = mean.bitPattern
    let column = Int(truncatingIfNeeded: meanBits >> 51) &- Self.firstMean
    guard UInt(bitPattern: column) < UInt(bitPattern: Self.meanCount - 1), excess >= 0, excess < 64, !criticalCounts.isEmpty
    else {
      return count > 0
    }
    var first = 0
    var across = excess * (1 / Self.leastExcess)
    if excess >= Self.leastExcess {
      let excessBits = excess.bitPattern
      first = Int(truncatingIfNeeded: excessBits >> 51) &- Self.firstExcess &+ 1
      across = Self.fraction(excessBits)
    }
    let along = Self.fraction(meanBits)
    let index = first &* Self.meanCount &+ column
    let next = index &+ Self.meanCount
    let lower = criticalCounts[index] + along * (criticalCounts[index &+ 1] - criticalCounts[index])
    let upper = criticalCounts[next] + along * (criticalCounts[next &+ 1] - criticalCounts[next])
    // Where y falls with c it need not be concave, but it is never below its lesser end.
    let bound = Swift.min(upper, lower + across * (upper - lower))
    return count > 0 && Double(count) >= bound * (1 - 1e-9)
  }

  /// The number whose exponent and first significand bit are given.
  private static func node(_ bits: Int) -> Double { Double(bitPattern: UInt64(bits) << 51) }

  /// How far a number lies between its node and the next, 0 ..< 1.
  @inline(__always)
  private static func fraction(_ bits: UInt64) -> Double {
    Double(bitPattern: 0x3ff0_0000_0000_0000 | (bits << 1 & 0x000f_ffff_ffff_fffe)) - 1
  }
}
