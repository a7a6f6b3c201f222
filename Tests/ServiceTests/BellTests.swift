import Platform
import Service
import Synchronization
import Testing

@Suite struct BellTests {
  @Test func onlyTheFirstRingWakes() throws {
    let bell = try Bell()
    let counter = try EventCounter()
    #expect(counter.drain() == 0)
    for _ in 0..<3 { bell.ring() }
    bell.wait(milliseconds: 60_000)
    bell.silence()
    let before = Clock.monotonicNanoseconds()
    bell.wait(milliseconds: 20)
    #expect(Clock.monotonicNanoseconds() - before >= 20_000_000)
    bell.ring()
    bell.wait(milliseconds: 60_000)
  }

  /// Several ring as fast as they can, each after it has put something down; one waits, silences and collects. A ring that is lost
  /// would leave it waiting with something there: nobody rings again before that is collected.
  @Test(arguments: 1...3) func noRingIsLost(ringers: Int) throws {
    let bell = try Bell()
    let roundCount = 20_000
    let (put, collected) = (Counters(ringers), Counters(ringers))
    let threads = try (0..<ringers).map { ringer in
      Held(
        try Thread(name: "ringer \(ringer)") {
          for round in 1...roundCount {
            put[ringer].store(round, ordering: .relaxed)
            bell.ring()
            // Every so often at once, so that rings fall into any moment of the other side.
            if round % 16 != 0 { while collected[ringer].load(ordering: .relaxed) < round {} }
          }
        })
    }
    var lost = 0
    var sum = 0
    while sum < ringers * roundCount, lost == 0 {
      let before = Clock.monotonicNanoseconds()
      bell.wait(milliseconds: 10_000)
      if Clock.monotonicNanoseconds() - before >= 10_000_000_000 { lost += 1 }
      bell.silence()
      for ringer in 0..<ringers { collected[ringer].store(put[ringer].load(ordering: .relaxed), ordering: .relaxed) }
      sum = (0..<ringers).reduce(0) { $0 + collected[$1].load(ordering: .relaxed) }
    }
    #expect(lost == 0)
    for ringer in 0..<ringers { collected[ringer].store(.max, ordering: .relaxed) }
    for thread in threads { thread.join() }
  }
}

/// Some atomic counters.
private final class Counters: Sendable {
  private final class Counter: Sendable { let value = Atomic<Int>(0) }
  private let counters: [Counter]

  init(_ count: Int) { counters = (0..<count).map { _ in Counter() } }

  subscript(index: Int) -> Atomic<Int> { _read { yield counters[index].value } }
}

/// A thread in an array.
private final class Held {
  private var thread: Thread?

  init(_ thread: consuming Thread) { self.thread = consume thread }

  func join() { thread.take()?.join() }
}
