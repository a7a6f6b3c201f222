import Reports
import Statistics

/// Turns nominal recurrence intervals into stated ones: what a shadow null shows, and what the stream's own loose exceedances do.
///
/// The nominal interval counts window rejections, and discrete tests reject less than they may; the shadow null counts the
/// episodes that windows make of it. It has no small real clumps; those show as more runs at loose levels than the null explains,
/// and where they are more the stated interval is shortened by as much.
struct Calibration: Sendable {
  /// The dial: the interval at which an episode is one.
  let dialDays: Double
  /// Windows rarer than this are looked at: the dial's, or the loose levels of calibration.
  private(set) var logLoosestDays: Double
  private let binsPerDay: Double
  /// What the shadow null showed, and how many days of it.
  private var shadow: Tracks
  private(set) var shadowDays = 0.0
  /// Episodes of the shadow null over what their nominal intervals promise.
  private(set) var episodeFactor = 1.0
  /// The stream's own runs below the dial, and the days in which they came.
  private var own: Tracks
  private var ownDays = 0.0
  private var newestBin = Int32.min
  /// Observed over expected runs between a sixth of the dial and the dial.
  private(set) var healthRatio = 1.0

  /// Episodes and their promise that stand for what was not drawn yet.
  private static let priorPromise = 4.0
  private static let priorFactor = 0.5
  /// A run of the shadow is one episode, but of a stream it may become two, where a part of it stands out: measured on simulated
  /// nulls (bench/detection).
  private static let episodesPerRun = 1.5
  /// Runs that the health ratio is drawn to one by.
  private static let healthPrior = 6.0

  init(profile: Profile, settings: EngineSettings) {
    dialDays = Double(settings.profiles.count) / settings.falseAlarmsPerDay
    binsPerDay = 1_440 / Double(profile.binMinutes)
    let least = max(1 / binsPerDay, min(0.25, dialDays / 120))
    logLoosestDays = Elementary.log(least)
    let quietBins = Int(Double(profile.quietHours) / 24 * binsPerDay)
    let levels = [least, 2 * least, 4 * least, 8 * least]
    shadow = Tracks(quietBins: quietBins, levels: levels)
    own = Tracks(quietBins: quietBins, levels: [dialDays / 6, dialDays])
  }

  func stated(_ nominalDays: Double) -> Double { nominalDays / (episodeFactor * max(1, healthRatio)) }

  /// Tracks to count a stretch of shadow null by.
  var emptyTracks: Tracks { Tracks(quietBins: shadow.quietBinCount, levels: shadow.levels) }

  /// Takes in a stretch of shadow null.
  ///
  /// - Parameters:
  ///   - runs: Its tracks.
  ///   - days: How long it was; runs of a sample of keywords count `weight` times.
  mutating func learn(_ runs: [Double], days: Double, weight: Double) {
    // What was drawn from an older baseline fades, run by run.
    shadow.decay(0.7)
    shadowDays = shadowDays * 0.7 + days
    shadow.add(runs.map { $0 * weight })
    var seen = Self.priorPromise * Self.priorFactor
    var promised = Self.priorPromise
    for index in shadow.levels.indices.dropFirst() {
      seen += shadow.counts[index]
      promised += shadowDays / shadow.levels[index]
    }
    episodeFactor = min(2, max(0.005, Self.episodesPerRun * seen / promised))
    logLoosestDays = Elementary.log(min(shadow.levels[0], 0.9 * episodeFactor * dialDays / 6))
  }

  /// Watches the stream's own exceedances at one tick.
  mutating func watch(_ exceedances: [Exceedance], bin: Int32, _ geometry: WindowGeometry) {
    if newestBin != .min, bin > newestBin {
      ownDays += min(60, (Double(bin) - Double(newestBin)) / binsPerDay)
    }
    newestBin = max(newestBin, bin)
    let weight = episodeFactor
    own.add(
      exceedances.map {
        var stated = $0
        stated.nominalDays /= weight
        return stated
      }, bin: bin, geometry)
  }

  /// Works out the health ratio, once a day; what is older than a quarter of a year fades.
  mutating func passDay() {
    let expected = ownDays * (6 / dialDays - 1 / dialDays)
    healthRatio = (own.counts[0] - own.counts[1] + Self.healthPrior) / (expected + Self.healthPrior)
    own.decay(0.99)
    ownDays *= 0.99
  }

  // MARK: State

  /// Its state, for a snapshot.
  mutating func code(_ coder: inout some StateCoder) throws(StateError) {
    try coder.code(&logLoosestDays)
    try shadow.code(&coder)
    try coder.code(&shadowDays)
    try coder.code(&episodeFactor)
    try own.code(&coder)
    try coder.code(&ownDays)
    try coder.code(&newestBin)
    try coder.code(&healthRatio)
  }
}
