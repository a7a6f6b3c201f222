import Configuration
import Service
import Testing

/// Quotas on a clock that the tests drive.
@Suite struct QuotaTests {
  private static let second: UInt64 = 1_000_000_000

  private func producer(
    _ name: String, events: Int? = nil, kibibytes: Int? = nil, keywords: Int? = nil
  ) -> Configuration.Producer {
    var producer = Configuration.Producer(name: name, publicKeys: [], sourcePrefixes: [])
    producer.quotas.eventsPerSecond = events
    producer.quotas.kibibytesPerSecond = kibibytes
    producer.quotas.newKeywordsPerHour = keywords
    return producer
  }

  /// Sends a batch whenever it may, for so many seconds; how many batches passed.
  private func flood(
    _ book: inout QuotaBook, from start: UInt64 = 0, seconds: UInt64, events: Int = 0, bytes: Int = 0, newKeywords: Int = 0
  ) -> Int {
    var now = start
    var passed = 0
    while now < start + seconds * Self.second {
      if let wait = book.waitMilliseconds("p", at: now) {
        now += wait * 1_000_000
      } else {
        book.charge("p", events: events, bytes: bytes, newKeywords: newKeywords, at: now)
        passed += 1
      }
    }
    return passed
  }

  @Test func ratesAreKeptInTheLongRun() {
    // 1,000 a second for 100 seconds, and the burst of a tenth of one; a batch at either end.
    var book = QuotaBook([producer("p", events: 1_000)], at: 0)
    #expect((1_000...1_012).contains(flood(&book, seconds: 100, events: 100)))
    book = QuotaBook([producer("p", kibibytes: 100)], at: 0)
    #expect((1_000...1_012).contains(flood(&book, seconds: 100, bytes: 10_240)))
    // Batches that are larger than the burst pass, too, at the same rate.
    book = QuotaBook([producer("p", events: 100)], at: 0)
    #expect((24...26).contains(flood(&book, seconds: 1_000, events: 4_096)))
    // An hour's keywords at once, then the hour's rate.
    book = QuotaBook([producer("p", keywords: 360)], at: 0)
    #expect((71...74).contains(flood(&book, seconds: 3_600, newKeywords: 10)))
    // Whoever has no quota, or is not known, never waits.
    #expect(book.waitMilliseconds("q", at: 0) == nil)
  }

  @Test func aWaitIsLongEnoughAndNeverMoreThanAnHour() {
    for events in [1, 7, 1_000, 1_000_000] {
      var book = QuotaBook([producer("p", events: events)], at: 5)
      book.charge("p", events: 3 * events + 1, bytes: 0, newKeywords: 0, at: 5)
      guard let wait = book.waitMilliseconds("p", at: 5) else { Issue.record("no wait"); return }
      #expect(wait <= 3_600_000)
      #expect(book.waitMilliseconds("p", at: 5 + wait * 1_000_000) == nil, "\(events)")
    }
    var slow = QuotaBook([producer("p", keywords: 1)], at: 0)
    slow.charge("p", events: 0, bytes: 0, newKeywords: 65_536, at: 0)
    #expect(slow.waitMilliseconds("p", at: 0) == 3_600_000)
  }

  @Test func whoHasAQuotaNeedsNoMoreCreditThanItsBurst() {
    let book = QuotaBook([producer("p", events: 5_000, kibibytes: 100), producer("q"), producer("r", events: 1)], at: 0)
    #expect(book.creditLimit("p") == Load(events: 500, bytes: 10_240))
    #expect(book.creditLimit("q") == Load(events: .max, bytes: .max))
    #expect(book.creditLimit("r") == Load(events: 1, bytes: .max))
  }

  @Test func otherQuotasForgetNoDebt() {
    var book = QuotaBook([producer("p", events: 10)], at: 0)
    book.charge("p", events: 1_010, bytes: 0, newKeywords: 0, at: 0)
    let before = book.waitMilliseconds("p", at: 0) ?? 0
    book.update([producer("p", events: 100), producer("q")], at: 0)
    let after = book.waitMilliseconds("p", at: 0) ?? 0
    #expect(before > 99_000 && after > 9_900 && after < before)
    book.update([producer("p")], at: 0)
    #expect(book.waitMilliseconds("p", at: 0) == nil)
  }

  /// How many turns pass until a batch is judged of a producer that sends one now and then, beside one that sends a batch every
  /// turn and heeds no BUSY. A turn is a millisecond of the clock.
  ///
  /// The intake handles one message a turn, the connections in turn, as ZeroMQ's fair queue gives them. The engine judges in the
  /// order of taking, `serviceTurns` a batch; up to 512 batches wait for it.
  private func delays(isFlooded: Bool, quotaShare: Double?, serviceTurns: Int) -> (mean: Double, worst: Int) {
    let batch = 100
    let quota = quotaShare.map { Int(1_000.0 / Double(serviceTurns) * Double(batch) * $0) }
    var book = QuotaBook([producer("flood", events: quota), producer("polite")], at: 0)
    var engineFreeAt = 0
    var (politeSince, nextArrival): (Int?, Int) = (nil, 5_003)
    var isFloodsTurn = true
    var waits: [Int] = []
    for turn in 0..<400_000 {
      if politeSince == nil, turn >= nextArrival {
        politeSince = turn
        // No multiple of anything, so that it meets the other at every phase.
        nextArrival += 7 * serviceTurns + 13
      }
      let hasRoom = engineFreeAt - turn < 512 * serviceTurns
      if isFlooded, isFloodsTurn || politeSince == nil {
        isFloodsTurn = false
        guard hasRoom, book.waitMilliseconds("flood", at: UInt64(turn) * 1_000_000) == nil else { continue }
        book.charge("flood", events: batch, bytes: 0, newKeywords: 0, at: UInt64(turn) * 1_000_000)
        engineFreeAt = max(engineFreeAt, turn) + serviceTurns
      } else if let since = politeSince {
        isFloodsTurn = true
        guard hasRoom else { continue }
        engineFreeAt = max(engineFreeAt, turn) + serviceTurns
        waits.append(engineFreeAt - since)
        politeSince = nil
      }
    }
    return (Double(waits.reduce(0, +)) / Double(max(1, waits.count)), waits.max() ?? 0)
  }

  @Test(arguments: [5, 20, 100])
  func aProducerFarOverItsQuotaDoesNotDelayAnotherByMoreThanTwice(serviceTurns: Int) {
    let alone = delays(isFlooded: false, quotaShare: nil, serviceTurns: serviceTurns)
    // It sends fifteen times and more what its quota allows, which is a third of what the engine can do.
    let beside = delays(isFlooded: true, quotaShare: 0.33, serviceTurns: serviceTurns)
    #expect(beside.mean <= 1.5 * alone.mean, "\(beside) \(alone)")
    #expect(beside.worst <= 2 * alone.worst + 1, "\(beside) \(alone)")
    // The canary: without a quota it does.
    let unbounded = delays(isFlooded: true, quotaShare: nil, serviceTurns: serviceTurns)
    #expect(unbounded.mean > 10 * alone.mean, "\(unbounded) \(alone)")
  }
}
