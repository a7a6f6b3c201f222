import Platform

/// What wakes the thread that polls: rung by the others when there is something to collect.
final class Bell: Sendable {
  private let counter: EventCounter

  init() throws(SystemError) { counter = try EventCounter() }

  var descriptor: Int32 { counter.descriptor }
  func ring() { counter.signal() }
  func silence() { counter.drain() }
  /// Waits until it is rung, no longer than the given time.
  func wait(milliseconds: Int) { counter.wait(milliseconds: milliseconds) }
}
