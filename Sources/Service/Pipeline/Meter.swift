import Platform
import Synchronization

/// What one stage has done: events, pieces of work, and the processor time of the thread that did it.
final class Meter: Sendable {
  private let events = Atomic<Int>(0)
  private let nanoseconds = Atomic<UInt64>(0)
  private let pieces = Atomic<UInt64>(0)
  private let working = Atomic<Bool>(false)

  /// Called by the stage's own thread before a piece of work.
  func begin() { working.store(true, ordering: .relaxed) }

  /// Called by the stage's own thread after a piece of work.
  func record(eventCount: Int = 0) {
    events.add(eventCount, ordering: .relaxed)
    nanoseconds.store(Clock.threadNanoseconds(), ordering: .relaxed)
    pieces.add(1, ordering: .relaxed)
    working.store(false, ordering: .relaxed)
  }

  var eventCount: Int { events.load(ordering: .relaxed) }
  var threadNanoseconds: UInt64 { nanoseconds.load(ordering: .relaxed) }
  /// Pieces of work that are done.
  var turns: UInt64 { pieces.load(ordering: .relaxed) }
  /// Whether one is in hand.
  var isWorking: Bool { working.load(ordering: .relaxed) }
}
