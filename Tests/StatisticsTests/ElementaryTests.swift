import Statistics
import Testing

@Suite struct ElementaryTests {
  static func rows(_ function: String) -> [(argument: Double, value: Double)] {
    elementaryGoldens.split(separator: "\n").compactMap { line in
      let fields = line.split(separator: " ")
      guard fields.count == 3, fields[0] == function, let x = Double(fields[1]), let y = Double(fields[2]) else { return nil }
      return (x, y)
    }
  }

  func check(_ function: String, _ compute: (Double) -> Double) {
    let rows = Self.rows(function)
    #expect(rows.count >= 40)
    for (x, expected) in rows {
      let error = (compute(x) - expected).magnitude
      #expect(error <= 2 * expected.ulp, "\(function)(\(x)) = \(compute(x)), not \(expected)")
    }
  }

  @Test func logIsWithinTwoUlp() { check("log", Elementary.log) }
  @Test func expIsWithinTwoUlp() { check("exp", Elementary.exp) }
  @Test func exp2IsWithinTwoUlp() { check("exp2", Elementary.exp2) }

  @Test func logGammaIsWithinItsBound() {
    let rows = Self.rows("logGamma")
    #expect(rows.count >= 60)
    for (x, expected) in rows {
      let error = (Elementary.logGamma(x) - expected).magnitude
      #expect(error <= 1e-14 * max(1, expected.magnitude), "logGamma(\(x)) = \(Elementary.logGamma(x)), not \(expected)")
    }
  }

  @Test func edgesAreIEEE() {
    #expect(Elementary.log(0) == -.infinity && Elementary.log(-0.0) == -.infinity)
    #expect(Elementary.log(-1).isNaN && Elementary.log(.nan).isNaN && Elementary.log(-.infinity).isNaN)
    #expect(Elementary.log(.infinity) == .infinity && Elementary.log(1) == 0)
    #expect(Elementary.exp(.nan).isNaN && Elementary.exp(.infinity) == .infinity && Elementary.exp(-.infinity) == 0)
    #expect(Elementary.exp(0) == 1 && Elementary.exp(710) == .infinity && Elementary.exp(-746) == 0)
    #expect(Elementary.exp2(.nan).isNaN && Elementary.exp2(1024) == .infinity && Elementary.exp2(-1076) == 0)
    #expect(Elementary.exp2(-1074) == Double.leastNonzeroMagnitude && Elementary.exp2(1023) == 0x1p1023)
    #expect(Elementary.logGamma(0) == .infinity && Elementary.logGamma(-1).isNaN && Elementary.logGamma(.infinity) == .infinity)
  }
}
