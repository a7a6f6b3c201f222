package import Reports

/// Which hourly counts to list.
package struct RollupFilter: Equatable, Sendable {
  /// Words that the keyword holds, all of them and each whole; normalised as keywords are. Empty: any keyword.
  package var keywordWords: [String] = []
  /// Keywords that are admitted beside those that hold the words; heeded where words are given.
  package var furtherKeywords: Set<String> = []
  /// The half-open interval of time that overlaps the hour.
  package var since: Timestamp?
  package var until: Timestamp?
  /// How many at most; nil for all.
  package var limit: Int?

  package init() {}

  static let hourMicroseconds: Int64 = 3_600_000_000

  /// The first and the last hour since the epoch that overlap the interval.
  var hours: (first: Int64, last: Int64) {
    let first = since?.bin(ofMicroseconds: Self.hourMicroseconds) ?? .min
    guard let until else { return (first, .max) }
    let bin = until.bin(ofMicroseconds: Self.hourMicroseconds)
    // An hour that only begins at `until` is outside.
    return (first, until.microseconds % Self.hourMicroseconds == 0 ? bin - 1 : bin)
  }
}
