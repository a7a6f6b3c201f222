package import Engine
import Reports

#if canImport(Glibc)
  import Glibc
#endif

/// θ(v) from its definition, slowly: every bin of the past is looked at, and tails are sums of masses.
///
/// Without a season and without outages, so that the exposure of a bin is one. Reports of a bin count as their witnesses.
package struct ThresholdTwin {
  private let settings: EngineSettings
  package var alpha = 1e-3
  /// Bins between a bin and its baseline, beside those that may still be open.
  package var guardBins: Int64
  /// Bins that may be open at once.
  package var openBins: Int64
  /// Bins between a bin and the newest that its baseline has seen.
  package var lagBins: Int64 = 0
  package var firstBin: Int64?
  /// Witnesses by bin of one keyword in one cell.
  package var count: (_ keyword: String, _ cell: CellID) -> [Int64: Int] = { _, _ in [:] }

  package init(settings: EngineSettings) {
    self.settings = settings
    guardBins = Int64(settings.profiles[0].durationBins.last ?? 1)
    let minutes = Double(settings.allowedLatenessMinutes + settings.idleTimeoutMinutes)
    openBins = Int64((minutes / Double(settings.binMinutes)).rounded(.up)) + 1
    lagBins = guardBins + openBins
    for _ in 0..<5_000 { sums.append(sums[sums.count - 1] * decay + 1) }
  }

  private var profile: Profile { settings.profiles[0] }
  private var binsPerDay: Double { 1_440 / Double(profile.binMinutes) }
  private var decay: Double { pow(0.5, 1 / (Double(profile.halfLifeDays) * binsPerDay)) }

  /// Bins of one each, the newest whole, the others decayed; by their number.
  private var sums: [Double] = [0]
  private func sum(_ bins: Int64) -> Double { sums[Int(max(0, bins))] }

  package func mean(_ keyword: String, _ cell: CellID, _ bin: Int64) -> Double {
    let counts = count(keyword, cell).filter { $0.key < bin - openBins }
    guard let first = firstBin, !counts.isEmpty else { return 0 }
    let isYoung = Double(bin - lagBins - first) < 3 * binsPerDay
    let last = isYoung ? bin - openBins - 1 : bin - lagBins
    let recentCount = min(guardBins, Int64(binsPerDay))
    let recent = (0..<recentCount).reduce(0) { $0 + (counts[bin - openBins - 1 - $1] ?? 0) }
    guard last >= first else { return Double(recent) / Double(recentCount) }
    var weight = 0.0
    for (at, count) in counts.sorted(by: { $0.key < $1.key }) where at <= last {
      // What the baseline of that bin had seen itself: at least the bins that were open when it was fixed.
      let known = sum(max(at - lagBins - first + 1, openBins + 1))
      let mean = 2 * weight * pow(decay, Double(at - first)) / known
      let taken = known < binsPerDay ? Double(count) : min(Double(count), mean + 6 * (1.5 * mean).squareRoot() + 2)
      weight += taken / pow(decay, Double(at - first))
    }
    return max(weight * pow(decay, Double(last - first)) / sum(last - first + 1), Double(recent) / Double(recentCount))
  }

  /// The least count, no less than the floor, that chance brings with a probability of at most α.
  package func threshold(_ keyword: String, _ cell: CellID, _ bin: Int64) -> Int {
    let mean = mean(keyword, cell, bin)
    guard mean > 0 else { return profile.minimumWitnesses }
    let ratio = profile.priorDispersion + profile.squaredVariation * mean
    let size = mean / (ratio - 1)
    var mass = pow(ratio, -size)
    var tail = 1.0
    var count = 0
    while count < profile.minimumWitnesses || tail > alpha {
      tail -= mass
      mass *= (size + Double(count)) / Double(count + 1) * (1 - 1 / ratio)
      count += 1
    }
    return count
  }
}
