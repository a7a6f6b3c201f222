import Glibc

/// A value that several threads share, and the means to wait until it has changed.
@safe package final class Monitor<State>: @unchecked Sendable {
  // `state` is touched only by the holder of `mutex`.
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let changed: UnsafeMutablePointer<pthread_cond_t>
  private var state: State

  package init(_ state: sending State) {
    self.state = state
    unsafe mutex = .allocate(capacity: 1)
    unsafe changed = .allocate(capacity: 1)
    unsafe pthread_mutex_init(mutex, nil)
    var attributes = pthread_condattr_t()
    unsafe pthread_condattr_init(&attributes)
    unsafe pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    unsafe pthread_cond_init(changed, &attributes)
    unsafe pthread_condattr_destroy(&attributes)
  }

  deinit {
    unsafe pthread_cond_destroy(changed)
    unsafe pthread_mutex_destroy(mutex)
    unsafe changed.deallocate()
    unsafe mutex.deallocate()
  }

  /// Runs a closure that has the value for itself.
  package func locked<Value, Failure: Error>(
    _ body: (inout State) throws(Failure) -> Value
  ) throws(Failure) -> Value {
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    return try body(&state)
  }

  /// Wakes everyone who waits, to look again: also at what else than the value they look at, where that was changed before.
  package func notifyAll() {
    // With the lock: nobody may be between looking and waiting now.
    unsafe pthread_mutex_lock(mutex)
    unsafe pthread_cond_broadcast(changed)
    unsafe pthread_mutex_unlock(mutex)
  }

  /// Runs a closure again after every `notifyAll` until it gives a value; nil once the time is over.
  ///
  /// - Parameter deadline: by `Clock.monotonicNanoseconds`; nil waits for ever.
  package func wait<Value, Failure: Error>(
    until deadline: UInt64?, _ body: (inout State) throws(Failure) -> Value?
  ) throws(Failure) -> Value? {
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    while true {
      if let value = try body(&state) { return value }
      guard let deadline else {
        unsafe pthread_cond_wait(changed, mutex)
        continue
      }
      guard Clock.monotonicNanoseconds() < deadline else { return nil }
      var time = timespec()
      time.tv_sec = Int(clamping: deadline / 1_000_000_000)
      time.tv_nsec = Int(deadline % 1_000_000_000)
      unsafe pthread_cond_timedwait(changed, mutex, &time)
    }
  }
}
