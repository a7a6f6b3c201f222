import Testing

@testable import Service

/// Under load changes are gathered for seven times as long as storing them took, and never longer than ten seconds.
@Suite struct PaceTests {
  @Test func storingTakesAnEighthOfTheTimeUntilChangesWouldWaitTooLong() {
    for milliseconds in [0, 1, 36, 250, 1_428] as [UInt64] {
      #expect(Pace.pauseMilliseconds(afterNanoseconds: milliseconds * 1_000_000) == milliseconds * 7)
    }
    for milliseconds in [1_429, 5_000, 3_600_000] as [UInt64] {
      #expect(Pace.pauseMilliseconds(afterNanoseconds: milliseconds * 1_000_000) == 10_000)
    }
  }
}
