import Study
import Testing

/// What the study simulates is what it says: means, variances, places and intensities against their definitions.
@Suite struct SimulationTests {
  @Test(arguments: [(0.2, 1.0), (0.7, 1.0), (45, 1.0), (0.3, 3.0), (4, 3.0)])
  func countsHaveTheirMeanAndVariance(mean: Double, ratio: Double) {
    var random = Random(seed: 7)
    let count = 60_000
    let values = (0..<count).map { _ in Double(random.negativeBinomial(mean: mean, varianceRatio: ratio)) }
    let estimate = Estimate(values)
    #expect(abs(estimate.mean - mean) < 5 * estimate.standardError, "mean \(estimate.mean)")
    let variance = estimate.standardError * estimate.standardError * Double(count)
    #expect(abs(variance / mean / ratio - 1) < 0.08, "variance/mean \(variance / mean)")
  }

  @Test func theCyclicNullAveragesItsRatesAndDrifts() {
    let stream = NullStream(.cyclic, side: 4, seed: 3)
    let year = (0..<8_736).map { stream.factor($0) }
    #expect(abs(year.reduce(0, +) / Double(year.count) - 1) < 0.05)
    let weeks = stride(from: 0, to: 8_736, by: 168).map { year[$0..<$0 + 168].reduce(0, +) / 168 }
    let extremes = (weeks.max() ?? 0) / (weeks.min() ?? 1)
    #expect(extremes > 1.55 && extremes < 1.65, "crest over trough: \(extremes)")
    #expect(NullStream(.poisson, side: 4, seed: 3).factor(5) == 1)
  }

  @Test func streamsDependOnTheirSeedOnly() {
    var (first, second, other) = (stream(seed: 1), stream(seed: 1), stream(seed: 2))
    let counts = (0..<20).map { _ in first.next() }
    #expect(counts == (0..<20).map { _ in second.next() })
    #expect(counts != (0..<20).map { _ in other.next() })
  }

  private func stream(seed: UInt64) -> NullStream { NullStream(.clumped, side: 8, seed: seed) }

  @Test(arguments: Burst.Size.allCases)
  func burstsCoverTheirCellsAndAddTheirIntensity(size: Burst.Size) {
    var burst = Burst(size, intensity: 2, side: 16, seed: 5)
    #expect(Set(burst.cells).count == size.rawValue && burst.cells.allSatisfy((0..<256).contains))
    var counts = Array(repeating: 0, count: 256)
    for _ in 0..<2_000 { burst.add(to: &counts) }
    let mean = Double(counts.reduce(0, +)) / 2_000 / Double(size.rawValue)
    #expect(abs(mean - 2) < 0.2, "mean \(mean)")
    #expect(counts.indices.allSatisfy { (counts[$0] > 0) == burst.cells.contains($0) })
  }

  @Test func resultsDoNotDependOnTheNumberOfThreads() throws {
    let squares = (0..<100).map { $0 * $0 }
    for threads in [1, 2, 5] { #expect(try parallelMap(100, threadCount: threads) { $0 * $0 } == squares) }
  }
}
