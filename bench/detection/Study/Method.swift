import Peers

/// The methods that are compared, each told the same counts.
package enum Method: String, CaseIterable, Sendable {
  case tocsin = "Tocsin"
  /// Told that no rate wanders by itself, as the peers take it and these nulls are.
  case steadyTocsin = "Tocsin v=0"
  case stp = "STP"
  /// Expectation-based Poisson over baselines of four and eight weeks.
  case ebp28 = "EBP 28"
  case ebp56 = "EBP 56"
  case earsC1 = "EARS C1"
  case earsC2 = "EARS C2"
  case earsC3 = "EARS C3"

  /// What the others are compared with.
  package static let reference = Method.stp

  /// Its scores of `count` bins after the learning, for one seed of a null; with a burst from the first of them on.
  package func scores(_ null: Null, seed: UInt64, count: Int, burst: Burst?, settings: StudySettings) -> [Double] {
    let run = MethodRun(null: null, seed: seed, count: count, burst: burst, settings: settings)
    switch self {
    case .tocsin, .steadyTocsin:
      var detector = TocsinDetector(
        null, dialBins: settings.dialBins, squaredVariation: self == .steadyTocsin ? 0 : nil,
        grid: StudyGrid(side: settings.side), seed: seed)
      return run.scores(&detector, historyBins: settings.burstLearnBins)
    case .stp: return run.scores(STPDetector(side: settings.side))
    case .ebp28: return run.scores(EBPDetector(side: settings.side, baselineDays: 28))
    case .ebp56: return run.scores(EBPDetector(side: settings.side, baselineDays: 56))
    case .earsC1: return run.scores(ears(.c1, settings))
    case .earsC2: return run.scores(ears(.c2, settings))
    case .earsC3: return run.scores(ears(.c3, settings))
    }
  }

  /// EARS in squares of all sizes: in cells alone it hardly finds what is spread out.
  private func ears(_ method: EARSMethod, _ settings: StudySettings) -> EARSDetector {
    EARSDetector(side: settings.side, method: method, maximumSide: settings.side)
  }
}

/// One stream, told to one detector.
private struct MethodRun {
  let null: Null
  let seed: UInt64
  let count: Int
  let burst: Burst?
  let settings: StudySettings

  /// Peers forget: they are spared what they would not remember.
  func scores(_ detector: consuming some DayDetector) -> [Double] {
    var detector = detector
    return scores(&detector, historyBins: min(settings.burstLearnBins, settings.peerHistoryBins))
  }

  /// Every method sees the end of the very same stream.
  func scores<Detector: DayDetector & ~Copyable>(_ detector: inout Detector, historyBins: Int) -> [Double] {
    var stream = NullStream(null, side: settings.side, seed: seed)
    var burst = burst
    for bin in 0..<settings.burstLearnBins {
      let counts = stream.next()
      if bin >= settings.burstLearnBins - historyBins { _ = detector.score(day: counts) }
    }
    return (0..<count).map { _ in
      var counts = stream.next()
      burst?.add(to: &counts)
      return detector.score(day: counts)
    }
  }
}
