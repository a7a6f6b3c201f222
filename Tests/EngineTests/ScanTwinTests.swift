import Reports
import TestSupport
import Testing

@testable import Engine

#if canImport(Glibc)
  import Glibc
#endif

/// Ticks of the scan against all windows that there are: what it found, and what it missed.
@Suite struct ScanTwinTests {
  /// A stream with bursts, which the detector and its twin are both told.
  private struct Run: ~Copyable {
    var detector: Detector
    var twin: ScanTwin
    var generator: SeededGenerator
    let center: (latitude: Double, longitude: Double)
    var scratch: Detector.Scratch
    var closed = Int32.min

    init(seed: UInt64, falseAlarmsPerDay: Double) {
      generator = SeededGenerator(seed: seed &+ 70_000)
      var profile = Profile(name: "test", cellMeters: 25_000, binMinutes: 60)
      (profile.hasSeason, profile.warmUpDays, profile.minimumEpisodeWitnesses) = (false, 2, 2)
      profile.durationBins = [1, 2, 4, 8]
      var settings = EngineSettings()
      settings.profiles = [profile]
      settings.falseAlarmsPerDay = falseAlarmsPerDay
      detector = Detector(profile: profile, number: 0, settings: settings)
      scratch = Detector.Scratch(detector.geometry)
      // What a shadow null would teach is told below: to draw one takes seconds.
      detector.nextShadowBin = .max
      center = [(42.0, -71.0), (-17.5, 180.0), (0.0, 0.0)][Int(seed % 3)]
      // 330 km: more than nine blocks up to the third level, never more than nine of the fourth.
      twin = ScanTwin(settings: settings, south: center.latitude - 1.5, west: center.longitude - 1.5, degrees: 3, levelCount: 4)
    }

    init(like other: inout Run) {
      (twin, generator, center, scratch) = (other.twin, other.generator, other.center, other.scratch)
      detector = other.detector.copy()
      closed = other.closed
    }

    mutating func report(_ bin: Int32, around: (latitude: Double, longitude: Double), reach: Double) {
      let keyword = UInt32.random(in: 0..<2, using: &generator)
      let longitude = around.longitude + Double.random(in: -reach...reach, using: &generator)
      let place = Coordinate(
        latitude: around.latitude + Double.random(in: -reach...reach, using: &generator),
        longitude: longitude > 180 ? longitude - 360 : longitude)
      let hasPlace = Int.random(in: 0..<8, using: &generator) != 0
      let cell = hasPlace ? place.map(detector.geometry.grids[0].cell) ?? .nowhere : .nowhere
      let isKnown = Int(keyword) < detector.slotOfKeyword.count && detector.slotOfKeyword[Int(keyword)] != .max
      let slot =
        isKnown ? Int(detector.slotOfKeyword[Int(keyword)]) : detector.makeBaseline(keyword: keyword, source: 1, bin: bin)
      // Some come late.
      let at = max(0, bin - Int32(max(0, Int.random(in: -8...3, using: &generator))))
      twin.add(keyword: keyword, cell: cell, bin: at, levelCount: detector.levelCount)
      detector.add(1, slot: slot, cell: cell, bin: at)
      scratch.changed.append(Detector.Change(slot: slot, cell: cell))
    }

    /// One bin: its reports, and a scan.
    mutating func pass(_ bin: Int32) {
      detector.hear(1, bin: bin, place: nil)
      detector.openBin(bin)
      twin.begin(bin: bin)
      scratch.changed = []
      // Many at first, so that the levels have grown before anything is capped.
      for _ in 0..<(bin < 24 ? 12 : 2) { report(bin, around: center, reach: 1.5) }
      if bin >= 60, bin % 20 > 16 {
        let middle = (center.latitude + Double(bin / 20) * 0.2 - 0.8, center.longitude + 0.3 - Double(bin / 20) * 0.1)
        for _ in 0..<Int.random(in: 3...14, using: &generator) { report(bin, around: middle, reach: 0.3) }
      }
      Detector.Change.sort(&scratch.changed)
      detector.scan(bin: bin, &scratch)
    }

    mutating func settle(_ bin: Int32) {
      guard bin >= 12 else { return }
      closed = bin - 12
      detector.close(closed, SourceWatch())
      if bin == 60 { detector.calibration.learn([0, 0, 0, 0], days: 1, weight: 1) }
    }

    func scores(_ bin: Int32) -> [ScanTwin.Key: ScanTwin.Score] { twin.scores(bin: bin, closed: closed, detector) }

    /// What the scan and its twin differ in, but for windows that lie on a limit: what was missed, and what else.
    func differences(_ scores: [ScanTwin.Key: ScanTwin.Score]) -> (missed: [String], others: [String]) {
      let threshold = detector.calibration.logLoosestDays
      var found: [ScanTwin.Key: Exceedance] = [:]
      var differences: (missed: [String], others: [String]) = ([], [])
      for one in scratch.exceedances {
        let key = ScanTwin.Key(keyword: one.keyword, scale: one.scale, window: one.window, duration: one.durationBins)
        if found.updateValue(one, forKey: key) != nil { differences.others.append("twice: \(key)") }
      }
      for (key, score) in scores where found[key] == nil && score.logDays > threshold + 1e-3 {
        differences.missed.append("\(key) \(score)")
      }
      for (key, one) in found {
        guard let score = scores[key], score.logDays > threshold - 1e-3 else {
          differences.others.append("not to be found: \(key) \(one) \(scores[key].map { "\($0)" } ?? "")")
          continue
        }
        if Double(one.observed) != score.observed || abs(one.expected - score.expected) > 1e-5 * score.expected
          || abs(one.logTail - score.logTail) > 1e-3 || abs(log(one.nominalDays) - score.logDays) > 2e-3
        {
          differences.others.append("other numbers: \(key) \(one) \(score)")
        }
      }
      return differences
    }
  }

  /// So loud that nearly all that is above its mean is told, and as quiet as a user would have it, so that the screens work.
  @Test(arguments: [1e6, 2, 0.2], 0..<3 as Range<UInt64>)
  func nothingIsMissed(falseAlarmsPerDay: Double, seed: UInt64) {
    var run = Run(seed: seed, falseAlarmsPerDay: falseAlarmsPerDay)
    var exceedanceCount = 0
    var missed: [String] = []
    for bin in 0...121 as ClosedRange<Int32> {
      run.pass(bin)
      exceedanceCount += run.scratch.exceedances.count
      if bin >= 48, bin % 3 == 0 || !run.scratch.exceedances.isEmpty {
        let scores = run.scores(bin)
        let differences = run.differences(scores)
        #expect(differences.others.isEmpty, "seed \(seed), bin \(bin): \(differences.others.prefix(3))")
        missed += differences.missed.map { "bin \(bin): \($0)" }
        // Without its screens it finds the rest, if any.
        var bare = Run(like: &run)
        for scale in bare.detector.screens.indices { bare.detector.screens[scale] = nil }
        bare.detector.scan(bin: bin, &bare.scratch)
        let left = bare.differences(scores)
        #expect(
          left.missed.isEmpty && left.others.isEmpty,
          "seed \(seed), bin \(bin): \(left.missed.prefix(3)) \(left.others.prefix(3))")
      }
      run.settle(bin)
    }
    #expect(missed.isEmpty, "seed \(seed): \(missed.count), \(missed.prefix(3))")
    #expect(run.detector.levelCount == 4)
    #expect(exceedanceCount > 15, "seed \(seed): \(exceedanceCount)")
  }

  /// The twin's guard: a changed cell that the scan is not told of, and another N, show.
  @Test func whatIsMissedShows() {
    var run = Run(seed: 1, falseAlarmsPerDay: 2)
    var (withheld, counted, burstCount) = (0, 0, 0)
    for bin in 0...121 as ClosedRange<Int32> {
      run.pass(bin)
      if run.scratch.exceedances.contains(where: { $0.scale == 0 }) {
        burstCount += 1
        var other = Run(like: &run)
        other.twin.seriesFactor = 3
        let differences = other.differences(other.scores(bin))
        if !differences.missed.isEmpty || !differences.others.isEmpty { counted += 1 }
        let cell = run.scratch.exceedances.first { $0.scale == 0 }?.window
        other = Run(like: &run)
        other.scratch.changed.removeAll { $0.cell == cell }
        other.detector.scan(bin: bin, &other.scratch)
        if !other.differences(run.scores(bin)).missed.isEmpty { withheld += 1 }
      }
      run.settle(bin)
    }
    #expect(burstCount > 3 && withheld == burstCount && counted * 2 > burstCount, "\(burstCount) \(withheld) \(counted)")
  }
}
