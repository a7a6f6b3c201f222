import Glibc
import Platform
import Synchronization
import Testing

@Suite struct ThreadTests {
  @Test func runsNamedAndIsJoined() throws {
    let name = Mutex("")
    try withExtendedLifetime(name) {
      let thread = try Thread(name: "tocsin-intake-and-more") { name.withLock { $0 = Thread.currentName } }
      thread.join()
    }
    #expect(name.withLock { $0 } == "tocsin-intake-a")
  }

  @Test func hasARoomyStack() throws {
    @Sendable func depth(_ levels: Int) -> Int {
      var block: InlineArray<1024, UInt8> = InlineArray(repeating: UInt8(truncatingIfNeeded: levels))
      block[levels & 1023] = 1
      return levels == 0 ? Int(block[0]) : depth(levels - 1) + Int(block[levels & 1023])
    }
    let result = Mutex(0)
    // 3,000 frames of a KiB and more each.
    let thread = try Thread(name: "deep") { result.withLock { $0 = depth(3000) } }
    thread.join()
    #expect(result.withLock { $0 } == 3001)
  }
}

@Suite struct MonitorTests {
  @Test func whoWaitsIsWokenByEveryChange() throws {
    let monitor = Monitor(0)
    let outside = Mutex(0)
    try withExtendedLifetime(outside) {
      let thread = try Thread(name: "counter") {
        for _ in 0..<1_000 {
          monitor.locked { $0 += 1 }
          monitor.notifyAll()
        }
        outside.withLock { $0 = 7 }
        monitor.notifyAll()
      }
      #expect(monitor.wait(until: nil) { $0 >= 500 ? $0 : nil } ?? 0 >= 500)
      #expect(monitor.wait(until: nil) { count in outside.withLock { $0 } == 7 ? count : nil } == 1_000)
      thread.join()
    }
  }

  @Test func aWaitEndsWithItsTime() {
    let monitor = Monitor(0)
    let deadline = Clock.monotonicNanoseconds() + 2_000_000
    #expect(monitor.wait(until: deadline) { _ in nil as Int? } == nil)
    #expect(Clock.monotonicNanoseconds() >= deadline)
    #expect(monitor.wait(until: 0) { $0 } == 0)
  }
}

@Suite struct BoundedQueueTests {
  @Test func isFirstInFirstOut() {
    let queue = BoundedQueue<Int>(capacity: 3)
    #expect(queue.tryPop() == nil)
    #expect(queue.tryPush(1) && queue.tryPush(2) && queue.push(3))
    #expect(!queue.tryPush(4))
    #expect(queue.count == 3)
    #expect(queue.pop() == 1)
    #expect(queue.tryPush(4))
    #expect([queue.tryPop(), queue.pop(), queue.pop(), queue.tryPop()] == [2, 3, 4, nil])
  }

  @Test func afterClosingItOnlyDrains() {
    let queue = BoundedQueue<Int>(capacity: 2)
    #expect(queue.push(1))
    queue.close()
    #expect(!queue.push(2) && !queue.tryPush(2))
    #expect(queue.pop() == 1)
    #expect(queue.pop() == nil && queue.tryPop() == nil)
  }

  @Test func manyAtOnceKeepTheirOrderAndTheBound() {
    let queue = BoundedQueue<Int>(capacity: 3)
    #expect(queue.push(contentsOf: [1, 2]) && queue.push(contentsOf: []) && queue.count == 2)
    var taken = [0]
    #expect(queue.pop(into: &taken, limit: 1) && taken == [0, 1])
    #expect(queue.push(contentsOf: [3, 4]))
    queue.tryPop(into: &taken)
    #expect(taken == [0, 1, 2, 3, 4] && queue.count == 0)
    queue.tryPop(into: &taken)
    #expect(taken.count == 5)
    #expect(queue.push(5))
    queue.close()
    #expect(!queue.push(contentsOf: [6]))
    #expect(queue.pop(into: &taken, limit: 9) && taken.last == 5)
    #expect(!queue.pop(into: &taken, limit: 9))
  }

  /// Groups that are longer than the queue, between threads: all arrive once, in order.
  @Test func groupsLongerThanTheQueuePassThroughIt() throws {
    let queue = BoundedQueue<Int>(capacity: 5)
    let pusher = try Thread(name: "pusher") {
      var next = 0
      for length in [1, 13, 0, 5, 4, 6, 64, 2] + Array(repeating: 7, count: 500) {
        _ = queue.push(contentsOf: Array(next..<next + length))
        next += length
      }
      queue.close()
    }
    var taken: [Int] = []
    var limit = 1
    while queue.pop(into: &taken, limit: limit) { limit = limit % 7 + 1 }
    pusher.join()
    #expect(taken == Array(0..<(1 + 13 + 5 + 4 + 6 + 64 + 2 + 3_500)))
  }

  @Test func closingWakesThoseWhoWait() throws {
    let full = BoundedQueue<Int>(capacity: 1)
    let empty = BoundedQueue<Int>(capacity: 1)
    #expect(full.push(1))
    let results = Mutex<[Bool]>([])
    let pusher = try Thread(name: "pusher") {
      let pushed = full.push(2)
      results.withLock { $0.append(pushed) }
    }
    let popper = try Thread(name: "popper") {
      let popped = empty.pop() != nil
      results.withLock { $0.append(popped) }
    }
    full.close()
    empty.close()
    pusher.join()
    popper.join()
    #expect(results.withLock { $0 } == [false, false])
  }

  /// Four push and four pop through three places: all arrive once, and those of one pusher in its order.
  @Test func losesAndDoublesNothingBetweenThreads() throws {
    let perPusher = 5_000
    let queue = BoundedQueue<(pusher: Int, number: Int)>(capacity: 3)
    let popped = Mutex<[[(pusher: Int, number: Int)]]>([])
    let running = Atomic<Int>(4)
    let gate = BoundedQueue<Int>(capacity: 8)
    let push: @Sendable (Int) -> Void = { name in
      _ = gate.pop()
      for number in 0..<perPusher where !queue.push((name, number)) { Issue.record("the queue was closed early") }
      if running.wrappingSubtract(1, ordering: .relaxed).newValue == 0 { queue.close() }
    }
    let pop: @Sendable () -> Void = {
      _ = gate.pop()
      var mine: [(pusher: Int, number: Int)] = []
      while let element = queue.pop() { mine.append(element) }
      popped.withLock { [mine] in $0.append(mine) }
    }
    let pusher0 = try Thread(name: "push 0") { push(0) }
    let pusher1 = try Thread(name: "push 1") { push(1) }
    let pusher2 = try Thread(name: "push 2") { push(2) }
    let pusher3 = try Thread(name: "push 3") { push(3) }
    let popper0 = try Thread(name: "pop 0", pop)
    let popper1 = try Thread(name: "pop 1", pop)
    let popper2 = try Thread(name: "pop 2", pop)
    let popper3 = try Thread(name: "pop 3", pop)
    for _ in 0..<8 { _ = gate.push(0) }
    pusher0.join()
    pusher1.join()
    pusher2.join()
    pusher3.join()
    popper0.join()
    popper1.join()
    popper2.join()
    popper3.join()
    let all = popped.withLock { $0 }
    #expect(all.reduce(0) { $0 + $1.count } == 4 * perPusher)
    for name in 0..<4 {
      var seen = Set<Int>()
      for mine in all {
        let numbers = mine.filter { $0.pusher == name }.map(\.number)
        #expect(numbers == numbers.sorted())
        seen.formUnion(numbers)
      }
      #expect(seen.count == perPusher)
    }
  }
}

@Suite struct EventCounterTests {
  private func isReadable(_ descriptor: Int32) -> Bool {
    var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return unsafe poll(&entry, 1, 0) == 1
  }

  @Test func countsAndWakes() throws {
    let counter = try EventCounter()
    #expect(!isReadable(counter.descriptor))
    #expect(counter.drain() == 0)
    counter.signal()
    counter.signal()
    #expect(isReadable(counter.descriptor))
    #expect(counter.drain() == 2)
    #expect(!isReadable(counter.descriptor))
  }

  /// Raised at the thread itself, so that no other thread of the test process is hit.
  @Test func signalsAreReadAsData() throws {
    let seen = Mutex<[SignalSet.Signal?]>([])
    let thread = try Thread(name: "signals") {
      guard let set = try? SignalSet() else { return }
      for number in [SIGHUP, SIGTERM, SIGINT, SIGPIPE] {
        raise(number)
        let signal = try? set.next()
        seen.withLock { $0.append(signal) }
      }
      let none = try? set.next()
      seen.withLock { $0.append(none) }
    }
    thread.join()
    #expect(seen.withLock { $0 } == [.hangUp, .terminate, .interrupt, .brokenPipe, nil])
  }
}

@Suite struct SystemTests {
  @Test func clocksRun() {
    let monotonic = Clock.monotonicNanoseconds()
    let thread = Clock.threadNanoseconds()
    // 2020-01-01 to 2100-01-01.
    #expect((1_577_836_800_000_000...4_102_444_800_000_000).contains(Clock.wallMicroseconds()))
    #expect(Clock.monotonicNanoseconds() >= monotonic)
    #expect(Clock.threadNanoseconds() >= thread)
  }

  @Test func randomBytesDiffer() throws {
    let bytes = try SecureRandom.bytes(count: 1000)
    #expect(bytes.count == 1000)
    #expect(Set(bytes).count > 200)
    #expect(try SecureRandom.bytes(count: 0) == [])
    #expect(try SecureRandom.integer() != SecureRandom.integer())
  }

  @Test func aFileIsNoTerminal() throws {
    let counter = try EventCounter()
    #expect(!Terminal.isTerminal(descriptor: counter.descriptor))
    #expect(Terminal.width(descriptor: counter.descriptor) == nil)
  }
}
