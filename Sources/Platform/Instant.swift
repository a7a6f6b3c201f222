/// What the clocks showed at one look, for code that is told the time instead of asking for it.
package struct Instant: Equatable, Sendable {
  /// Nanoseconds from an arbitrary start; it never goes back.
  package var monotonicNanoseconds: UInt64
  /// Microseconds since 1970-01-01T00:00:00Z; it may jump when somebody sets it.
  package var wallMicroseconds: Int64

  package init(monotonicNanoseconds: UInt64, wallMicroseconds: Int64) {
    self.monotonicNanoseconds = monotonicNanoseconds
    self.wallMicroseconds = wallMicroseconds
  }
}
