import Render
import Testing

/// Numbers as people say them, against what a person would write.
@Suite struct WordsTests {
  @Test func intervals() {
    for (days, text) in [
      (0, "<1 hour"), (0.04, "<1 hour"), (1.0 / 24, "1 hour"), (0.3, "7 hours"), (1.5, "36 hours"), (1.99, "48 hours"),
      (2, "2 days"),
      (34.2, "34 days"), (730, "730 days"), (731, "2 years"), (1_240, "3 years"), (365_250, "1,000 years"),
      (366_000, ">1000 years"), (.infinity, ">1000 years"), (.nan, ""), (-1, "<1 hour"),
    ] as [(Double, String)] {
      #expect(Words.interval(days: days) == text, "\(days)")
    }
  }

  @Test func estimates() {
    for (number, text) in [
      (0, "0"), (3.1, "3.1"), (3.14, "3.1"), (9.96, "10"), (0.032, "0.032"), (0.0996, "0.10"), (123, "120"), (1_240, "1,200"),
      (0.001, "0.0010"), (0.000_96, "0.00096"), (0.000_3, "<0.001"), (-0.000_3, ">-0.001"), (-2.55, "-2.6"),
      (1e9, "1,000,000,000"),
      (99.5, "100"), (.infinity, "infinity"), (.nan, "?"), (1, "1.0"),
    ] as [(Double, String)] {
      #expect(Words.estimate(number) == text, "\(number)")
    }
    #expect(Words.significant(31_643, digits: 3) == "31,600")
    #expect(Words.significant(0.93, digits: 3) == "0.930")
    #expect(Words.fixed(-0.001, decimals: 2) == "0.00")
    #expect(Words.fixed(2.005, decimals: 0) == "2")
  }

  @Test func powersOfTen() {
    for (logarithm, text) in [
      (-26.467_9, "3.20e-12"), (0, "1.00e0"), (-700, "9.86e-305"), (-2.302_585_092_994_046, "1.00e-1"), (-.infinity, "0"),
      (-10_000, "1.14e-4343"), (.nan, "?"), (-0.000_001, "1.00e0"),
    ] as [(Double, String)] {
      #expect(Words.scientific(logarithm: logarithm) == text, "\(logarithm)")
    }
  }

  @Test func quantities() {
    #expect(Words.quantity(1, "hour") == "1 hour")
    #expect(Words.quantity(0, "report") == "0 reports")
    #expect(Words.quantity(12_345, "series", plural: "series") == "12,345 series")
    #expect(Words.quantity(1, "witness", plural: "witnesses") == "1 witness")
    #expect(Words.quantity(.infinity, "day") == "infinity days")
    #expect(Words.grouped(-1_234_567) == "-1,234,567")
    #expect(Words.grouped(1e18) == "1.00e18")
    #expect(Words.percent(0.516) == "52 %")
  }

  @Test func bars() {
    #expect(Words.bar(4, of: 4, width: 8) == "████████")
    #expect(Words.bar(1, of: 16, width: 8) == "▌")
    #expect(Words.bar(0, of: 4, width: 8) == "")
    #expect(Words.bar(9, of: 4, width: 2) == "██")
    #expect(Words.bar(.nan, of: 4, width: 2) == "" && Words.bar(1, of: 0, width: 2) == "")
  }
}
