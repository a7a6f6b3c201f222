import Foundation
import Peers
import TestSupport
import Testing

/// The detectors of the simulation study against slow twins, on seeded grids.
struct DetectorTests {
  /// Counts by day and cell, at most 2 a cell but for a burst in one on the last day where asked.
  static func days(_ count: Int, side: Int, seed: UInt64, burst: Int = 0) -> [[Int]] {
    var generator = SeededGenerator(seed: seed)
    var days = (0..<count).map { _ in
      (0..<side * side).map { _ in max(0, Int.random(in: 0...4, using: &generator) - 2) }
    }
    if burst > 0 { days[count - 1][side + 1] += burst }
    return days
  }

  @Test(arguments: 0..<8 as Range<UInt64>)
  func stpEqualsTheScanOfItsDays(_ seed: UInt64) throws {
    let (side, study) = (4, 12)
    let days = Self.days(15, side: side, seed: seed, burst: seed % 2 == 0 ? 6 : 0)
    var detector = STPDetector(side: side, studyDays: study, maximumDays: 5)
    for now in days.indices {
      let score = detector.score(day: days[now])
      guard now >= detector.warmUpDays else {
        #expect(score == 0)
        continue
      }
      let window = days[now - study + 1...now]
      let cases = (0..<side * side).flatMap { cell in window.map { $0[cell] } }
      let scan = SpaceTimePermutationScan(zones: CircularZones(side: side), days: study, cases: cases, maximumDays: 5)
      let twin = scan.clusters(.prospective).map(\.logLikelihoodRatio).max() ?? 0
      #expect(abs(score - twin) < 1e-9, "seed \(seed), day \(now)")
    }
  }

  @Test(arguments: 0..<8 as Range<UInt64>, [false, true])
  func ebpEqualsItsFormula(_ seed: UInt64, _ followsWeek: Bool) throws {
    let side = 4
    let days = Self.days(28, side: side, seed: seed, burst: seed % 2 == 0 ? 6 : 0)
    var detector = EBPDetector(side: side, baselineDays: 14, maximumDays: 3, followsWeek: followsWeek)
    for now in days.indices {
      let score = detector.score(day: days[now])
      guard now >= detector.warmUpDays else {
        #expect(score == 0)
        continue
      }
      let past = now - 16...now - 3
      let all = past.reduce(0) { $0 + days[$1].reduce(0, +) }
      var twin = 0.0
      for square in detector.windows.squares {
        func sum(_ day: Int) -> Int {
          (square.row..<square.row + square.side).reduce(0) { sum, row in
            sum + (square.column..<square.column + square.side).reduce(0) { $0 + days[day][row * side + $1] }
          }
        }
        let daily = max(0.5, Double(past.reduce(0) { $0 + sum($1) })) / 14
        for duration in 1...3 {
          let recent = now - duration + 1...now
          let observed = Double(recent.reduce(0) { $0 + sum($1) })
          let worth = recent.reduce(0.0) { worth, day in
            guard followsWeek else { return worth + 1 }
            let alike = past.filter { ($0 - day) % 7 == 0 }.reduce(0) { $0 + days[$1].reduce(0, +) }
            return worth + 7 * Double(alike) / Double(all)
          }
          let expected = daily * worth
          if observed > expected { twin = max(twin, observed * log(observed / expected) + expected - observed) }
        }
      }
      #expect(abs(score - twin) < 1e-9, "seed \(seed), day \(now)")
    }
  }

  @Test(arguments: [EARSMethod.c1, .c2], 0..<8 as Range<UInt64>)
  func earsOfOneCellIsTheSeriesAgainstItsBounds(_ method: EARSMethod, _ seed: UInt64) {
    let counts = Self.days(60, side: 1, seed: seed).map { $0[0] }
    let means = EARS(method, minimumSigma: 0.5, alpha: 0.5).upperBounds(counts)
    let bounds = EARS(method, minimumSigma: 0.5, alpha: 0.001).upperBounds(counts)
    var detector = EARSDetector(side: 1, method: method, minimumSigma: 0.5)
    for now in counts.indices {
      let score = detector.score(day: [counts[now]])
      guard let mean = means[now], let bound = bounds[now] else {
        #expect(score == 0 && now < detector.warmUpDays)
        continue
      }
      let sigma = (bound - mean) / Normal.upperQuantile(0.001)
      #expect(abs(score - max(0, (Double(counts[now]) - mean) / sigma)) < 1e-9, "seed \(seed), day \(now)")
    }
  }

  @Test func c3SumsTheExcessesOfThreeDays() {
    var (c2, c3) = (EARSDetector(side: 1), EARSDetector(side: 1, method: .c3))
    var excesses: [Double] = []
    for count in [1, 0, 2, 1, 0, 1, 2, 1, 3, 4, 5, 3, 0, 1, 6] {
      excesses.append(max(0, c2.score(day: [count]) - 1))
      #expect(abs(c3.score(day: [count]) - excesses.suffix(3).reduce(0, +)) < 1e-12)
    }
    #expect(excesses.contains { $0 > 0 })
  }

  /// The canary: each detector scores a day higher with a burst in a cell than without.
  @Test func aBurstRaisesEveryScore() {
    func last(_ score: (([Int]) -> Double), burst: Int) -> Double {
      Self.days(70, side: 6, seed: 3, burst: burst).reduce(0) { score($1) }
    }
    func rise(_ detector: () -> ([Int]) -> Double) -> Double {
      last(detector(), burst: 15) - last(detector(), burst: 0)
    }
    #expect(
      rise {
        var detector = STPDetector(side: 6)
        return { detector.score(day: $0) }
      } > 3)
    #expect(
      rise {
        var detector = EBPDetector(side: 6)
        return { detector.score(day: $0) }
      } > 3)
    for method in EARSMethod.allCases {
      #expect(
        rise {
          var detector = EARSDetector(side: 6, method: method, maximumSide: 4)
          return { detector.score(day: $0) }
        } > 1)
    }
  }

  @Test func permutationsOfABurstScoreLess() {
    var (generator, other) = (SeededGenerator(seed: 11), SeededGenerator(seed: 11))
    var detector = STPDetector(side: 6)
    let score = Self.days(70, side: 6, seed: 3, burst: 15).reduce(0) { detector.score(day: $1) }
    let draws = (0..<19).map { _ in detector.permutedScore(using: &generator) }
    #expect(draws.allSatisfy { $0 > 0 && $0 < score }, "seed 11: \(draws), \(score)")
    #expect(detector.permutedScore(using: &other) == draws[0])
  }

  @Test func squaresOverlapByHalf() {
    let windows = SquareWindows(gridSide: 16, maximumSide: 16)
    #expect(windows.squares.count == 256 + 225 + 49 + 9 + 1)
    #expect(SquareWindows(gridSide: 7, maximumSide: 4).squares.filter { $0.side == 4 }.map(\.row).max() == 3)
    let cells = (0..<49).map { $0 * $0 % 11 }
    let small = SquareWindows(gridSide: 7, maximumSide: 4)
    for (square, sum) in zip(small.squares, small.sums(of: cells)) {
      var slow = 0
      for row in square.row..<square.row + square.side {
        for column in square.column..<square.column + square.side { slow += cells[row * 7 + column] }
      }
      #expect(sum == slow)
    }
  }
}
