package import Reports

/// One tested window that fired, with every number that its score is made of, so that a reader can add them up.
package struct WindowScore: Equatable, Sendable {
  /// The whole area of a keyword, reports without a place included; `box` then holds its reports.
  package var isWholeArea: Bool
  package var box: BoundingBox
  /// Side of the window; zero for the whole area.
  package var sideMeters: Double
  /// Half-open, multiples of the bin.
  package var startsAt: Timestamp
  package var endsAt: Timestamp
  /// Bins of the duration that was tested.
  package var durationBins: Int
  /// Event time of the tick that tested it.
  package var testedAt: Timestamp
  /// Y: distinct witnesses.
  package var observed: UInt64
  /// M: summed mean of the baseline.
  package var expected: Double
  /// φ of the keyword, and the whole variance over mean that was used: φ + v·M + M/(a + τμ0).
  package var dispersion: Double
  package var varianceRatio: Double
  /// ln P(X ≥ Y).
  package var logTailProbability: Double
  /// N: series of the family (scale × duration) when it was tested; and F: families.
  package var seriesCount: UInt64
  package var familyCount: Int
  /// Ticks a day. nominal = 0.9 / (p · N · F · ticks a day); for a novel series the share 0.1 · 6/(πn)² stands for 0.9/N.
  package var ticksPerDay: Double
  package var nominalRecurrenceIntervalDays: Double
  /// Whether the series was new in its bin; `seriesCount` then stands for 9 · π²n²/6, n new ones so far.
  package var isNovel: Bool

  package init(
    isWholeArea: Bool, box: BoundingBox, sideMeters: Double, startsAt: Timestamp, endsAt: Timestamp, durationBins: Int,
    testedAt: Timestamp, observed: UInt64, expected: Double, dispersion: Double, varianceRatio: Double,
    logTailProbability: Double, seriesCount: UInt64, familyCount: Int, ticksPerDay: Double,
    nominalRecurrenceIntervalDays: Double, isNovel: Bool = false
  ) {
    self.isWholeArea = isWholeArea
    self.box = box
    self.sideMeters = sideMeters
    self.startsAt = startsAt
    self.endsAt = endsAt
    self.durationBins = durationBins
    self.testedAt = testedAt
    self.observed = observed
    self.expected = expected
    self.dispersion = dispersion
    self.varianceRatio = varianceRatio
    self.logTailProbability = logTailProbability
    self.seriesCount = seriesCount
    self.familyCount = familyCount
    self.ticksPerDay = ticksPerDay
    self.nominalRecurrenceIntervalDays = nominalRecurrenceIntervalDays
    self.isNovel = isNovel
  }
}

extension WindowScore {
  /// Its state, for a snapshot.
  mutating func code(_ coder: inout some StateCoder) throws(StateError) {
    try coder.code(&isWholeArea)
    try coder.code(&box)
    try coder.code(&sideMeters)
    try coder.code(&startsAt)
    try coder.code(&endsAt)
    try coder.code(&durationBins)
    try coder.code(&testedAt)
    try coder.code(&observed)
    try coder.code(&expected)
    try coder.code(&dispersion)
    try coder.code(&varianceRatio)
    try coder.code(&logTailProbability)
    try coder.code(&seriesCount)
    try coder.code(&familyCount)
    try coder.code(&ticksPerDay)
    try coder.code(&nominalRecurrenceIntervalDays)
    try coder.code(&isNovel)
  }

  /// What a snapshot is read into.
  static var blank: Self {
    let time = Timestamp(microseconds: 0)
    return Self(
      isWholeArea: false, box: .blank, sideMeters: 0, startsAt: time, endsAt: time, durationBins: 0, testedAt: time,
      observed: 0, expected: 0, dispersion: 0, varianceRatio: 0, logTailProbability: 0, seriesCount: 0, familyCount: 0,
      ticksPerDay: 0, nominalRecurrenceIntervalDays: 0)
  }
}
