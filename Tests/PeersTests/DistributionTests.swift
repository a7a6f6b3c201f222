import Peers
import Testing

/// Quantiles, tails and dates against tables.
struct DistributionTests {
  @Test(arguments: [
    (0.001, 3.090232306167813), (0.01, 2.3263478740408408), (0.025, 1.959963984540054), (0.5, 0.0),
    (0.975, -1.959963984540054), (1e-12, 7.034483825301131),
  ])
  func normalQuantiles(_ tail: Double, _ quantile: Double) {
    #expect(abs(Normal.upperQuantile(tail) - quantile) < 1e-12)
  }

  @Test(arguments: [(12.706204736174694, 1), (4.302652729749462, 2), (2.2281388519862735, 10), (2.010634757624232, 48)])
  func studentTailsAreAFifthOfAQuarter(_ t: Double, _ degreesOfFreedom: Int) {
    #expect(abs(StudentT.twoSidedTail(t, degreesOfFreedom: degreesOfFreedom) - 0.05) < 1e-12)
    #expect(abs(StudentT.twoSidedTail(-t, degreesOfFreedom: degreesOfFreedom) - 0.05) < 1e-12)
  }

  @Test func daysOfTheCalendar() {
    #expect(CivilDay(year: 1970, month: 1, day: 1).number == 0)
    #expect(CivilDay(year: 2004, month: 1, day: 5).number == 12_422)
    #expect(CivilDay(year: 2001, month: 2, day: 29) != CivilDay(number: CivilDay(year: 2001, month: 2, day: 29).number))
    for number in stride(from: -800_000, through: 800_000, by: 37) {
      #expect(CivilDay(number: number).number == number)
    }
  }
}
