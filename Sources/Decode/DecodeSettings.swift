package import Reports

/// What a decoder is told once.
package struct DecodeSettings: Sendable {
  /// The deployment's secret under which reporters are hashed.
  package var reporterKey: SipHash.Key
  /// How far an event's time may lie ahead of the time of receipt; zero or more.
  package var maximumSkewAheadMicroseconds: Int64

  package init(reporterKey: SipHash.Key, maximumSkewAheadMicroseconds: Int64) {
    self.reporterKey = reporterKey
    self.maximumSkewAheadMicroseconds = maximumSkewAheadMicroseconds
  }
}
