import Statistics

/// Powers of a decay that halves in a given number of bins.
///
/// From two tables of products, so that a power costs one multiplication and is the same bits on any machine.
struct Decay: Sendable {
  private static let smallCount = 1_024
  private static let largeCount = 256

  /// The weight that a bin keeps until the next.
  let perBin: Double
  private let small: [Double]
  private let large: [Double]

  init(halfLifeBins: Double) {
    perBin = Elementary.exp(-0.693_147_180_559_945_3 / halfLifeBins)
    var powers: [Double] = [1]
    for _ in 1..<Self.smallCount { powers.append(powers[powers.count - 1] * perBin) }
    let step = powers[powers.count - 1] * perBin
    var steps: [Double] = [1]
    for _ in 1..<Self.largeCount { steps.append(steps[steps.count - 1] * step) }
    small = powers
    large = steps
  }

  /// The weight that is left after so many bins; 1 for none or fewer.
  func weight(_ bins: Int) -> Double {
    if bins <= 0 { return 1 }
    if bins < Self.smallCount { return small[bins] }
    let high = bins / Self.smallCount
    return high < Self.largeCount ? small[bins % Self.smallCount] * large[high] : 0
  }

  /// What so many bins of one each add up to: (1 − δⁿ)/(1 − δ).
  func sum(_ bins: Int) -> Double { bins <= 0 ? 0 : (1 - weight(bins)) / (1 - perBin) }
}
