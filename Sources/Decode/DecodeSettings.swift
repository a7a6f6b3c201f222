package import Reports
package import Terms

/// What a decoder is told once.
package struct DecodeSettings: Sendable {
  /// How events are read: always with the same result, but for the last.
  package enum Reading: CaseIterable, Sendable {
    /// In one pass, which expects what stood between the values of the last events; what is unusual as `walking` does.
    case predicting
    /// The same without expecting anything.
    case scanning
    /// By simdjson alone.
    case walking
    /// Predicting, but only half of what is expected is compared: tests of the others have to find it.
    case careless
  }

  /// The deployment's secret, from which the keys are derived under which reporters are hashed.
  package var reporterKey: SipHash.Key
  /// Days of event time for which one such key holds; one or more.
  package var reporterRotationDays: Int
  /// How far an event's time may lie ahead of the time of receipt; zero or more.
  package var maximumSkewAheadMicroseconds: Int64
  /// How keywords are made.
  package var terms: TermsSettings
  package var reading: Reading = .predicting

  package init(
    reporterKey: SipHash.Key, maximumSkewAheadMicroseconds: Int64, reporterRotationDays: Int = 30,
    terms: TermsSettings = TermsSettings()
  ) {
    self.reporterKey = reporterKey
    self.reporterRotationDays = reporterRotationDays
    self.maximumSkewAheadMicroseconds = maximumSkewAheadMicroseconds
    self.terms = terms
  }
}
