import Statistics

extension Detector {
  /// Another one that is in the same state.
  ///
  /// - Complexity: O(series and keywords), and a screen a scale.
  mutating func copy() -> Detector {
    var other = Detector(profile: profile, number: number, settings: settings)
    var writer = StateWriter()
    // A writer takes everything, and what it has taken can be read.
    do {
      try code(&writer)
      try writer.withReader { (reader) throws(StateError) in try other.code(&reader) }
    } catch { preconditionFailure("\(error)") }
    return other
  }

  /// Its state, for a snapshot.
  mutating func code(_ coder: inout some StateCoder) throws(StateError) {
    try table.code(&coder)
    try coder.code(&baselines)
    try coder.code(&slotOfKeyword)
    try coder.code(&sourceFirstBins)
    try coder.code(&levelCount)
    try coder.code(&occupiedCounts)
    try coder.code(&windowCounts)
    try coder.code(&novelCounts)
    try coder.code(&novelBin)
    try coder.code(&firstBin)
    try coder.code(&closedBin)
    try coder.code(&absorbedBin)
    try codeClass(&coder)
    try season.code(&coder)
    try coder.code(&factors)
    try coder.code(&keywordSeasons, new: Season()) { (season, coder) throws(StateError) in try season.code(&coder) }
    try coder.code(&weeks)
    try coder.code(&utcOffsetMicroseconds)
    try coder.code(&parameters, new: BinParameters()) { (one, coder) throws(StateError) in
      try coder.code(&one.bin)
      try coder.code(&one.season)
      try coder.code(&one.exposure)
    }
    try calibration.code(&coder)
    try coder.code(&evictedSeriesCount)
    try coder.code(&calibrationSummary, new: .blank) { (one, coder) throws(StateError) in try one.code(&coder) }
    try coder.code(&shadowBudget)
    try coder.code(&nextShadowBin)
    try codeScreens(&coder)
  }

  /// What is learned of all keywords together.
  private mutating func codeClass(_ coder: inout some StateCoder) throws(StateError) {
    try coder.code(&classExposure)
    try coder.code(&coveredBins)
    try coder.code(&classSquares)
    try coder.code(&classMeans)
    try coder.code(&classCellSquares)
    try coder.code(&classCellCounts)
    try coder.code(&classWander)
    try coder.code(&classWanderMeans)
    try coder.code(&totalWeight)
  }

  /// A screen is a pure function of its threshold, which is all that is said of it.
  private mutating func codeScreens<Coder: StateCoder>(_ coder: inout Coder) throws(StateError) {
    // Thresholds are below zero.
    var thresholds = screens.map { $0?.logThreshold ?? 0 }
    try coder.code(passing: &thresholds)
    guard Coder.isReading else { return }
    guard thresholds.count == screens.count else { throw .malformed("\(thresholds.count) screens") }
    screens = thresholds.map { $0 < 0 ? TailScreen(logThreshold: $0) : nil }
  }
}
