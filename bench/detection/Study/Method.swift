/// The methods that are compared, each told the same counts.
package enum Method: String, CaseIterable, Sendable {
  case tocsin = "Tocsin"

  /// Whether the others are compared with it.
  var isReference: Bool { rawValue == "STP" }

  /// Bins that it must be told before it is measured.
  func historyBins(_ settings: StudySettings) -> Int {
    self == .tocsin ? settings.learnBins : min(settings.learnBins, settings.peerHistoryBins)
  }

  /// Its scores of `count` bins after the learning, for one seed of a null; with a burst from the first of them on.
  func scores(_ null: Null, seed: UInt64, count: Int, burst: Burst?, settings: StudySettings) -> [Double] {
    switch self {
    case .tocsin:
      var detector = TocsinDetector(null, grid: StudyGrid(side: settings.side), seed: seed)
      return scores(&detector, null, seed: seed, count: count, burst: burst, settings: settings)
    }
  }

  /// Every method sees the end of the very same stream; those that forget quickly are spared its beginning.
  private func scores<Detector: DayDetector & ~Copyable>(
    _ detector: inout Detector, _ null: Null, seed: UInt64, count: Int, burst: Burst?, settings: StudySettings
  ) -> [Double] {
    var stream = NullStream(null, side: settings.side, seed: seed)
    var burst = burst
    let first = settings.learnBins - historyBins(settings)
    for bin in 0..<settings.learnBins {
      let counts = stream.next()
      if bin >= first { _ = detector.score(day: counts) }
    }
    return (0..<count).map { _ in
      var counts = stream.next()
      burst?.add(to: &counts)
      return detector.score(day: counts)
    }
  }
}
