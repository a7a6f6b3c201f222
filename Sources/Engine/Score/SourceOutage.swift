package import Reports

/// A silence of one source that its own past does not explain: unknown, not zero, and an alert of its own.
package struct SourceOutage: Equatable, Sendable {
  package var source: UInt32
  /// The end of the bin of its last report before the silence.
  package var startedAt: Timestamp
  /// Event time at which the silence was too long to be chance.
  package var alertedAt: Timestamp
  /// The first report after it; nil while it lasts.
  package var endedAt: Timestamp?
  /// Reports that were to be expected during the silence until the alert.
  package var expectedCount: Double

  package init(source: UInt32, startedAt: Timestamp, alertedAt: Timestamp, endedAt: Timestamp?, expectedCount: Double) {
    self.source = source
    self.startedAt = startedAt
    self.alertedAt = alertedAt
    self.endedAt = endedAt
    self.expectedCount = expectedCount
  }
}

extension SourceOutage {
  /// Its state, for a snapshot.
  mutating func code(_ coder: inout some StateCoder) throws(StateError) {
    try coder.code(&source)
    try coder.code(&startedAt)
    try coder.code(&alertedAt)
    try coder.code(&endedAt)
    try coder.code(&expectedCount)
  }

  /// What a snapshot is read into.
  static var blank: Self {
    let time = Timestamp(microseconds: 0)
    return Self(source: 0, startedAt: time, alertedAt: time, endedAt: nil, expectedCount: 0)
  }
}
