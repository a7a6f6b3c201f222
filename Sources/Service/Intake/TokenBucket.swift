/// A rate that is kept in the long run, with a burst. The clock is the caller's.
///
/// Whatever is asked for is given while there is anything in it, and may leave a debt: so a batch that is larger than the burst
/// passes, too, and the next one waits for longer.
struct TokenBucket: Equatable, Sendable {
  private(set) var perSecond: Double
  private(set) var burst: Double
  private var level: Double
  private var updatedAt: UInt64

  /// Full.
  init(perSecond: Double, burst: Double, at now: UInt64) {
    self.perSecond = perSecond
    self.burst = burst
    level = burst
    updatedAt = now
  }

  /// Nanoseconds until something may be taken; 0 for now.
  func wait(at now: UInt64) -> UInt64 {
    let level = level(at: now)
    // One token, so that what was waited for is really there.
    return level > 0 ? 0 : UInt64(((1 - level) / perSecond * 1e9).rounded(.up))
  }

  mutating func take(_ count: Int, at now: UInt64) {
    level = level(at: now) - Double(count)
    updatedAt = max(updatedAt, now)
  }

  /// Another rate from now on; what is in it, or owed, stays.
  mutating func change(perSecond: Double, burst: Double, at now: UInt64) {
    level = min(level(at: now), burst)
    updatedAt = max(updatedAt, now)
    self.perSecond = perSecond
    self.burst = burst
  }

  private func level(at now: UInt64) -> Double {
    guard now > updatedAt else { return level }
    return min(burst, level + Double(now - updatedAt) / 1e9 * perSecond)
  }
}
