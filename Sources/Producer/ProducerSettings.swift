package import Reports
package import ZeroMQ

/// How patient a producer is. Times are in milliseconds.
package struct ProducerSettings: Equatable, Sendable {
  /// How the bodies hold their events.
  package var mediaType: MediaType = .ndjson
  /// The first wait for WELCOME; each further one is twice as long, up to the maximum.
  package var greetingMilliseconds: UInt64 = 250
  package var maximumGreetingMilliseconds: UInt64 = 5_000
  /// How long an ACK may be outstanding before the session is begun anew; doubles, up to eight times, until an ACK comes.
  package var acknowledgementMilliseconds: UInt64 = 5_000
  /// How long nothing at all may be heard before giving up; nil is for ever.
  package var giveUpMilliseconds: UInt64?
  /// Its keys and the aggregator's; nil for an aggregator that asks nobody.
  package var credentials: CurveCredentials?

  package init() {}
}
