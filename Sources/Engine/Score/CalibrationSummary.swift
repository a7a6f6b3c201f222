package import Reports

/// How true one profile's stated recurrence intervals are, as far as its own stream tells.
package struct CalibrationSummary: Equatable, Sendable {
  /// Index in `EngineSettings.profiles`.
  package var profile: UInt32
  package var asOf: Timestamp
  package var isLearning: Bool
  /// Covered days of the baseline, and those that must pass before anything alerts.
  package var coveredDays: Double
  package var warmUpDays: Double
  /// Days of shadow null that were drawn, and its episodes a day over the nominal ones at the dial.
  package var shadowDays: Double
  package var episodeFactor: Double
  /// Observed over expected exceedances at recurrence intervals of 5 to 30 days, listed incidents taken out.
  package var healthRatio: Double
  /// Registered series (keyword × window), families, live nodes.
  package var seriesCount: UInt64
  package var familyCount: UInt32
  /// Series that were evicted into their parent scale.
  package var evictedSeriesCount: UInt64

  package init(
    profile: UInt32, asOf: Timestamp, isLearning: Bool, coveredDays: Double, warmUpDays: Double, shadowDays: Double,
    episodeFactor: Double, healthRatio: Double, seriesCount: UInt64, familyCount: UInt32, evictedSeriesCount: UInt64
  ) {
    self.profile = profile
    self.asOf = asOf
    self.isLearning = isLearning
    self.coveredDays = coveredDays
    self.warmUpDays = warmUpDays
    self.shadowDays = shadowDays
    self.episodeFactor = episodeFactor
    self.healthRatio = healthRatio
    self.seriesCount = seriesCount
    self.familyCount = familyCount
    self.evictedSeriesCount = evictedSeriesCount
  }
}

extension CalibrationSummary {
  /// Its state, for a snapshot.
  mutating func code(_ coder: inout some StateCoder) throws(StateError) {
    try coder.code(&profile)
    try coder.code(&asOf)
    try coder.code(&isLearning)
    try coder.code(&coveredDays)
    try coder.code(&warmUpDays)
    try coder.code(&shadowDays)
    try coder.code(&episodeFactor)
    try coder.code(&healthRatio)
    try coder.code(&seriesCount)
    try coder.code(&familyCount)
    try coder.code(&evictedSeriesCount)
  }

  /// What a snapshot is read into.
  static var blank: Self {
    Self(
      profile: 0, asOf: Timestamp(microseconds: 0), isLearning: false, coveredDays: 0, warmUpDays: 0, shadowDays: 0,
      episodeFactor: 0, healthRatio: 0, seriesCount: 0, familyCount: 0, evictedSeriesCount: 0)
  }
}
