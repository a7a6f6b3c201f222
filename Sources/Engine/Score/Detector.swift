import Reports
import Statistics

/// One profile's detection: what is usual for every keyword in every block (L2), and which windows are not (L3).
///
/// A series is a keyword in a block of `WindowGeometry`; its past is one decayed count, its young bins a short list. What a bin is
/// judged by stems from bins that were closed before it opened: they lie at least `lagBins` back.
struct Detector: ~Copyable, Sendable {
  /// What holds for one bin, known before the bin opens.
  struct BinParameters {
    var bin = Int32.min
    /// Season factor of the class.
    var season = 1.0
    /// b of the class as of `lagBins` before.
    var exposure = 0.0
  }

  /// Strength of the prior that a keyword's and a place's share give, in days.
  static let priorDays = 3.0
  /// A silence of everybody that is longer is passed over, not walked.
  static let gapDays = 400
  /// Reports that dispersion is drawn to its class by, and the class to the profile's.
  static let dispersionCount = 300.0
  static let classDispersionCount = 3_000.0
  /// A clump counts towards the dispersion of cells up to so many above what a baseline takes in: a line that fails brings dozens.
  static let clumpCount = 48.0
  /// Means below which v·m² is nothing, so that what is left of the variance is φ.
  static let rareMean = 0.1
  /// Σ m² that v is drawn to the profile's by.
  static let wanderMeans = 2_000.0

  let profile: Profile
  /// Its index in the settings.
  let number: Int
  let settings: EngineSettings
  let binMicroseconds: Int64
  let binsPerDay: Double
  let geometry: WindowGeometry
  let decay: Decay
  /// G: the longest duration. C: bins that may be open at once. Λ = G + C: what lies between a bin and its baseline.
  let guardBins: Int
  let carryBins: Int
  let lagBins: Int
  /// Bins of the day that θ also looks at.
  private let recentBins: Int
  let priorExposure: Double
  private let coreThresholds: CoreThresholds

  var table: SeriesTable
  var baselines: [KeywordBaseline] = []
  var slotOfKeyword: [UInt32] = []
  var sourceFirstBins: [Int32] = []

  /// Levels of blocks in use; they grow with the extent of the data.
  var levelCount = 1
  /// Blocks in which anything was ever reported, by level.
  var occupiedCounts = [Int](repeating: 0, count: WindowGeometry.levelLimit)
  /// N by scale: cells, windows of each level, and last the whole area.
  var windowCounts = [Double](repeating: 0, count: WindowGeometry.levelLimit + 2)
  var novelCounts = [Double](repeating: 0, count: WindowGeometry.levelLimit + 2)
  var novelBin = Int32.min

  var firstBin: Int32?
  var closedBin: Int32?
  var absorbedBin = Int32.min
  var classExposure = 0.0
  var coveredBins = 0.0
  var classSquares = 0.0
  var classMeans = 0.0
  var classCellSquares = 0.0
  var classCellCounts = 0.0
  /// Decayed Σ ((y′ − m)² − φm) and Σ m²: how far rates wander by themselves.
  var classWander = 0.0
  var classWanderMeans = 0.0
  var totalWeight = 0.0
  var season = Season()
  var factors = Season.flat
  /// The weeks of the keywords that have one of their own.
  var keywordSeasons: [Season] = []
  /// Factors by slot of the week, a row of `Season.slotCount` each: the class's, then those of `keywordSeasons` as of the last day.
  var weeks = [Double](repeating: 1, count: Season.slotCount)
  var utcOffsetMicroseconds: Int64?
  var parameters: [BinParameters]
  var calibration: Calibration
  var evictedSeriesCount: UInt64 = 0
  /// As of the last day; nil once it was drained.
  var calibrationSummary: CalibrationSummary?
  /// Draws that the shadow null may take, and when it may run again.
  var shadowBudget = 0.0
  var nextShadowBin = Int32.min
  /// By scale: what clears most windows without a tail.
  var screens = [TailScreen?](repeating: nil, count: WindowGeometry.levelLimit + 2)

  init(profile: Profile, number: Int, settings: EngineSettings) {
    self.profile = profile
    self.number = number
    self.settings = settings
    binMicroseconds = Int64(profile.binMinutes) * 60_000_000
    binsPerDay = 1_440 / Double(profile.binMinutes)
    geometry = WindowGeometry(cellMeters: profile.cellMeters)
    let halfLife = Double(profile.halfLifeDays) * binsPerDay
    decay = Decay(halfLifeBins: halfLife)
    guardBins = profile.durationBins.last ?? 1
    let openMinutes = settings.allowedLatenessMinutes + settings.idleTimeoutMinutes
    carryBins = (openMinutes + profile.binMinutes - 1) / profile.binMinutes + 1
    lagBins = guardBins + carryBins
    recentBins = max(1, min(guardBins, Int(binsPerDay)))
    priorExposure = Self.priorDays * binsPerDay
    coreThresholds = CoreThresholds(
      alpha: 1e-3, dispersion: profile.priorDispersion, squaredVariation: profile.squaredVariation,
      minimum: UInt32(clamping: profile.minimumWitnesses))
    table = SeriesTable(key: settings.identityKey, youngBins: lagBins + carryBins)
    utcOffsetMicroseconds = settings.utcOffsetMinutes.map { Int64($0) * 60_000_000 }
    var ringCount = 64
    while ringCount < 2 * lagBins + 2 * carryBins + 8 { ringCount *= 2 }
    parameters = [BinParameters](repeating: BinParameters(), count: ringCount)
    calibration = Calibration(profile: profile, settings: settings)
  }

  // MARK: θ

  /// θ(v): the witnesses that make a node core; a pure function of the admitted reports.
  ///
  /// - Complexity: one look-up and a walk along the young bins.
  func coreThreshold(keyword: UInt32, cell: CellID, bin: Int32) -> UInt32 {
    let series = table.find(keyword, WindowGeometry.Key(level: 0, cell: cell))
    guard series != Series.none else { return coreThresholds.leastCount(mean: 0) }
    return coreThresholds.leastCount(mean: max(expectedCount(of: series, bin: bin), recentCount(of: series, bin: bin)))
  }

  /// The mean of a node by the newest day that is closed for certain: what has gone on for long is not locally abnormal.
  private func recentCount(of index: UInt32, bin: Int32) -> Double {
    let last = bin - Int32(carryBins) - 1
    let first = last - Int32(recentBins) + 1
    var sum = 0.0
    table.forEachEntry(of: index, from: last) { at, count in
      if at >= first { sum += Double(count) }
      return at > first
    }
    return sum / Double(recentBins)
  }

  /// The mean of a node by its own past, as of the opening of its bin.
  func expectedCount(keyword: UInt32, cell: CellID, bin: Int32) -> Double {
    let series = table.find(keyword, WindowGeometry.Key(level: 0, cell: cell))
    return series == Series.none ? 0 : expectedCount(of: series, bin: bin)
  }

  private func expectedCount(of index: UInt32, bin: Int32) -> Double {
    guard let firstBin else { return 0 }
    let history = Int(bin) - lagBins - Int(firstBin)
    let known = parameters(of: bin)
    let asOf: Int32
    let exposure: Double
    if history < 3 * Int(binsPerDay) {
      // Too young for the guard band: what is closed for certain must do.
      asOf = bin - Int32(carryBins) - 1
      exposure = decay.sum(Int(asOf) - Int(firstBin) + 1)
    } else {
      asOf = bin - Int32(lagBins)
      exposure = known.exposure
    }
    guard exposure > 0 else { return 0 }
    return weight(of: index, asOf: asOf) / exposure * known.season
  }

  func parameters(of bin: Int32) -> BinParameters {
    let found = parameters[Int(bin) & (parameters.count - 1)]
    return found.bin == bin ? found : BinParameters(bin: bin, season: 1, exposure: classExposure)
  }

  // MARK: Absorbing

  /// Σ δ^age · y′ as of a bin: the past, and those young bins that are not younger, folded the oldest first.
  func weight(of index: UInt32, asOf: Int32) -> Double {
    let one = table[index]
    var (weight, at) = (Double(one.weight), one.weightBin)
    if one.youngCount > 0 {
      table.young.forEachAscending(of: one.ring, through: asOf) { bin, count in
        guard bin > one.weightBin || one.weight == 0 else { return }
        weight = Double(Float(fold(weight * decay.weight(Int(bin) - Int(at)), count, bin)))
        at = bin
      }
    }
    return weight * decay.weight(Int(asOf) - Int(at))
  }

  /// Adds the count of one bin, winsorised at m + 6√(φm) + 2 for twice the mean: the season may double it.
  private func fold(_ weight: Double, _ count: UInt32, _ bin: Int32) -> Double {
    let exposure = parameters(of: bin).exposure
    guard exposure >= binsPerDay else { return weight + Double(count) }
    return weight + min(Double(count), winsor(2 * weight / exposure))
  }

  func winsor(_ mean: Double) -> Double { mean + 6 * (1.5 * mean).squareRoot() + 2 }

  /// Takes the count of one bin into the past of its series.
  mutating func absorb(_ count: UInt32, bin: Int32, _ index: UInt32) {
    let one = table[index]
    let decayed = Double(one.weight) * decay.weight(Int(bin) - Int(one.weightBin))
    if one.key != .wholeArea, one.key.level == 0 { learnCell(decayed, Double(count), one.keyword, bin) }
    table[index].weight = Float(fold(decayed, count, bin))
    table[index].weightBin = bin
  }

  private mutating func learnCell(_ weight: Double, _ count: Double, _ keyword: UInt32, _ bin: Int32) {
    let slot = Int(slotOfKeyword[Int(keyword)])
    let exposure = baselines[slot].exposure
    guard exposure >= 2 * binsPerDay else { return }
    let mean = weight / exposure * seasonFactor(baselines[slot], bin: bin)
    let capped = min(count, winsor(mean) + Self.clumpCount)
    baselines[slot].cellSquares += capped * (capped - mean)
    baselines[slot].cellCounts += capped
    classCellSquares += capped * (capped - mean)
    classCellCounts += capped
  }

  /// The past of a series, as of the last absorbed bin.
  @inline(__always)
  func pastWeight(_ index: UInt32) -> Double {
    let one = table[index]
    return Double(one.weight) * decay.weight(Int(absorbedBin) - Int(one.weightBin))
  }

  // MARK: Rates

  /// The whole-area rate of a keyword, in reports a bin of exposure; half a report stands for what never was.
  func rate(_ baseline: KeywordBaseline) -> Double {
    (pastWeight(baseline.series) + 0.5) / max(baseline.exposure, 1)
  }

  var classDispersion: Double {
    max(1, (classSquares + Self.classDispersionCount * profile.priorDispersion) / (classMeans + Self.classDispersionCount))
  }

  var classCellDispersion: Double {
    max(
      1, (classCellSquares + Self.classDispersionCount * profile.priorDispersion) / (classCellCounts + Self.classDispersionCount))
  }

  /// v of the variance φ·m + v·m²: the profile's, or less where the class has shown that its rates wander less.
  var squaredVariation: Double {
    let learned = (classWander + Self.wanderMeans * profile.squaredVariation) / (classWanderMeans + Self.wanderMeans)
    return min(profile.squaredVariation, max(0, learned))
  }

  /// φ of a keyword over the whole area, drawn hard to its class: a rare keyword's incident must not hide itself.
  func dispersion(_ baseline: KeywordBaseline) -> Double {
    max(
      cellDispersion(baseline),
      (baseline.squares + Self.dispersionCount * classDispersion) / (baseline.means + Self.dispersionCount))
  }

  /// The same within one cell, where less is shared.
  func cellDispersion(_ baseline: KeywordBaseline) -> Double {
    max(1, (baseline.cellSquares + Self.dispersionCount * classCellDispersion) / (baseline.cellCounts + Self.dispersionCount))
  }

  func seasonFactor(_ baseline: KeywordBaseline, bin: Int32) -> Double {
    guard profile.hasSeason else { return 1 }
    return seasonFactor(baseline, slot: slot(bin))
  }

  /// The factor of a slot of the week, by a keyword's own week, else by its class's.
  @inline(__always)
  func seasonFactor(_ baseline: KeywordBaseline, slot: Int) -> Double {
    weeks[Int(baseline.week) * Season.slotCount + slot]
  }

  /// The slot of the local week in which a bin begins.
  func slot(_ bin: Int32) -> Int {
    let local = Int64(bin) * binMicroseconds + (utcOffsetMicroseconds ?? 0)
    return Season.slot(localHour: Int(Timestamp(microseconds: local).bin(ofMicroseconds: 3_600_000_000)))
  }

  /// Bins that the source of a keyword has been heard, the guard band included.
  func coveredBins(_ baseline: KeywordBaseline, at bin: Int32) -> Double {
    min(coveredBins + Double(lagBins), Double(max(0, Int(bin) - Int(baseline.firstBin))))
  }

  func isLearning(_ baseline: KeywordBaseline, at bin: Int32) -> Bool {
    coveredBins(baseline, at: bin) < Double(profile.warmUpDays) * binsPerDay
  }

  /// F: scales times durations.
  var familyCount: Int { (levelCount + 2) * profile.durationBins.count }

  static let wholeScale = WindowGeometry.levelLimit + 1
}
