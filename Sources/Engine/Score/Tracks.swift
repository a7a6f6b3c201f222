import Reports

/// Runs of exceedances that belong together, as episodes do, without their evidence: what calibration counts.
///
/// A run is one keyword's windows that overlap in place, at most a quiet time apart; what is kept of it is its rarest window.
struct Tracks: Sendable {
  private struct Track {
    var keyword: UInt32
    var box: BoundingBox
    var isWholeArea: Bool
    var lastBin: Int32
    var nominalDays: Double
  }

  private let quietBins: Int32
  private var open: [Track] = []
  /// Runs that have ended, by the levels that their rarest window reached.
  private(set) var counts: [Double]
  /// Nominal days, ascending.
  let levels: [Double]

  var quietBinCount: Int { Int(quietBins) }

  init(quietBins: Int, levels: [Double]) {
    self.quietBins = Int32(quietBins)
    self.levels = levels
    counts = [Double](repeating: 0, count: levels.count)
  }

  /// Takes in what exceeded at one tick.
  mutating func add(_ exceedances: [Exceedance], bin: Int32, _ geometry: WindowGeometry) {
    finish(before: bin - quietBins)
    for exceedance in exceedances where exceedance.nominalDays >= levels[0] {
      let box = geometry.boundingBox(scale: exceedance.scale, window: exceedance.window)
      let known = open.firstIndex {
        $0.keyword == exceedance.keyword
          && ($0.isWholeArea || exceedance.isWholeArea || $0.box.sharedArea(box) > 0)
      }
      if let known {
        open[known].lastBin = bin
        guard exceedance.nominalDays > open[known].nominalDays else { continue }
        open[known].nominalDays = exceedance.nominalDays
        open[known].box = box
        open[known].isWholeArea = exceedance.isWholeArea
      } else {
        open.append(
          Track(
            keyword: exceedance.keyword, box: box, isWholeArea: exceedance.isWholeArea, lastBin: bin,
            nominalDays: exceedance.nominalDays))
      }
    }
  }

  private mutating func finish(before bin: Int32) {
    guard open.contains(where: { $0.lastBin < bin }) else { return }
    for track in open where track.lastBin < bin {
      for index in levels.indices where track.nominalDays >= levels[index] { counts[index] += 1 }
    }
    open.removeAll { $0.lastBin < bin }
  }

  /// Ends every run.
  mutating func finish() { finish(before: .max) }

  mutating func decay(_ weight: Double) { for index in counts.indices { counts[index] *= weight } }

  mutating func add(_ other: [Double]) { for index in counts.indices { counts[index] += other[index] } }

  // MARK: State

  /// Its state, for a snapshot.
  mutating func code(_ coder: inout some StateCoder) throws(StateError) {
    let track = Track(keyword: 0, box: .blank, isWholeArea: false, lastBin: 0, nominalDays: 0)
    try coder.code(&open, new: track) { (one, coder) throws(StateError) in
      try coder.code(&one.keyword)
      try coder.code(&one.box)
      try coder.code(&one.isWholeArea)
      try coder.code(&one.lastBin)
      try coder.code(&one.nominalDays)
    }
    try coder.code(&counts)
  }
}
