package import Platform
import Synchronization

/// What wakes the thread that polls: rung by the others when there is something to collect.
///
/// Of all rings until it is silenced only the first calls the system.
package final class Bell: Sendable {
  private let counter: EventCounter
  /// The counter has been rung since it was last drained, or is just about to be.
  private let isRung = Atomic<Bool>(false)

  package init() throws(SystemError) { counter = try EventCounter() }

  package var descriptor: Int32 { counter.descriptor }

  /// Rings; what was done before is seen by whoever silences the bell and looks then.
  package func ring() {
    if !isRung.exchange(true, ordering: .acquiringAndReleasing) { counter.signal() }
  }

  /// To be called before looking for what there is to collect: what comes later rings again.
  package func silence() {
    guard isRung.load(ordering: .acquiring) else { return }
    // Where nothing is counted yet, somebody is about to: that wakes once more, and is silenced then.
    if counter.drain() > 0 { _ = isRung.exchange(false, ordering: .acquiringAndReleasing) }
  }

  /// Waits until it is rung, no longer than the given time.
  package func wait(milliseconds: Int) { counter.wait(milliseconds: milliseconds) }
}
