package import Engine

extension WindowScore {
  /// The share of a family's budget that its series had: nine tenths over all registered series, 0.9/N; of the n-th novel one
  /// 0.1 · 6/(π²n²), which is the same of the N that stands for it.
  package var share: Double { 0.9 / Double(max(seriesCount, 1)) }

  /// n: which of the novel series of its bin it was; 1 or more, up to rounding.
  package var novelCount: UInt64 {
    UInt64(max(1, (Double(max(seriesCount, 1)) / (1.5 * Double.pi * Double.pi)).squareRoot().rounded()))
  }
}
