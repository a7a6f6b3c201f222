/// A window whose count its baseline does not explain.
struct Exceedance {
  /// The keyword's place in `Detector.baselines`.
  var slot: Int
  var keyword: UInt32
  /// 0 for a cell, ℓ + 1 for a window of level ℓ, `Detector.wholeScale` for the whole area.
  var scale: Int
  /// Cell or south-western block.
  var window: CellID
  var durationBins: Int
  var observed: UInt64
  var expected: Double
  /// Mean a bin of exposure, the factor of the season in it, and the share that stems from the prior.
  var rate: Double
  var seasonFactor: Double
  var priorShare: Double
  var dispersion: Double
  var varianceRatio: Double
  var logTail: Double
  /// N, or what stands for it in a novel series.
  var seriesCount: Double
  var familyCount: Int
  var nominalDays: Double
  var isNovel: Bool
  /// ln of what the tail probability divides into the nominal interval.
  var logFactor: Double
  /// Y and M of the whole area over the same bins.
  var wholeObserved: Double
  var wholeExpected: Double

  var isWholeArea: Bool { scale == Detector.wholeScale }
}
