import CPlatform
import Glibc

/// A bell that one thread rings and a polling loop hears: an eventfd, readable while rings are pending.
package struct EventCounter: ~Copyable, Sendable {
  private let owner: Descriptor

  package init() throws(SystemError) {
    let rawValue = cplatform_eventfd()
    guard rawValue >= 0 else { throw .current("create", "an event counter") }
    owner = Descriptor(owning: rawValue)
  }

  /// For `poll`; readable while rings are pending.
  package var descriptor: Int32 { owner.rawValue }

  /// Rings once; from any thread. It does not fail: a counter that is full is pending anyway.
  package borrowing func signal() {
    var one: UInt64 = 1
    while unsafe write(owner.rawValue, &one, 8) < 0, errno == EINTR {}
  }

  /// Waits until rings are pending, no longer than the given time.
  package borrowing func wait(milliseconds: Int) {
    var item = pollfd(fd: owner.rawValue, events: Int16(POLLIN), revents: 0)
    _ = unsafe poll(&item, 1, Int32(clamping: milliseconds))
  }

  /// The rings since the last call, which are pending no longer; zero where there were none.
  @discardableResult
  package borrowing func drain() -> UInt64 {
    var rings: UInt64 = 0
    while unsafe read(owner.rawValue, &rings, 8) < 0 {
      if errno != EINTR { return 0 }
    }
    return rings
  }
}
