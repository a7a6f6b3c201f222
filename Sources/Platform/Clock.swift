import Glibc

/// The system's clocks.
package enum Clock {
  /// One look at the clocks that run on.
  package static func now() -> Instant {
    Instant(monotonicNanoseconds: monotonicNanoseconds(), wallMicroseconds: wallMicroseconds())
  }

  /// Microseconds since 1970-01-01T00:00:00Z; it may jump when somebody sets it.
  package static func wallMicroseconds() -> Int64 {
    let time = read(CLOCK_REALTIME)
    return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
  }

  /// Nanoseconds from an arbitrary start; it never goes back.
  package static func monotonicNanoseconds() -> UInt64 { nanoseconds(CLOCK_MONOTONIC) }

  /// Nanoseconds that the calling thread has spent on a processor.
  package static func threadNanoseconds() -> UInt64 { nanoseconds(CLOCK_THREAD_CPUTIME_ID) }

  private static func nanoseconds(_ clock: clockid_t) -> UInt64 {
    let time = read(clock)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }

  private static func read(_ clock: clockid_t) -> timespec {
    var time = timespec()
    unsafe clock_gettime(clock, &time)
    return time
  }
}
