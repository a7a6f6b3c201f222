import Service
import TestSupport
import Testing

/// How what may be under way is shared. No clock, no sockets.
@Suite struct CreditPoolTests {
  private let limit = Load(events: 1_000, bytes: 1_000_000)

  @Test func creditsShrinkAsTheQueuesFillAndGrowAgain() {
    var pool = CreditPool(capacity: Load(events: 1_000, bytes: 1_000_000))
    var (a, b) = (Load(), Load())
    #expect(pool.grant(outstanding: a, limit: limit) == Load(events: 1_000, bytes: 1_000_000))
    var last = 1_001
    for _ in 0..<9 {
      pool.take(Load(events: 100, bytes: 100_000), outstanding: &a)
      let told = pool.grant(outstanding: b, limit: limit).events
      #expect(told < last)
      last = told
      // What the other has and may have is everything.
      #expect(pool.grant(outstanding: a, limit: limit).events == 1_000)
    }
    pool.take(Load(events: 100, bytes: 100_000), outstanding: &a)
    #expect(pool.isFull && pool.grant(outstanding: b, limit: limit) == Load())
    #expect(!pool.admits(Load(events: 1, bytes: 1), outstanding: b, limit: limit))
    for _ in 0..<10 { pool.settle(Load(events: 100, bytes: 100_000), outstanding: &a) }
    #expect(pool.underWay == Load() && a == Load())
    pool.take(Load(events: 10, bytes: 10), outstanding: &b)
    #expect(pool.grant(outstanding: a, limit: limit) == Load(events: 495, bytes: 499_995))
    #expect(pool.grant(outstanding: b, limit: limit, isStalled: true) == Load(events: 10, bytes: 10))
  }

  /// One that ignores its credit gets no more than three quarters; whoever has nothing under way still gets a batch in.
  @Test func aGreedySessionLeavesRoomForTheOthers() {
    var pool = CreditPool(capacity: Load(events: 1_000, bytes: 1_000_000))
    let unbounded = Load(events: .max / 2, bytes: .max / 2)
    var (greedy, polite, third) = (Load(), Load(), Load())
    let batch = Load(events: 50, bytes: 50_000)
    pool.take(batch, outstanding: &polite)
    while pool.admits(batch, outstanding: greedy, limit: unbounded) { pool.take(batch, outstanding: &greedy) }
    #expect(pool.underWay.events == 750 && greedy.events == 700)
    #expect(pool.admits(batch, outstanding: polite, limit: unbounded))
    #expect(pool.admits(batch, outstanding: third, limit: unbounded))
    pool.take(batch, outstanding: &third)
    #expect(!pool.admits(batch, outstanding: greedy, limit: unbounded))
    pool.forget(outstanding: greedy)
    for _ in 0..<14 { pool.settleForgotten(batch) }
    #expect(pool.underWay.events == 100)
    #expect(pool.admits(batch, outstanding: third, limit: unbounded))
  }

  /// Whatever sessions do, no more is under way than there is room for, and every batch that settles makes room again.
  @Test(arguments: 0..<32 as Range<UInt64>)
  func theBoundHolds(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let capacity = Load(events: 5_000, bytes: 1 << 20)
    var pool = CreditPool(capacity: capacity)
    var sessions = [Load](repeating: Load(), count: 40)
    var underWay: [(session: Int, batch: Load)] = []
    for _ in 0..<5_000 {
      let session = Int.random(in: 0..<40, using: &generator)
      if Bool.random(using: &generator) {
        let batch = Load(
          events: Int.random(in: 1...4_096, using: &generator), bytes: Int.random(in: 1...(1 << 18), using: &generator))
        guard pool.admits(batch, outstanding: sessions[session], limit: limit) else { continue }
        pool.take(batch, outstanding: &sessions[session])
        underWay.append((session, batch))
      } else if !underWay.isEmpty {
        let answered = underWay.removeFirst()
        pool.settle(answered.batch, outstanding: &sessions[answered.session])
      }
      let sum = underWay.reduce(into: Load()) { sum, each in
        sum.events += each.batch.events
        sum.bytes += each.batch.bytes
      }
      #expect(pool.underWay == sum && sum.events <= capacity.events && sum.bytes <= capacity.bytes)
    }
    while let answered = underWay.popLast() { pool.settle(answered.batch, outstanding: &sessions[answered.session]) }
    #expect(pool.underWay == Load() && sessions.allSatisfy { $0 == Load() })
    #expect(pool.grant(outstanding: Load(), limit: capacity) == capacity, "nobody is active any more")
  }
}
