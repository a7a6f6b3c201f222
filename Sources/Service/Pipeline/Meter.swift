import Platform
import Synchronization

/// What one stage has done: events, and the processor time of the thread that did it.
final class Meter: Sendable {
  private let events = Atomic<Int>(0)
  private let nanoseconds = Atomic<UInt64>(0)

  /// Called by the stage's own thread after a piece of work.
  func record(eventCount: Int) {
    events.add(eventCount, ordering: .relaxed)
    nanoseconds.store(Clock.threadNanoseconds(), ordering: .relaxed)
  }

  var eventCount: Int { events.load(ordering: .relaxed) }
  var threadNanoseconds: UInt64 { nanoseconds.load(ordering: .relaxed) }
}
