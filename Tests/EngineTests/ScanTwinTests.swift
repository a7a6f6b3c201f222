import Reports
import TestSupport
import Testing

@testable import Engine

/// One tick of the scan against sums over a dictionary of (keyword, cell, bin) in which nothing is cleverly kept.
@Suite struct ScanTwinTests {
  private struct Key: Hashable { var keyword: UInt32, cell: CellID, bin: Int32 }
  private struct Tested: Hashable { var keyword: UInt32, scale: Int, window: CellID, duration: Int }

  @Test(arguments: 0..<3 as Range<UInt64>)
  func sumsAndMeansAreThoseOfADictionary(seed: UInt64) {
    var generator = SeededGenerator(seed: seed &+ 70_000)
    var profile = Profile(name: "test", cellMeters: 25_000, binMinutes: 60)
    (profile.hasSeason, profile.warmUpDays, profile.minimumEpisodeWitnesses) = (false, 2, 2)
    profile.durationBins = [1, 2, 4, 8]
    var settings = EngineSettings()
    settings.profiles = [profile]
    // So loud that nearly all that is above its mean is told.
    settings.falseAlarmsPerDay = 1e6
    var detector = Detector(profile: profile, number: 0, settings: settings)
    let center = [(42.0, -71.0), (-17.5, 180.0), (0.0, 0.0)].randomElement(using: &generator) ?? (0, 0)
    let watch = SourceWatch()
    var scratch = Detector.Scratch(detector.geometry)
    var counts: [Key: Double] = [:]
    var exceedanceCount = 0
    let grid = detector.geometry.grids[0]
    let last: Int32 = 130
    for bin in 0...last {
      detector.hear(1, bin: bin, place: nil)
      scratch.changed = []
      let isBurst = bin % 40 > 36
      for _ in 0..<(isBurst ? 12 : 2) {
        let keyword = UInt32.random(in: 0..<2, using: &generator)
        let longitude = center.1 + Double.random(in: -1...1, using: &generator)
        let place = Coordinate(
          latitude: center.0 + Double.random(in: -1...1, using: &generator),
          longitude: longitude > 180 ? longitude - 360 : longitude)
        let hasPlace = Int.random(in: 0..<6, using: &generator) != 0
        let cell = hasPlace ? place.map(grid.cell) ?? .nowhere : .nowhere
        let known = Int(keyword) < detector.slotOfKeyword.count && detector.slotOfKeyword[Int(keyword)] != .max
        let slot =
          known ? Int(detector.slotOfKeyword[Int(keyword)]) : detector.makeBaseline(keyword: keyword, source: 1, bin: bin)
        detector.add(1, slot: slot, cell: cell, bin: bin, &scratch.cache)
        scratch.changed.append(Detector.Change(slot: slot, cell: cell))
        counts[Key(keyword: keyword, cell: cell, bin: bin), default: 0] += 1
      }
      scratch.changed.sort()
      detector.openBin(bin)
      detector.scan(bin: bin, &scratch)
      for one in scratch.exceedances {
        exceedanceCount += 1
        let (observed, past) = Self.sums(one, bin, counts, detector, profile)
        #expect(one.observed == UInt64(observed), "seed \(seed), bin \(bin): \(one)")
        let expected = Self.mean(one, past, counts, detector, profile)
        #expect(
          abs(one.expected - expected) <= 1e-5 * expected,
          "seed \(seed), bin \(bin): \(one.scale) past \(past) \(one.expected) \(expected)")
      }
      let tested = scratch.exceedances.map {
        Tested(keyword: $0.keyword, scale: $0.scale, window: $0.window, duration: $0.durationBins)
      }
      #expect(Set(tested).count == tested.count, "seed \(seed), bin \(bin): tested twice")
      if bin >= 12 { detector.close(bin - 12, watch) }
    }
    #expect(exceedanceCount > 20, "seed \(seed): \(exceedanceCount)")
  }

  private static func holds(_ one: Exceedance, _ cell: CellID, _ detector: Detector) -> Bool {
    if one.isWholeArea { return true }
    guard cell != .nowhere else { return false }
    if one.scale == 0 { return cell == one.window }
    // Blocks by geometry, in degrees: the window's own block, and whichever it names.
    let block = detector.geometry.grids[one.scale - 1].cell(of: detector.geometry.grids[0].center(of: cell))
    var blocks: [CellID] = []
    detector.geometry.forEachBlock(level: one.scale - 1, window: one.window) { blocks.append($0) }
    return blocks.contains(block)
  }

  /// Y of the newest bins, and the decayed past, winsorised block by block as the counts came in.
  private static func sums(
    _ one: Exceedance, _ bin: Int32, _ counts: [Key: Double], _ detector: Detector, _ profile: Profile
  ) -> (Double, Double) {
    var observed = 0.0
    var blocks: [UInt64: [Int32: Double]] = [:]
    for (key, count) in counts where key.keyword == one.keyword && holds(one, key.cell, detector) {
      if key.bin <= bin, key.bin > bin - Int32(one.durationBins) { observed += count }
      var block: UInt64 = 0
      if one.scale > 0, !one.isWholeArea {
        block = detector.geometry.grids[one.scale - 1].cell(of: detector.geometry.grids[0].center(of: key.cell)).rawValue
      }
      blocks[block, default: [:]][key.bin, default: 0] += count
    }
    var past = 0.0
    for bins in blocks.values {
      var weight = 0.0
      for at in 0...max(0, detector.absorbedBin) where detector.absorbedBin != .min {
        weight *= detector.decay.perBin
        guard let count = bins[at] else { continue }
        let exposure = detector.parameters(of: at).bin == at ? knownExposure(at, detector) : 0
        let mean = exposure >= 24 ? 2 * weight / exposure : .infinity
        weight += min(count, exposure >= 24 ? mean + 6 * (1.5 * mean).squareRoot() + 2 : .infinity)
      }
      past += weight
    }
    return (observed, past)
  }

  private static func knownExposure(_ at: Int32, _ detector: Detector) -> Double {
    let bins = max(Int(at) - detector.lagBins + 1, detector.carryBins + 1)
    return (0..<max(0, bins)).reduce(0) { sum, _ in sum * detector.decay.perBin + 1 }
  }

  /// (a + τμ₀)/(b + τ) times the bins; half a report for what never was, and none of the prior for the whole area.
  private static func mean(
    _ one: Exceedance, _ past: Double, _ counts: [Key: Double], _ detector: Detector, _ profile: Profile
  ) -> Double {
    let baseline = detector.baselines[one.slot]
    let exposure = max(1, baseline.exposure)
    if one.isWholeArea { return (past + 0.5) / exposure * Double(one.durationBins) }
    let wholePast = detector.pastWeight(baseline.series)
    var all = 0.0
    var within = 0.0
    for (key, count) in counts where key.cell != .nowhere && key.bin <= detector.absorbedBin {
      var power = count
      for _ in 0..<(detector.absorbedBin - key.bin) { power *= detector.decay.perBin }
      all += power
      if holds(one, key.cell, detector) { within += power }
    }
    var blockCount = 1.0
    if one.scale > 0 {
      blockCount = 0
      detector.geometry.forEachBlock(level: one.scale - 1, window: one.window) { _ in blockCount += 1 }
    }
    let share = (within + 0.5 * blockCount) / (all + 100)
    let prior = share * (wholePast + 0.5) / exposure * 72
    return (past + prior) / (exposure + 72) * Double(one.durationBins)
  }
}
