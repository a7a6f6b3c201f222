package import Reports
package import Terms

/// What a decoder is told once.
package struct DecodeSettings: Sendable {
  /// The deployment's secret, from which the keys are derived under which reporters are hashed.
  package var reporterKey: SipHash.Key
  /// Days of event time for which one such key holds; one or more.
  package var reporterRotationDays: Int
  /// How far an event's time may lie ahead of the time of receipt; zero or more.
  package var maximumSkewAheadMicroseconds: Int64
  /// How keywords are made.
  package var terms: TermsSettings

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
