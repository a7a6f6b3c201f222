import Reports
import Statistics

/// What is unusual beside what lies around it.
extension Detector {
  /// Reports beside a window that its surroundings are drawn to their mean by.
  private static let besideCount = 10.0

  /// The nominal interval with the mean raised as the whole area's is, the window itself left out; zero for the whole area.
  static func localDays(_ exceedance: Exceedance) -> Double {
    guard !exceedance.isWholeArea else { return 0 }
    let whole = (exceedance.wholeObserved, exceedance.wholeExpected)
    let raised =
      exceedance.expected * shared(whole, without: (Double(exceedance.observed), exceedance.expected))
    let logTail = CountDistribution(mean: raised, varianceRatio: exceedance.varianceRatio).logUpperTail(exceedance.observed)
    return Elementary.exp(min(exceedance.logFactor - logTail, 700))
  }

  /// By how much a region without a window is above its mean, at least one. One report at the region's own rate stands for what
  /// was not seen.
  static func shared(_ region: (observed: Double, expected: Double), without window: (observed: Double, expected: Double))
    -> Double
  {
    let seen = max(0, region.observed - window.observed) + 1
    let mean = max(0, region.expected - window.expected) + region.expected / max(1, region.observed)
    return mean > 0 ? max(1, seen / mean) : 1
  }

  /// Y and M of any window of a keyword over the newest bins.
  private func measure(
    _ slot: Int, scale: Int, window: CellID, durationBins: Int, bin: Int32
  ) -> (observed: Double, expected: Double) {
    let baseline = baselines[slot]
    var observed = 0.0
    var past = 0.0
    var prior = 0.0
    func add(_ series: UInt32) {
      guard series != Series.none else { return }
      past += pastWeight(series)
      table.forEachEntry(of: series, from: bin) { at, count in
        guard at > bin - Int32(durationBins) else { return false }
        observed += Double(count)
        return true
      }
    }
    var strength = priorExposure
    switch scale {
    case Self.wholeScale:
      add(baseline.series)
      prior = 0.5
      strength = 0
    case 0:
      let key = WindowGeometry.Key(level: 0, cell: window)
      add(table.find(baseline.keyword, key))
      prior = share(key) * rate(baseline) * priorExposure
    default:
      geometry.forEachBlock(level: scale - 1, window: window) { block in
        let key = WindowGeometry.Key(level: scale - 1, cell: block)
        add(table.find(baseline.keyword, key))
        prior += share(key) * rate(baseline) * priorExposure
      }
    }
    var seasons = 0.0
    for back in 0..<durationBins { seasons += seasonFactor(baseline, bin: bin - Int32(back)) }
    return (observed, (past + prior) / (max(baseline.exposure, 1) + strength) * seasons)
  }

  /// The nominal interval of a window with its mean raised as that of a window around it is: a few reports beside it are no storm.
  func days(_ exceedance: Exceedance, beside enclosing: (scale: Int, window: CellID), bin: Int32) -> Double {
    let region = measure(
      exceedance.slot, scale: enclosing.scale, window: enclosing.window, durationBins: exceedance.durationBins, bin: bin)
    let window = (Double(exceedance.observed), exceedance.expected)
    let seen = max(0, region.observed - window.0) + Self.besideCount
    let factor = max(1, seen / (max(0, region.expected - window.1) + Self.besideCount))
    let distribution = CountDistribution(mean: exceedance.expected * factor, varianceRatio: exceedance.varianceRatio)
    let logFactor = logFactor(effective: exceedance.seriesCount)
    return Elementary.exp(min(logFactor - distribution.logUpperTail(exceedance.observed), 700))
  }
}
