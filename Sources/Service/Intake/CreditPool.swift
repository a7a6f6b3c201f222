/// What may be under way between the intake and its answers, and how it is shared among sessions. No clock, no I/O.
///
/// A session is told what it has under way and an equal share of what is free, so that credits shrink as the queues fill. Credits
/// that were told before others came add up to more than there is: what is taken is decided batch by batch.
package struct CreditPool: Sendable {
  /// Events and bytes of bodies that may be under way at once.
  package static let capacity = Load(events: 262_144, bytes: 64 << 20)

  package let capacity: Load
  package private(set) var underWay = Load()
  /// Sessions with something under way.
  private var activeCount = 0

  package init(capacity: Load = CreditPool.capacity) { self.capacity = capacity }

  /// Whether nothing more can be taken.
  package var isFull: Bool { underWay.events >= capacity.events || underWay.bytes >= capacity.bytes }

  /// Whether a quarter or more is free: when sessions that were told to wait for credit are told of it.
  package var isRoomy: Bool { underWay.fits(in: capacity.divided(by: 4).times(3)) }

  /// What a session is told.
  ///
  /// - Parameters:
  ///   - outstanding: what it has under way.
  ///   - limit: the most that any session gets.
  ///   - isStalled: nothing is taken at the moment, however much is free.
  package func grant(outstanding: Load, limit: Load, isStalled: Bool = false) -> Load {
    let free =
      isStalled
      ? Load()
      : Load(
        events: max(0, capacity.events - underWay.events), bytes: max(0, capacity.bytes - underWay.bytes))
    let sharers = activeCount + (outstanding.events > 0 ? 0 : 1)
    return (outstanding + free.divided(by: max(1, sharers))).limited(to: limit)
  }

  /// Whether a batch can be taken from a session.
  ///
  /// The last quarter is for those who have less than an equal share: one that ignores its credit cannot take it all. A session
  /// with nothing under way may always have one batch, be it longer than its share, while there is room at all.
  package func admits(_ batch: Load, outstanding: Load, limit: Load) -> Bool {
    let after = underWay + batch
    guard after.fits(in: capacity) else { return underWay.events == 0 }
    guard outstanding.events == 0 || (outstanding + batch).fits(in: limit) else { return false }
    if after.fits(in: capacity.divided(by: 4).times(3)) || outstanding.events == 0 { return true }
    return (outstanding + batch).fits(in: capacity.divided(by: max(1, activeCount)))
  }

  /// Takes a batch from a session that has so much under way, which becomes more.
  package mutating func take(_ batch: Load, outstanding: inout Load) {
    if outstanding.events == 0 { activeCount += 1 }
    outstanding = outstanding + batch
    underWay = underWay + batch
  }

  /// A batch is answered; `outstanding` is its session's.
  package mutating func settle(_ batch: Load, outstanding: inout Load) {
    underWay = underWay - batch
    outstanding = outstanding - batch
    if outstanding.events == 0 { activeCount -= 1 }
  }

  /// A session is forgotten with so much under way, which is settled by `settleForgotten`.
  package mutating func forget(outstanding: Load) {
    if outstanding.events > 0 { activeCount -= 1 }
  }

  /// A batch of a session that is forgotten is answered.
  package mutating func settleForgotten(_ batch: Load) { underWay = underWay - batch }
}

extension Load {
  fileprivate func times(_ factor: Int) -> Load { Load(events: events * factor, bytes: bytes * factor) }
}
