import Platform

/// When the next events are due, where only so many may be sent a second.
struct Pace {
  private let eventsPerSecond: Int?
  /// When the first were due.
  private var begin: UInt64?
  private var eventCount = 0

  /// - Parameter eventsPerSecond: nil for as fast as it goes.
  init(eventsPerSecond: Int?) { self.eventsPerSecond = eventsPerSecond }

  /// The monotonic nanoseconds at which the next events are due, and how long that is from now.
  mutating func next(_ count: Int) -> (dueAt: UInt64, waitMilliseconds: UInt64) {
    let now = Clock.monotonicNanoseconds()
    guard let eventsPerSecond else { return (now, 0) }
    let begin = begin ?? now
    self.begin = begin
    let dueAt = begin + UInt64(Double(eventCount) / Double(eventsPerSecond) * 1e9)
    eventCount += count
    return (dueAt, dueAt > now ? (dueAt - now + 999_999) / 1_000_000 : 0)
  }
}
