/// How unusual something is: what was seen, what was to be expected, and how seldom chance alone brings as much.
package struct Significance: BitwiseCopyable, Equatable, Sendable {
  /// Distinct witnesses.
  package var observed: UInt64
  /// Mean of the baseline for the same place, topic and time.
  package var expected: Double
  /// Days between two episodes at least this unusual, anywhere and of any topic, where nothing happens: calibrated.
  package var recurrenceIntervalDays: Double
  /// The same after taking out what the whole area shares: storms, holidays.
  package var recurrenceIntervalLocalDays: Double
  /// The same without the most prolific source.
  package var recurrenceIntervalRobustDays: Double

  package init(
    observed: UInt64, expected: Double, recurrenceIntervalDays: Double, recurrenceIntervalLocalDays: Double,
    recurrenceIntervalRobustDays: Double
  ) {
    self.observed = observed
    self.expected = expected
    self.recurrenceIntervalDays = recurrenceIntervalDays
    self.recurrenceIntervalLocalDays = recurrenceIntervalLocalDays
    self.recurrenceIntervalRobustDays = recurrenceIntervalRobustDays
  }

  /// observed / expected; infinity where nothing was expected.
  package var ratio: Double { expected > 0 ? Double(observed) / expected : observed > 0 ? .infinity : 0 }
}

extension Significance {
  /// What a snapshot is read into.
  static var blank: Self {
    Self(
      observed: 0, expected: 0, recurrenceIntervalDays: 0, recurrenceIntervalLocalDays: 0, recurrenceIntervalRobustDays: 0)
  }
}
