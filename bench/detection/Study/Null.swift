import Glibc

/// A world in which nothing happens, so that every alarm is a false one.
package enum Null: String, CaseIterable, Sendable {
  /// Independent Poisson counts.
  case poisson
  /// Independent negative-binomial counts of variance/mean 3: things are reported more than once.
  case clumped
  /// Poisson counts whose rate drifts by ×1.6 within a year and follows the hour and the day of the week.
  case cyclic

  /// How tables call it.
  package var title: String {
    switch self {
    case .poisson: "Poisson"
    case .clumped: "variance/mean 3"
    case .cyclic: "drift + weekly cycle"
    }
  }

  /// Variance over mean of a cell's count.
  package var varianceRatio: Double { self == .clumped ? 3 : 1 }

  /// Whether a detector should be told that there is an hour and a day of the week.
  package var hasSeason: Bool { self == .cyclic }
}

/// The counts of a null, bin after bin: `side` × `side` cells, row by row.
package struct NullStream: Sendable {
  /// Bins of a year: a bin is an hour of event time.
  private static let yearBins = 8_760.0
  /// Sunday's factor stands last: the study's epoch is a Monday. Mean 1.
  private static let weekdayFactors = [1.05, 1.10, 1.10, 1.05, 1.00, 0.90, 0.80]

  private let null: Null
  /// Mean reports a bin and cell, before drift and season.
  package let rates: [Double]
  private let phase: Double
  private var random: Random
  private var bin = 0

  /// Lognormal rates about 0.2 to 1 report a bin, the same for a seed whatever the null.
  package init(_ null: Null, side: Int, seed: UInt64) {
    self.null = null
    var places = Random(seed: seed, stream: 1)
    rates = (0..<side * side).map { _ in 0.45 * exp(0.5 * places.normal()) }
    phase = 2 * Double.pi * places.unit()
    random = Random(seed: seed, stream: 2)
  }

  /// The next bin's counts.
  package mutating func next() -> [Int] {
    let factor = factor(bin)
    bin += 1
    let ratio = null.varianceRatio
    return rates.map { random.negativeBinomial(mean: $0 * factor, varianceRatio: ratio) }
  }

  /// What drift and season make of the rate; for the cyclic null only.
  package func factor(_ bin: Int) -> Double {
    guard null == .cyclic else { return 1 }
    // From trough to crest within half a year: ×1.6.
    let drift = exp(0.5 * log(1.6) * sin(2 * Double.pi * Double(bin) / Self.yearBins + phase))
    let hour = 1 + 0.36 * sin(2 * Double.pi * (Double(bin % 24) - 9) / 24)
    return drift * hour * Self.weekdayFactors[bin / 24 % 7]
  }
}
