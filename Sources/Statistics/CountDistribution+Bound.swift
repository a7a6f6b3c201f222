/// What a tail is at least, without its sum.
extension CountDistribution {
  /// A lower bound of log P(X ≥ count), for a count above 0 and the mean: two logarithms where the tail itself may need an integral.
  ///
  /// The ratios of masses are monotone in k and tend to c / R, so that none is below the lesser of the first and the limit ρ, and
  /// P(X ≥ x) ≥ P(X = x) / (1 − ρ). Rounding may take it above the tail by some 1e-9.
  package func logUpperTailBound(_ count: UInt64) -> Double {
    guard mean > 0, count > 0 else { return -.infinity }
    let x = Double(count)
    let first = (excess * x + mean) / (varianceRatio * (x + 1))
    let least = Swift.min(first, excess / varianceRatio)
    return logMass(at: x) - Elementary.log(1 - least)
  }
}
