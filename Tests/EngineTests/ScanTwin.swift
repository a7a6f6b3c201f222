import Reports

@testable import Engine

#if canImport(Glibc)
  import Glibc
#endif

/// The scan from its definition, slowly: every window of every scale over every duration, from a dictionary of counts in which
/// nothing is cleverly kept, with tails that are sums of masses.
///
/// Without a season and without outages, for one source that is heard from bin 0 on, so that the exposure of a bin is one. φ and v
/// are the detector's: they are the baseline's, not the scan's. What a window is (which blocks) is `WindowGeometry.forEachBlock`.
struct ScanTwin {
  /// A keyword in a block of a level; level −1 for the whole area. Of every keyword together where it is nil.
  private struct Series: Hashable { var keyword: UInt32?, level: Int, block: CellID }
  struct Key: Hashable { var keyword: UInt32, scale: Int, window: CellID, duration: Int }
  struct Score {
    var observed: Double
    var expected: Double
    var logTail: Double
    var logDays: Double
  }
  private struct Window { var scale: Int, place: CellID, blocks: [CellID] }

  /// Bins that windows last, the guard band; bins that may be open; what lies between a bin and its past.
  private let guardBins: Int, openBins: Int, lagBins: Int
  private let profile: Profile
  private let geometry: WindowGeometry
  private let decay: Double
  private var counts: [Series: [Int32: Double]] = [:]
  private var everything: [Int32: Double] = [:]
  /// Every window in and around the area, by scale.
  private var windows: [Window] = []
  /// The windows that hold a block of a level.
  private var windowsOfBlock: [Series: [Int]] = [:]
  /// Windows in which a keyword was ever reported, and their number by scale: N.
  private var registered: [UInt32: Set<Int>] = [:]
  private var registeredCounts: [Int: Double] = [:]
  private var newBin = Int32.min
  private var newBlocks: [Series] = []
  private var changed: [UInt32: Set<CellID>] = [:]
  /// N is taken so many times: the twin's guard.
  var seriesFactor = 1.0

  /// - Parameters:
  ///   - south: Of the area in which all reports lie, in degrees; `west` likewise.
  ///   - degrees: Its side.
  init(settings: EngineSettings, south: Double, west: Double, degrees: Double, levelCount: Int) {
    profile = settings.profiles[0]
    geometry = WindowGeometry(cellMeters: profile.cellMeters)
    guardBins = profile.durationBins.last ?? 1
    let minutes = Double(settings.allowedLatenessMinutes + settings.idleTimeoutMinutes)
    openBins = Int((minutes / Double(profile.binMinutes)).rounded(.up)) + 1
    lagBins = guardBins + openBins
    decay = pow(0.5, 1 / (Double(profile.halfLifeDays) * 1_440 / Double(profile.binMinutes)))
    for level in 0..<levelCount {
      let grid = geometry.grids[level]
      // By walking over the area in steps of a third of a block, and one window further to the south and west.
      let step = grid.cellMeters / 111_195 / 3
      var places: Set<CellID> = []
      for latitude in stride(from: south - 6 * step, through: south + degrees + 6 * step, by: step) {
        for longitude in stride(from: west - 12 * step, through: west + degrees + 12 * step, by: step) {
          let turned = longitude > 180 ? longitude - 360 : longitude < -180 ? longitude + 360 : longitude
          if let place = Coordinate(latitude: latitude, longitude: turned) { places.insert(grid.cell(of: place)) }
        }
      }
      for place in places {
        var blocks: [CellID] = []
        geometry.forEachBlock(level: level, window: place) { blocks.append($0) }
        windows.append(Window(scale: level + 1, place: place, blocks: blocks))
        if level == 0 { windows.append(Window(scale: 0, place: place, blocks: [place])) }
      }
    }
    windows.append(Window(scale: Detector.wholeScale, place: .nowhere, blocks: [.nowhere]))
    for (index, window) in windows.enumerated() {
      for block in window.blocks {
        windowsOfBlock[Series(keyword: nil, level: Self.level(of: window), block: block), default: []].append(index)
      }
    }
  }

  private static func level(of window: Window) -> Int {
    window.scale == Detector.wholeScale ? -1 : max(0, window.scale - 1)
  }

  /// The windows that hold a cell, of every scale but the whole area.
  private func windows(around cell: CellID) -> [Int] {
    guard cell != .nowhere else { return [] }
    return geometry.grids.indices.prefix(8).flatMap {
      windowsOfBlock[Series(keyword: nil, level: $0, block: block($0, cell))] ?? []
    }
  }

  /// Begins a tick: what comes next has changed.
  mutating func begin(bin: Int32) {
    changed = [:]
    if bin != newBin { newBlocks = [] }
    newBin = bin
  }

  mutating func add(keyword: UInt32, cell: CellID, bin: Int32, levelCount: Int) {
    changed[keyword, default: []].insert(cell)
    for window in windows(around: cell) + [windows.count - 1]
    where registered[keyword, default: []].insert(window).inserted {
      registeredCounts[windows[window].scale, default: 0] += 1
    }
    counts[Series(keyword: keyword, level: -1, block: .nowhere), default: [:]][bin, default: 0] += 1
    guard cell != .nowhere else { return }
    everything[bin, default: 0] += 1
    for level in geometry.grids.indices.prefix(8) {
      let series = Series(keyword: keyword, level: level, block: block(level, cell))
      if counts[series] == nil, level < levelCount { newBlocks.append(series) }
      counts[series, default: [:]][bin, default: 0] += 1
      counts[Series(keyword: nil, level: level, block: series.block), default: [:]][bin, default: 0] += 1
    }
  }

  private func block(_ level: Int, _ cell: CellID) -> CellID {
    level == 0 ? cell : geometry.grids[level].cell(of: geometry.grids[0].center(of: cell))
  }

  /// Every window that holds a changed cell, over every duration that it has reports enough in: how unusual it is.
  func scores(bin: Int32, closed: Int32, _ detector: borrowing Detector) -> [Key: Score] {
    let absorbed = closed - Int32(lagBins)
    let exposure = max(1, sum(Int(absorbed) + 1))
    let levelCount = detector.levelCount
    let total = past(everything, absorbed, isCapped: false)
    var scores: [Key: Score] = [:]
    for (keyword, cells) in changed {
      let whole = counts[Series(keyword: keyword, level: -1, block: .nowhere)] ?? [:]
      let rate = (past(whole, absorbed) + 0.5) / exposure
      let baseline = detector.baselines[Int(detector.slotOfKeyword[Int(keyword)])]
      for window in Set(cells.flatMap(windows) + [windows.count - 1]).map({ windows[$0] }) {
        let level = max(0, window.scale - 1)
        let isWhole = window.scale == Detector.wholeScale
        guard isWhole || window.scale <= levelCount else { continue }
        let all = all(of: window, keyword)
        guard newest(all, bin, profile.durationBins.last ?? 1) >= Double(profile.minimumEpisodeWitnesses) else { continue }
        var prior = 0.5
        if !isWhole {
          let shares = window.blocks.map {
            past(counts[Series(keyword: nil, level: level, block: $0)] ?? [:], absorbed, isCapped: false) + 0.5
          }
          prior = shares.reduce(0, +) / (total + 100) * rate * 72
        }
        let known = exposure + (isWhole ? 0 : 72)
        let mean = (all.reduce(0) { $0 + past($1, absorbed) } + prior) / known
        // What is new in this bin has a tenth of the budget: the n-th of it 6/(πn)².
        let isNovel = all.allSatisfy { $0.keys.allSatisfy { $0 == bin } }
        let new = Double(newBlocks.count { $0.level == level }) * (window.scale == 0 ? 1 : 4)
        let novel = 9 * Double.pi * Double.pi / 6 * pow(isWhole ? 1 : max(1, new), 2)
        let series = isNovel ? novel : max(1, registeredCounts[window.scale] ?? 0) * seriesFactor
        let depth = Double(isWhole ? levelCount + 1 : window.scale) / Double(levelCount + 1)
        let dispersion =
          detector.cellDispersion(baseline) * (1 - depth) + detector.dispersion(baseline) * depth
        var previous = 0.0
        for duration in profile.durationBins {
          let observed = newest(all, bin, duration)
          // A longer window that holds no more than a shorter is none of its own.
          guard observed >= Double(profile.minimumEpisodeWitnesses), observed > previous else { continue }
          previous = observed
          let expected = mean * Double(duration)
          // The newest quarter, or the newest bin, still adds excess.
          let quarter = profile.durationBins.last { $0 <= max(1, duration / 4) } ?? 1
          guard observed > expected, newest(all, bin, quarter) > mean * Double(quarter) || duration == 1 else { continue }
          let ratio = dispersion + detector.squaredVariation * expected + Double(duration) / known
          let logTail = Self.logTail(Int(observed), expected, ratio)
          let families = Double((levelCount + 2) * profile.durationBins.count)
          let logDays = log(0.9 / (1_440 / Double(profile.binMinutes) * series * families)) - logTail
          scores[Key(keyword: keyword, scale: window.scale, window: window.place, duration: duration)] = Score(
            observed: observed, expected: expected, logTail: logTail, logDays: logDays)
        }
      }
    }
    return scores
  }

  private func all(of window: Window, _ keyword: UInt32) -> [[Int32: Double]] {
    window.blocks.map { counts[Series(keyword: keyword, level: Self.level(of: window), block: $0)] ?? [:] }
  }

  private func newest(_ blocks: [[Int32: Double]], _ bin: Int32, _ duration: Int) -> Double {
    blocks.reduce(0) { sum, bins in
      bins.reduce(sum) { $1.key <= bin && $1.key > bin - Int32(duration) ? $0 + $1.value : $0 }
    }
  }

  /// Bins of one each, the newest whole, the others decayed.
  private func sum(_ bins: Int) -> Double { bins <= 0 ? 0 : (1 - pow(decay, Double(bins))) / (1 - decay) }

  /// The decayed past of one block, each bin capped by what was known when it opened.
  private func past(_ bins: [Int32: Double], _ absorbed: Int32, isCapped: Bool = true) -> Double {
    var weight = 0.0
    var last: Int32 = 0
    for (at, count) in bins.sorted(by: { $0.key < $1.key }) where at <= absorbed {
      weight *= pow(decay, Double(at - last))
      last = at
      let exposure = sum(max(Int(at) - lagBins + 1, openBins + 1))
      let mean = 2 * weight / exposure
      weight += isCapped && exposure >= 24 ? min(count, mean + 6 * (1.5 * mean).squareRoot() + 2) : count
    }
    return weight * pow(decay, Double(absorbed - last))
  }

  /// ln P(X ≥ count) of a negative binomial, mass by mass.
  static func logTail(_ count: Int, _ mean: Double, _ ratio: Double) -> Double {
    let size = mean / (ratio - 1)
    var logMass = -size * log(ratio)
    for number in 0..<count { logMass += log((size + Double(number)) / Double(number + 1) * (1 - 1 / ratio)) }
    var (term, sum, number) = (1.0, 1.0, count)
    while term > 1e-14 * sum || Double(number) < mean {
      term *= (size + Double(number)) / Double(number + 1) * (1 - 1 / ratio)
      sum += term
      number += 1
    }
    return logMass + log(sum)
  }
}
