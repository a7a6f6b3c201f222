package import Reports

/// What a sample stream is made from: the same settings give the same bytes.
package struct SampleSettings: Equatable, Sendable {
  /// Bounds of the settings. Fewer events would leave no room beside the incidents; more would fill the memory.
  package static let eventCounts = 1_000...1_000_000
  package static let dayCounts = 1...366
  /// 1970-01-01T00:00:00Z up to 9000-01-01T00:00:00Z, so that every time has a four-digit year.
  package static let starts = Timestamp(seconds: 0)...Timestamp(seconds: 221_845_392_000)

  package var seed: UInt64 = 1
  package var dayCount = 3
  /// Days at its beginning without an incident, for a baseline to learn from: zero or more, and fewer than `dayCount`.
  package var quietDayCount = 0
  /// Lines of the stream; with follow-ups, duplicates and malformed ones.
  package var eventCount = 20_000
  /// 2026-03-02T00:00:00Z unless told otherwise.
  package var start = Timestamp(seconds: 1_772_409_600)

  package init() {}
}
