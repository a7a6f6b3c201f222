/// The bounds of headers that `Limits` does not name, with their units.
package enum WireLimits {
  /// The greatest sequence: what every JSON parser reads exactly (2⁵³ − 1).
  package static let sequence: UInt64 = 1 << 53 - 1
  /// Events that one ACK may name; more are spread over several.
  package static let exceptionCount = 256
  /// Entries of `mediaTypes`, `minorVersions` and `supportedVersions`.
  package static let alternativeCount = 16
  /// Bytes of one media type and of one code.
  package static let nameByteCount = 128
  /// Bytes of a message or detail for people.
  package static let messageByteCount = 1_024
  /// Milliseconds between signs of life.
  package static let heartbeatMilliseconds: ClosedRange<UInt64> = 100...3_600_000
  /// Milliseconds to wait after BUSY.
  package static let retryMilliseconds: ClosedRange<UInt64> = 0...3_600_000
  /// Events and bytes of a credit, and the limits that WELCOME names.
  package static let credit: ClosedRange<UInt64> = 0...1 << 40
}
