package import Platform

extension Study {
  /// False alarms a bin at which the methods are compared.
  package static let comparedRate = 1.0 / 30
  /// Seeds of bursts begin so far from those of nulls.
  private static let burstSeedOffset: UInt64 = 1_000_000

  /// What one method gave on one null: scores where nothing happens, and scores since the onset of bursts of each size.
  package struct Scores: Sendable {
    package var method: Method
    package var null: Null
    package var quiet: [Double]
    package var bursts: [Burst.Size: [[Double]]]

    package init(method: Method, null: Null, quiet: [Double], bursts: [Burst.Size: [[Double]]]) {
      self.method = method
      self.null = null
      self.quiet = quiet
      self.bursts = bursts
    }
  }

  /// Lets one method run on a null with and without bursts.
  package func scores(_ method: Method, _ null: Null) throws(SystemError) -> Scores {
    let settings = settings
    let quiet = try parallelMap(settings.thresholdRuns, threadCount: settings.threadCount) { run in
      method.scores(
        null, seed: settings.seed + UInt64(run), count: settings.thresholdBins, burst: nil, settings: settings)
    }
    var bursts: [Burst.Size: [[Double]]] = [:]
    for size in Burst.Size.allCases {
      bursts[size] = try parallelMap(settings.burstRuns, threadCount: settings.threadCount) { run in
        let seed = settings.seed + Self.burstSeedOffset + UInt64(run)
        let burst = Burst(size, intensity: Burst.intensity(size, null), side: settings.side, seed: seed)
        return method.scores(null, seed: seed, count: settings.burstBins, burst: burst, settings: settings)
      }
    }
    return Scores(method: method, null: null, quiet: quiet.flatMap(\.self), bursts: bursts)
  }
}

extension Study.Scores {
  /// The least score that no more than `rate` of the quiet bins reach; nil where too many bins are tied at the bottom.
  package func threshold(rate: Double) -> Double? {
    let sorted = quiet.sorted(by: >)
    let allowed = Int(Double(sorted.count) * rate)
    guard allowed > 0, allowed < sorted.count else { return nil }
    // Ties across the edge go to the quiet side.
    let edge = sorted[allowed]
    guard let threshold = sorted.prefix(allowed).last(where: { $0 > edge }), threshold > -.infinity else { return nil }
    return threshold
  }

  /// Bins from the onset until the first alarm, that bin included, burst by burst; one more than was looked at where there
  /// was none.
  package func delays(_ size: Burst.Size, threshold: Double) -> [Double] {
    (bursts[size] ?? []).map { scores in Double((scores.firstIndex { $0 >= threshold } ?? scores.count) + 1) }
  }

  /// Share of the quiet bins that reach a threshold.
  package func falseAlarmRate(threshold: Double) -> Double {
    Double(quiet.count { $0 >= threshold }) / Double(quiet.count)
  }
}
