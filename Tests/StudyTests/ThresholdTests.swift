import Study
import Testing

/// Equal false alarms: how thresholds and delays follow from scores.
@Suite struct ThresholdTests {
  private func scores(_ quiet: [Double], bursts: [[Double]] = []) -> Study.Scores {
    Study.Scores(method: .tocsin, null: .poisson, quiet: quiet, bursts: [.one: bursts])
  }

  @Test func theThresholdLetsThroughWhatTheRateAllows() throws {
    let one = scores((0..<300).map(Double.init))
    let threshold = try #require(one.threshold(rate: 1.0 / 30))
    #expect(threshold == 290)
    #expect(one.falseAlarmRate(threshold: threshold) == 1.0 / 30)
  }

  /// Ties across the edge would raise more alarms than are allowed.
  @Test func tiesGoToTheQuietSide() {
    let one = scores(Array(repeating: 0, count: 90) + [5, 5, 5, 5, 5, 5, 5, 5, 9, 9])
    #expect(one.threshold(rate: 0.05) == 9)
    #expect(one.threshold(rate: 0.10) == 5)
    #expect(one.threshold(rate: 0.01) == nil)
    #expect(scores(Array(repeating: -.infinity, count: 100)).threshold(rate: 0.1) == nil)
  }

  @Test func theBinOfTheOnsetCountsAsTheFirst() {
    let one = scores([], bursts: [[9, 0, 0], [0, 0, 7], [1, 2, 3]])
    #expect(one.delays(.one, threshold: 7) == [1, 3, 4])
  }

  @Test func anEstimateHasItsStandardError() {
    let estimate = Estimate([1, 2, 3, 4])
    #expect(estimate.mean == 2.5)
    #expect(abs(estimate.standardError - (5.0 / 3 / 4).squareRoot()) < 1e-12)
  }
}
