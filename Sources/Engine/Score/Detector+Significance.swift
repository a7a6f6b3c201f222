import Reports
import Statistics

extension Detector {
  /// Notes that a source is heard, and where: its exposure begins now, and the first places tell the local time.
  mutating func hear(_ source: UInt32, bin: Int32, place: Coordinate?) {
    firstBin = firstBin.map { min($0, bin) } ?? bin
    while sourceFirstBins.count <= Int(source) { sourceFirstBins.append(.max) }
    sourceFirstBins[Int(source)] = min(sourceFirstBins[Int(source)], bin)
    if utcOffsetMicroseconds == nil, let place {
      // Fifteen degrees an hour: what decides is the first report with a place.
      utcOffsetMicroseconds = Int64((Double(place.longitudeE7) / 150_000_000).rounded()) * 3_600_000_000
    }
  }

  mutating func countSource(_ source: UInt32, keyword: UInt32) {
    guard Int(keyword) < slotOfKeyword.count, slotOfKeyword[Int(keyword)] != .max else { return }
    baselines[Int(slotOfKeyword[Int(keyword)])].countSource(source)
  }

  /// Begins to count novel series anew where a bin opens.
  mutating func openBin(_ bin: Int32) {
    guard bin != novelBin else { return }
    // What is older than the open bins is late.
    table.begin(after: bin &- Int32(lagBins))
    novelBin = bin
    for scale in novelCounts.indices { novelCounts[scale] = 0 }
  }

  /// How unusual a set of nodes is, as a window of a scale would be; nil while its keyword is learning.
  func significance(
    slot: Int, scale: Int, observed: UInt64, expected: Double, topSource: (number: UInt32, witnessCount: UInt64)?,
    durationBins: Int, bin: Int32
  ) -> Significance? {
    let baseline = baselines[slot]
    guard absorbedBin != .min, !isLearning(baseline, at: bin) else { return nil }
    let mean = max(expected, 1e-9)
    let ratio = cellDispersion(baseline) + squaredVariation * mean + Double(durationBins) / max(baseline.exposure, 1)
    let logFactor = logFactor(effective: max(1, windowCounts[scale]))
    func days(_ count: UInt64, _ mean: Double) -> Double {
      guard Double(count) > mean else { return 0 }
      let logTail = CountDistribution(mean: mean, varianceRatio: ratio).logUpperTail(count)
      return calibration.stated(Elementary.exp(min(logFactor - logTail, 700)))
    }
    var wholeObserved = 0.0
    table.forEachEntry(of: baseline.series, from: bin) { at, count in
      guard at > bin - Int32(durationBins) else { return false }
      wholeObserved += Double(count)
      return true
    }
    let wholeExpected = rate(baseline) * Double(durationBins)
    let raised = Self.shared((wholeObserved, wholeExpected), without: (Double(observed), mean))
    return Significance(
      observed: observed, expected: expected, recurrenceIntervalDays: days(observed, mean),
      recurrenceIntervalLocalDays: days(observed, mean * raised),
      recurrenceIntervalRobustDays: robust(observed, mean, topSource, baseline, days))
  }

  /// The interval without the most prolific source: its witnesses and its share of the mean are taken out.
  func robust(
    _ observed: UInt64, _ mean: Double, _ topSource: (number: UInt32, witnessCount: UInt64)?, _ baseline: KeywordBaseline,
    _ days: (UInt64, Double) -> Double
  ) -> Double {
    guard let topSource else { return 0 }
    let rest = observed - min(observed, topSource.witnessCount)
    guard rest > 0 else { return 0 }
    return days(rest, max(1e-9, mean * (1 - baseline.share(of: topSource.number))))
  }
}
