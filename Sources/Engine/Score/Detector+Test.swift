import Reports
import Statistics

/// The test of one window, and what spares most windows it.
extension Detector {
  /// One keyword as its windows are tested.
  struct Topic {
    var slot: Int
    var baseline: KeywordBaseline
    var rate: Double
    var dispersion: Double
    var cellDispersion: Double
    /// v.
    var squaredVariation: Double

    /// φ of a scale: from the cell's to the whole area's.
    func dispersion(scale: Int, levelCount: Int) -> Double {
      let share = Double(min(scale, levelCount + 1)) / Double(levelCount + 1)
      return cellDispersion + (dispersion - cellDispersion) * share
    }
  }

  /// What all windows of a scale and keyword share.
  struct Scale {
    var number: Int
    var dispersion: Double
    /// b + τ.
    var exposure: Double
    var screen: TailScreen?
  }

  var minimumObserved: Double { Double(profile.minimumEpisodeWitnesses) }

  func scale(_ number: Int, of topic: Topic) -> Scale {
    Scale(
      number: number, dispersion: topic.dispersion(scale: number, levelCount: levelCount),
      exposure: max(topic.baseline.exposure, 1) + (number == Self.wholeScale ? 0 : priorExposure), screen: screens[number])
  }

  /// False only where no duration can be rare enough, from what is known without adding up: Y ≤ `young`, and the mean of any
  /// duration is at least that of the shortest by the past alone.
  ///
  /// P(NB ≥ y) rises with the mean, and over the variance ratio it is at least the lesser of both ends: what the screen does not
  /// let pass at the least mean and at either end of the ratio, it lets pass at none.
  @inline(__always)
  func mayExceed(_ topic: Topic, _ scale: Scale, past: Double, young: Double, _ seasonSums: [Double]) -> Bool {
    guard young >= minimumObserved else { return false }
    // What is without a past may be novel, and is held to another threshold.
    guard past > 0 else { return true }
    let (shortest, longest) = (seasonSums[0], seasonSums[seasonSums.count - 1])
    let mean = past / scale.exposure * shortest
    guard young > mean else { return false }
    guard let screen = scale.screen else { return true }
    let least = scale.dispersion + topic.squaredVariation * mean + shortest / scale.exposure
    if screen.mayExceed(count: UInt64(young), mean: mean, varianceRatio: least) { return true }
    // No window has more than the whole prior.
    let greatestMean = (past / scale.exposure + 2 * topic.rate) * longest
    let greatest = scale.dispersion + topic.squaredVariation * greatestMean + longest / scale.exposure
    return screen.mayExceed(count: UInt64(young), mean: mean, varianceRatio: greatest)
  }

  /// Whether a window's counts are above the mean that its past alone would give: the prior can only raise it.
  func mayFire(_ scale: Scale, past: Double, _ scratch: borrowing Scratch) -> Bool {
    let rate = past / scale.exposure
    for index in profile.durationBins.indices {
      let count = scratch.observed[index]
      guard count >= minimumObserved else { continue }
      let expected = rate * scratch.seasonSums[index]
      if count > expected, stillGrows(scratch.observed, index, expected) { return true }
    }
    return false
  }

  /// Tests one window over every duration.
  ///
  /// r = M/(κ − 1) with κ = φ + v·M + x/(b + τ); p = P(NB(r, M) ≥ Y); q = p·N·F/0.9, and for a window that is new in this bin
  /// q = p·F·π²n²/(6·0.1), n of them so far; nominal recurrence interval = bin/q.
  func test(
    _ topic: Topic, _ scale: Scale, window: CellID, past: Double, prior: Double, isNovel: Bool, _ bin: Int32,
    _ scratch: inout Scratch
  ) {
    let rate = (past + prior) / scale.exposure
    let series = max(1, windowCounts[scale.number])
    let novel = max(1, novelCounts[scale.number])
    let effective = isNovel ? 0.9 / 0.1 * 1.644_934_066_848_226_4 * novel * novel : series
    let isScreened = !(isNovel && effective < series)
    var known: Double?
    var previous = -1.0
    for index in profile.durationBins.indices {
      let count = scratch.observed[index]
      guard count >= minimumObserved, count > previous else { continue }
      previous = count
      let expected = rate * scratch.seasonSums[index]
      guard count > expected, stillGrows(scratch.observed, index, expected) else { continue }
      let ratio = scale.dispersion + topic.squaredVariation * expected + scratch.seasonSums[index] / scale.exposure
      if isScreened, scale.screen?.mayExceed(count: UInt64(count), mean: expected, varianceRatio: ratio) == false { continue }
      let logFactor = known ?? logFactor(effective: effective)
      known = logFactor
      let distribution = CountDistribution(mean: expected, varianceRatio: ratio)
      if logFactor - distribution.logUpperTailBound(UInt64(count)) < calibration.logLoosestDays - 1e-6 { continue }
      let logTail = distribution.logUpperTail(UInt64(count))
      let logDays = logFactor - logTail
      guard logDays >= calibration.logLoosestDays else { continue }
      scratch.exceedances.append(
        Exceedance(
          slot: topic.slot, keyword: topic.baseline.keyword, scale: scale.number, window: window,
          durationBins: profile.durationBins[index],
          observed: UInt64(count), expected: expected, rate: rate,
          seasonFactor: scratch.seasonSums[index] / Double(profile.durationBins[index]),
          priorShare: past + prior > 0 ? prior / (past + prior) : 1, dispersion: scale.dispersion, varianceRatio: ratio,
          logTail: logTail, seriesCount: effective, familyCount: familyCount,
          nominalDays: Elementary.exp(min(logDays, 700)),
          isNovel: isNovel, logFactor: logFactor, wholeObserved: scratch.wholeObserved[index],
          wholeExpected: scratch.wholeExpected[index]))
    }
  }

  /// An alarm counts only while the newest bins still add excess: the newest quarter, or the newest bin.
  private func stillGrows(_ observed: [Double], _ index: Int, _ expected: Double) -> Bool {
    let duration = profile.durationBins[index]
    guard duration > 1 else { return true }
    let target = max(1, duration / 4)
    var newest = index
    while newest > 0, profile.durationBins[newest] > target { newest -= 1 }
    return observed[newest] > expected * Double(profile.durationBins[newest]) / Double(duration)
  }
}
