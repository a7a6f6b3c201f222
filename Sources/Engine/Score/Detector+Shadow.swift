import Reports
import Statistics

extension Detector {
  /// Draws that the first calibration may take; those that each day adds, with a tenth of its reports; and the bins of one run.
  private static let firstDrawCount = 60_000.0
  private static let dailyDrawCount = 1_000.0
  private static let firstBinLimit = 24_000
  private static let binLimit = 4_800
  /// Draws a bin that a sample of keywords is cut to.
  private static let drawsPerBin = 60.0

  /// Lets a shadow of the stream run through the same scan: reports drawn from the learned baseline, nothing else.
  ///
  /// Every cell of every keyword is negative binomial with the keyword's dispersion: clumps come as a Poisson process, and a clump
  /// has a logarithmic number of reports (Quenouille 1949), so that sums over cells and bins keep variance/mean φ.
  /// - Complexity: O(series + draws × levels × durations).
  mutating func runShadow() {
    guard let bin = closedBin, absorbedBin != .min else { return }
    shadowBudget +=
      calibration.shadowDays == 0
      ? Self.firstDrawCount : Self.dailyDrawCount + 0.1 * totalWeight * (1 - decay.perBin) * binsPerDay
    // A run is worth its beginning only where it is many times the longest duration.
    let promise = shadowBudget / max(totalWeight * (1 - decay.perBin), 0.001)
    guard calibration.shadowDays == 0 || promise > 10 * Double(guardBins), bin >= nextShadowBin else { return }
    var random = RandomSource(seed: UInt64(bitPattern: Int64(bin)) &* 0x9e37_79b9_7f4a_7c15 ^ UInt64(baselines.count))
    guard let plan = planShadow(at: bin, &random) else { return }
    let limit = calibration.shadowDays == 0 ? Self.firstBinLimit : Self.binLimit
    let bins = min(limit, Int(shadowBudget / max(plan.clumpsPerBin, 0.001)))
    shadowBudget = 0
    nextShadowBin = bin + Int32(28 * binsPerDay)
    guard bins > 2 * guardBins else { return }
    var sandbox = copy()
    sandbox.table.clearEntries()
    var tracks = calibration.emptyTracks
    var scratch = Scratch(geometry)
    for step in 0..<Int32(bins) {
      let now = bin + 1 + step
      sandbox.table.pass(now - Int32(guardBins))
      scratch.changed.removeAll(keepingCapacity: true)
      let greatest = plan.greatestFactors[slot(now)]
      for _ in 0..<random.poisson(mean: plan.clumpsPerBin * greatest) {
        let (change, count) = plan.draw(&random)
        guard random.uniform() * greatest < seasonFactor(baselines[change.slot], bin: now) else { continue }
        sandbox.add(count, slot: change.slot, cell: change.cell, bin: now)
        scratch.changed.append(change)
      }
      guard !scratch.changed.isEmpty else { continue }
      Change.sort(&scratch.changed)
      sandbox.scan(bin: now, &scratch)
      tracks.add(scratch.exceedances, bin: now, geometry)
    }
    tracks.finish()
    calibration.learn(tracks.counts, days: Double(bins) / binsPerDay, weight: plan.weight)
  }

  /// What a shadow is drawn from: cells by their share of the clumps.
  private struct ShadowPlan {
    var changes: [Change] = []
    var clumpRatios: [Double] = []
    var ends: [Double] = []
    var clumpsPerBin = 0.0
    /// By slot of the week: the greatest factor of any keyword, which draws are thinned from.
    var greatestFactors = [Double](repeating: 1, count: Season.slotCount)
    /// Keywords that one drawn keyword stands for.
    var weight = 1.0

    func draw(_ random: inout RandomSource) -> (Change, UInt32) {
      let target = random.uniform() * clumpsPerBin
      var (low, high) = (0, ends.count - 1)
      while low < high {
        let middle = (low + high) / 2
        if ends[middle] < target { low = middle + 1 } else { high = middle }
      }
      return (changes[low], Self.logarithmic(clumpRatios[low], &random))
    }

    /// P(n) ∝ θⁿ/n by inversion.
    private static func logarithmic(_ ratio: Double, _ random: inout RandomSource) -> UInt32 {
      guard ratio > 1e-9 else { return 1 }
      var left = random.uniform() * -Elementary.log(1 - ratio)
      var power = ratio
      var count: UInt32 = 1
      while count < 1_000 {
        left -= power / Double(count)
        if left <= 0 { break }
        power *= ratio
        count += 1
      }
      return count
    }
  }

  private func planShadow(at bin: Int32, _ random: inout RandomSource) -> ShadowPlan? {
    var chosen = baselines.indices.filter { !isLearning(baselines[$0], at: bin) && baselines[$0].reportCount > 0 }
    let total = chosen.reduce(0) { $0 + rate(baselines[$1]) }
    var plan = ShadowPlan()
    if total > Self.drawsPerBin, chosen.count > 8 {
      let share = Self.drawsPerBin / total
      let sample = chosen.filter { _ in random.uniform() < share }
      guard !sample.isEmpty else { return nil }
      plan.weight = Double(chosen.count) / Double(sample.count)
      chosen = sample
    }
    let cells = cellSeries(of: chosen)
    for slot in chosen {
      let baseline = baselines[slot]
      let dispersion = cellDispersion(baseline)
      let clumps = dispersion > 1 + 1e-9 ? Elementary.log(dispersion) / (dispersion - 1) : 1
      var placed = 0.0
      func add(_ cell: CellID, _ rate: Double) {
        guard rate > 0 else { return }
        plan.clumpsPerBin += rate * clumps
        plan.changes.append(Change(slot: slot, cell: cell))
        plan.clumpRatios.append(1 - 1 / dispersion)
        plan.ends.append(plan.clumpsPerBin)
      }
      for series in cells[slot] ?? [] {
        // What was learned is itself uncertain: the weights δ^age make a past worth 2a/φ reports.
        let past = pastWeight(series)
        let worth = 2 * past / dispersion
        let rate = past / max(baseline.exposure, 1)
        placed += rate
        if worth > 1e-6 { add(table[series].key.cell, rate * random.gamma(shape: worth) / worth) }
      }
      add(.nowhere, rate(baseline) - placed)
    }
    plan.greatestFactors = (0..<Season.slotCount).map { slot in
      chosen.reduce(0) { greatest, index in
        max(greatest, profile.hasSeason ? seasonFactor(baselines[index], slot: slot) : 1)
      }
    }
    return plan.clumpsPerBin > 0 ? plan : nil
  }

  /// The series of single cells of some keywords, the newest first.
  private func cellSeries(of slots: [Int]) -> [Int: [UInt32]] {
    var found: [Int: [UInt32]] = [:]
    for slot in slots { found[slot] = [] }
    for index in (0..<UInt32(table.count)).reversed() {
      let one = table[index]
      guard one.key != .wholeArea, one.key.level == 0, one.keyword != SeriesTable.everyKeyword else { continue }
      found[Int(slotOfKeyword[Int(one.keyword)])]?.append(index)
    }
    return found
  }
}
