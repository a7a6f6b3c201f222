/// A point in time: microseconds since 1970-01-01T00:00:00Z, without leap seconds (POSIX).
///
/// Finer fractions are truncated. The range covers every RFC 3339 date.
package struct Timestamp: Hashable, Comparable, Sendable {
  package var microseconds: Int64

  package init(microseconds: Int64) { self.microseconds = microseconds }
  package init(seconds: Int64) { microseconds = seconds * 1_000_000 }

  package static func < (a: Timestamp, b: Timestamp) -> Bool { a.microseconds < b.microseconds }

  /// The index of the bin of `width` microseconds that holds this time, counted from the epoch and rounded down.
  package func bin(ofMicroseconds width: Int64) -> Int64 {
    let quotient = microseconds / width
    return microseconds % width < 0 ? quotient - 1 : quotient
  }
}
