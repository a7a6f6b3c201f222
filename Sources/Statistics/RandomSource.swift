/// A seeded source of random numbers, SplitMix64 (Steele, Lea & Flood 2014), with exact samplers: the same draws on every machine.
package struct RandomSource: RandomNumberGenerator, Sendable {
  private var state: UInt64

  /// A source that draws the same numbers whenever the seed is the same.
  package init(seed: UInt64) { state = seed }

  /// The next 64 bits.
  package mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var word = state
    word = (word ^ word >> 30) &* 0xbf58_476d_1ce4_e5b9
    word = (word ^ word >> 27) &* 0x94d0_49bb_1331_11eb
    return word ^ word >> 31
  }

  /// Uniform on the 2⁵² midpoints of (0, 1), so never 0 or 1.
  package mutating func uniform() -> Double {
    (Double(next() >> 12) + 0.5) * 0x1p-52
  }

  /// Uniform on 0 ..< count without bias (Lemire 2019).
  ///
  /// - Parameter below: above 0.
  package mutating func index(below count: Int) -> Int {
    precondition(count > 0)
    let width = UInt64(count)
    var product = next().multipliedFullWidth(by: width)
    if product.low < width {
      let least = (0 &- width) % width
      while product.low < least { product = next().multipliedFullWidth(by: width) }
    }
    return Int(product.high)
  }

  /// Standard normal, by Marsaglia's polar method; the second value of a pair is not kept.
  package mutating func normal() -> Double {
    while true {
      let x = 2 * uniform() - 1
      let y = 2 * uniform() - 1
      let square = x * x + y * y
      if square < 1 && square > 0 { return x * (-2 * Elementary.log(square) / square).squareRoot() }
    }
  }
}
