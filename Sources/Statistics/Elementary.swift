/// Elementary functions from IEEE `+ − × ÷` alone: the same bits on every machine, whatever its C library.
///
/// `log`, `exp` and `exp2` are within 2 units in the last place over the whole range, subnormals, infinities and NaN included.
package enum Elementary {
  /// log 2 in two parts; the first has 21 trailing zero bits, so that its product with an exponent is exact.
  static let logTwoHigh = 0.6931471803691238
  static let logTwoLow = 1.9082149292705877e-10
  static let logTwo = 0.6931471805599453
  /// Added and taken off again, it rounds to the nearest integer without a call.
  static let nearest = 0x1.8p52

  /// The natural logarithm: −∞ at 0, NaN below 0.
  ///
  /// x = 2ᵏ(1 + f) with √½ < 1 + f < √2, then log(1 + f) = 2 artanh(f / (2 + f)).
  package static func log(_ x: Double) -> Double {
    var bits = x.bitPattern
    var exponent = 0
    if bits &- 0x0010_0000_0000_0000 >= 0x7fe0_0000_0000_0000 {
      if x == 0 { return -.infinity }
      guard x > 0 else { return .nan }
      if x == .infinity { return x }
      bits = (x * 0x1p54).bitPattern
      exponent = -54
    }
    // √½ has the bits 0x3fe6a09e667f3bcd: subtracting them carries into the exponent exactly at 2ᵏ√½.
    let shifted = bits &- 0x3fe6_a09e_667f_3bcd
    exponent &+= Int(Int64(bitPattern: shifted) >> 52)
    let reduced = Double(bitPattern: (shifted & 0x000f_ffff_ffff_ffff) &+ 0x3fe6_a09e_667f_3bcd)
    let f = reduced - 1
    let k = Double(exponent)
    let s = f / (2 + f)
    let half = 0.5 * f * f
    let tail = s * (half + artanhTail(s * s)) + k * logTwoLow
    return k * logTwoHigh - ((half - tail) - f)
  }

  /// The exponential: 0 below about −745.13, ∞ above about 709.78.
  package static func exp(_ x: Double) -> Double {
    guard x < 709.782712893384 else { return x.isNaN ? x : (x > 709.782712893384 ? .infinity : 1.797693134862273e+308) }
    guard x > -745.1332191019412 else { return 0 }
    let k = (x * 1.4426950408889634 + nearest) - nearest
    let high = x - k * logTwoHigh
    let low = k * logTwoLow
    let r = high - low
    let correction = (high - r) - low
    return scaled(1 + (r + (r * r * expTail(r) + correction)), Int(k))
  }

  /// 2 to a power.
  package static func exp2(_ x: Double) -> Double {
    guard x < 1024 else { return x.isNaN ? x : .infinity }
    guard x > -1075 else { return 0 }
    let k = (x + nearest) - nearest
    let r = (x - k) * logTwo
    return scaled(1 + (r + r * r * expTail(r)), Int(k))
  }

  /// log(1 + t) without loss for small t.
  package static func log1p(_ t: Double) -> Double {
    t > -0.29 && t < 0.41 ? t - logDeficit(t, onePlus: 1) : log(1 + t)
  }

  /// The logarithm of the gamma function for x > 0: within 1e-14 × max(1, |log Γ(x)|); ∞ at 0, NaN below 0.
  package static func logGamma(_ x: Double) -> Double {
    guard x > 0 else { return x == 0 ? .infinity : .nan }
    guard x < .infinity else { return x }
    var shifted = x
    var product = 1.0
    while shifted < 10 {
      product *= shifted
      shifted += 1
    }
    let value = (shifted - 0.5) * (log(shifted) - 1) - 0.5 + halfLogTwoPi + stirlingSeries(shifted)
    return product == 1 ? value : value - log(product)
  }

  /// significand × 2ᵏ, rounded once where the result is subnormal.
  @inline(__always)
  private static func scaled(_ significand: Double, _ k: Int) -> Double {
    if k >= -1021 && k <= 1023 { return significand * Double(bitPattern: UInt64(k &+ 1023) << 52) }
    if k > 1023 { return significand * 2 * 0x1p1023 }
    return significand * Double(bitPattern: UInt64(k &+ 1123) << 52) * 0x1p-100
  }
}
