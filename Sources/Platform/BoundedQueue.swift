import Glibc

/// A first-in, first-out queue between threads that holds at most `capacity` elements: a full queue makes its pushers wait.
///
/// After `close` nothing more goes in, and what is in may still be taken out. Every call is O(1).
@safe package final class BoundedQueue<Element: Sendable>: @unchecked Sendable {
  package let capacity: Int

  // Everything below is touched only by the holder of `mutex`.
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let hasElements: UnsafeMutablePointer<pthread_cond_t>
  private let hasSpace: UnsafeMutablePointer<pthread_cond_t>
  private var ring: [Element?]
  private var head = 0
  private var used = 0
  private var isClosed = false

  /// A queue of at least one place.
  package init(capacity: Int) {
    precondition(capacity > 0, "a queue without a place would stop its first pusher forever")
    self.capacity = capacity
    ring = Array(repeating: nil, count: capacity)
    unsafe mutex = .allocate(capacity: 1)
    unsafe hasElements = .allocate(capacity: 1)
    unsafe hasSpace = .allocate(capacity: 1)
    unsafe pthread_mutex_init(mutex, nil)
    unsafe pthread_cond_init(hasElements, nil)
    unsafe pthread_cond_init(hasSpace, nil)
  }

  deinit {
    unsafe pthread_cond_destroy(hasSpace)
    unsafe pthread_cond_destroy(hasElements)
    unsafe pthread_mutex_destroy(mutex)
    unsafe hasSpace.deallocate()
    unsafe hasElements.deallocate()
    unsafe mutex.deallocate()
  }

  /// Elements held at this moment.
  package var count: Int { locked { used } }

  /// Appends, waiting while the queue is full; false, and nothing appended, where it is closed.
  package func push(_ element: Element) -> Bool {
    locked {
      while used == capacity, !isClosed { unsafe pthread_cond_wait(hasSpace, mutex) }
      return insert(element)
    }
  }

  /// Appends at once; false where the queue is full or closed.
  package func tryPush(_ element: Element) -> Bool {
    locked { used < capacity && insert(element) }
  }

  /// Appends many in their order, waiting for space where need be; false, and the rest not appended, where it is closed.
  package func push(contentsOf elements: [Element]) -> Bool {
    locked {
      for element in elements {
        while used == capacity, !isClosed {
          // Who takes does not know yet of those before this one.
          unsafe pthread_cond_broadcast(hasElements)
          unsafe pthread_cond_wait(hasSpace, mutex)
        }
        guard place(element) else { return false }
      }
      unsafe pthread_cond_broadcast(hasElements)
      return true
    }
  }

  /// Takes the oldest elements, at most so many, waiting for one; false once the queue is closed and empty.
  ///
  /// - Parameter elements: what is taken stands at its end.
  package func pop(into elements: inout [Element], limit: Int) -> Bool {
    locked {
      while used == 0, !isClosed { unsafe pthread_cond_wait(hasElements, mutex) }
      return take(into: &elements, limit: limit) > 0
    }
  }

  /// Takes all elements that are there.
  package func tryPop(into elements: inout [Element]) { _ = locked { take(into: &elements, limit: capacity) } }

  /// Takes the oldest element, waiting for one; nil once the queue is closed and empty.
  package func pop() -> Element? {
    locked {
      while used == 0, !isClosed { unsafe pthread_cond_wait(hasElements, mutex) }
      return removeOldest()
    }
  }

  /// What a wait that may end empty-handed came to.
  package enum Wait {
    case element(Element)
    case timedOut
    case closed
  }

  /// Takes the oldest element, waiting for one no longer than the given time.
  package func pop(withinMilliseconds milliseconds: Int) -> Wait {
    var deadline = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &deadline)
    deadline.tv_sec += milliseconds / 1_000
    deadline.tv_nsec += milliseconds % 1_000 * 1_000_000
    if deadline.tv_nsec >= 1_000_000_000 {
      deadline.tv_sec += 1
      deadline.tv_nsec -= 1_000_000_000
    }
    return locked {
      while used == 0, !isClosed {
        if unsafe pthread_cond_timedwait(hasElements, mutex, &deadline) == ETIMEDOUT { break }
      }
      if let element = removeOldest() { return .element(element) }
      return isClosed ? .closed : .timedOut
    }
  }

  /// Takes the oldest element; nil where there is none.
  package func tryPop() -> Element? {
    locked { removeOldest() }
  }

  /// Lets nothing more in and wakes everyone who waits.
  package func close() {
    locked {
      isClosed = true
      unsafe pthread_cond_broadcast(hasElements)
      unsafe pthread_cond_broadcast(hasSpace)
    }
  }

  private func locked<Result>(_ body: () -> Result) -> Result {
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    return body()
  }

  private func insert(_ element: Element) -> Bool {
    guard place(element) else { return false }
    unsafe pthread_cond_signal(hasElements)
    return true
  }

  private func place(_ element: Element) -> Bool {
    guard !isClosed else { return false }
    ring[(head + used) % capacity] = element
    used += 1
    return true
  }

  private func take(into elements: inout [Element], limit: Int) -> Int {
    let count = min(used, limit)
    for _ in 0..<count {
      if let element = ring[head] { elements.append(element) }
      ring[head] = nil
      head = (head + 1) % capacity
    }
    used -= count
    if count > 0 { unsafe pthread_cond_broadcast(hasSpace) }
    return count
  }

  private func removeOldest() -> Element? {
    guard used > 0 else { return nil }
    let element = ring[head]
    ring[head] = nil
    head = (head + 1) % capacity
    used -= 1
    unsafe pthread_cond_signal(hasSpace)
    return element
  }
}
