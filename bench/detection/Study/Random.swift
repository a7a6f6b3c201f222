import Glibc

/// The study's generator: the same seed gives the same streams on every run.
///
/// SplitMix64 of Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
package struct Random: Sendable {
  private var state: UInt64
  private var spareNormal: Double?

  /// A generator for one purpose of one run: different streams of the same seed have nothing to do with each other.
  package init(seed: UInt64, stream: UInt64 = 0) {
    state = seed
    let first = next()
    state = first ^ (stream &* 0xd134_2543_de82_ef95)
    _ = next()
  }

  /// Sixty-four random bits.
  package mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }

  /// An integer in `0..<bound` for a bound above zero.
  package mutating func below(_ bound: Int) -> Int { Int(next().multipliedFullWidth(by: UInt64(bound)).high) }

  /// A double in the open interval 0…1.
  package mutating func unit() -> Double { (Double(next() >> 12) + 0.5) * 0x1p-52 }

  /// A standard normal value (Marsaglia & Bray 1964, the polar method).
  package mutating func normal() -> Double {
    if let spare = spareNormal {
      spareNormal = nil
      return spare
    }
    while true {
      let x = 2 * unit() - 1
      let y = 2 * unit() - 1
      let square = x * x + y * y
      guard square < 1, square > 0 else { continue }
      let factor = (-2 * log(square) / square).squareRoot()
      spareNormal = y * factor
      return x * factor
    }
  }

  /// A Poisson count: by multiplication (Knuth, TAOCP 2, 3.4.1 F.3), in parts so that no product underflows.
  ///
  /// - Complexity: O(mean).
  package mutating func poisson(_ mean: Double) -> Int {
    var rest = mean
    var count = 0
    while rest > 0 {
      let part = min(rest, 30)
      rest -= part
      let limit = exp(-part)
      var product = unit()
      while product > limit {
        count += 1
        product *= unit()
      }
    }
    return count
  }

  /// A gamma value of scale 1 (Marsaglia & Tsang, "A simple method for generating gamma variables", 2000).
  package mutating func gamma(shape: Double) -> Double {
    // Their section 6: shapes below one from the next above.
    if shape < 1 { return gamma(shape: shape + 1) * pow(unit(), 1 / shape) }
    let d = shape - 1.0 / 3
    let c = 1 / (9 * d).squareRoot()
    while true {
      let x = normal()
      let cube = 1 + c * x
      guard cube > 0 else { continue }
      let v = cube * cube * cube
      if log(unit()) < 0.5 * x * x + d - d * v + d * log(v) { return d * v }
    }
  }

  /// A negative-binomial count: a Poisson whose mean is gamma distributed.
  package mutating func negativeBinomial(mean: Double, varianceRatio: Double) -> Int {
    guard varianceRatio > 1, mean > 0 else { return poisson(mean) }
    let scale = varianceRatio - 1
    return poisson(gamma(shape: mean / scale) * scale)
  }

  /// Puts values into random order (Fisher & Yates).
  package mutating func shuffle<Value>(_ values: inout [Value]) {
    for index in stride(from: values.count - 1, to: 0, by: -1) { values.swapAt(index, below(index + 1)) }
  }
}
