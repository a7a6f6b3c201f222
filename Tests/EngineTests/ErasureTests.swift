import Reports
import TestSupport
import Testing

@testable import Engine

/// What is erased says nothing any more, and is folded as if it still did.
@Suite struct ErasureTests {
  private static let key = SipHash.Key(first: 5, second: 6)

  private static func settings() -> EngineSettings {
    var settings = EngineSettings()
    settings.binMinutes = 60
    settings.minimumWitnesses = 2
    settings.profiles[0].hasSeason = false
    settings.identityKey = key
    return settings
  }

  /// Reports in a few places of a few hours, some of them sent twice, some with other content, all with words of their own.
  private static func events(_ random: inout SeededGenerator) -> [Event] {
    var events: [Event] = []
    for number in 0..<400 {
      var event = Event(id: "\(number)", seconds: 1_423_000_000 + Int64(number) * 60)
      event.source = ["a", "b"].randomElement(using: &random) ?? "a"
      event.keywords = [["snow"], ["ice", "road"], []].randomElement(using: &random) ?? []
      event.latitude += Double.random(in: 0..<0.05, using: &random)
      event.text = Int.random(in: 0..<8, using: &random) == 0 ? "" : "confidential \(Int.random(in: 0..<60, using: &random))"
      event.subject = Int.random(in: 0..<3, using: &random) == 0 ? "ticket-\(Int.random(in: 0..<40, using: &random))" : ""
      if Int.random(in: 0..<5, using: &random) == 0 { event.reporter = .random(in: 1...9, using: &random) }
      events.append(event)
      if Int.random(in: 0..<10, using: &random) == 0 { events.append(event) }
      if Int.random(in: 0..<20, using: &random) == 0 {
        event.text += " otherwise"
        events.append(event)
      }
    }
    return events
  }

  private static func batches(_ events: [Event]) -> [ReportBatch] {
    stride(from: 0, to: events.count, by: 32).map { begin in
      var batch = makeBatch(events[begin..<min(begin + 32, events.count)], firstSequence: UInt64(begin + 1))
      for row in 0..<batch.count where batch.texts[row].length > 0 {
        batch.simHashes[row] = UInt64(batch.arena[batch.texts[row].range].reduce(7) { $0 &* 31 &+ UInt32($1) })
      }
      return batch
    }
  }

  /// The verdicts and all that is given out.
  private static func fold(_ batches: [ReportBatch]) -> (verdicts: [Verdict], store: Store) {
    var engine = Engine(settings: settings())
    var store = Store()
    var verdicts: [Verdict] = []
    for (number, batch) in batches.enumerated() {
      verdicts += engine.apply(batch, at: UInt64(number) * 100..<UInt64(number) * 100 + 100)
      store.take(engine.drain())
    }
    return (verdicts, store)
  }

  private static func holds(_ batch: ReportBatch, _ word: String) -> Bool {
    var bytes: [UInt8] = []
    batch.encode(into: &bytes)
    return String(decoding: bytes, as: UTF8.self).contains(word)
  }

  @Test(arguments: 0..<20 as Range<UInt64>)
  func aFoldComesOutTheSame(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let before = Self.batches(Self.events(&random))
    var after = before
    for index in after.indices {
      let rows = (0..<after[index].count).filter { _ in Bool.random(using: &random) }
      #expect(Engine.erase(&after[index], rows, key: Self.key) == rows.count)
      #expect(Engine.erase(&after[index], rows, key: Self.key) == 0, "once is enough")
      try after[index].validate()
      #expect(after[index].encodedByteCount == before[index].encodedByteCount)
      var bytes: [UInt8] = []
      after[index].encode(into: &bytes)
      #expect(try ReportBatch(decoding: bytes.span) == after[index])
      for row in rows {
        #expect(after[index].texts[row].length == 0 && after[index].subjects[row].length == 0)
        let isSecret = before[index].reporters[row] == 0 && before[index].subjects[row].length > 0
        #expect((after[index].reporters[row] != before[index].reporters[row]) == isSecret)
      }
    }
    let (first, second) = (Self.fold(before), Self.fold(after))
    #expect(first.verdicts == second.verdicts, "seed \(seed)")
    #expect(first.store == second.store, "seed \(seed)")
    #expect(first.verdicts.contains(.rejected(.conflict)) && first.verdicts.contains(.duplicateOfIdentity))
    #expect(first.store.clusters.values.contains { !$0.samples.isEmpty && $0.nearDuplicateCount > 0 })
  }

  /// The canary: a text that is only left out does not fold the same.
  @Test func whatIsOnlyLeftOutIsMissed() {
    var random = SeededGenerator(seed: 1)
    let before = Self.batches(Self.events(&random))
    var after = before
    for index in after.indices { for row in 0..<after[index].count { after[index].texts[row] = .empty } }
    #expect(Self.fold(before).verdicts != Self.fold(after).verdicts)
    #expect(Self.fold(before).store != Self.fold(after).store)
  }

  @Test func nothingOfTheWordsIsLeft() {
    var random = SeededGenerator(seed: 2)
    for var batch in Self.batches(Self.events(&random)) {
      #expect(Self.holds(batch, "confidential") && Self.holds(batch, "snow"))
      _ = Engine.erase(&batch, Array(0..<batch.count), key: Self.key)
      #expect(!Self.holds(batch, "confidential") && !Self.holds(batch, "ticket"))
      #expect(Self.holds(batch, "snow"), "keywords stay")
    }
  }

  /// Words that were taken from the text go with it, or stay without their order; rows beside it keep theirs.
  @Test func wordsOfATextGoWithIt() throws {
    var batch = ReportBatch(
      producer: [], epoch: Epoch(high: 0, low: 1), firstSequence: 1, receivedAt: Timestamp(seconds: 0))
    for (id, words) in [("1", ["water", "main", "burst"]), ("2", ["water", "gone"])] {
      for word in words { batch.keywords.append(batch.store(word.utf8)) }
      batch.appendReport(
        time: Timestamp(seconds: 9), place: nil, accuracyMeters: 0, reporter: 0, source: batch.store("s".utf8),
        id: batch.store(id.utf8), subject: .empty, text: batch.store(words.joined(separator: " ").utf8), flags: .termsFromText)
    }
    func words(_ batch: ReportBatch, _ row: Int) -> [String] {
      batch.keywordRange(row).map { String(decoding: batch.arena[batch.keywords[$0].range], as: UTF8.self) }
    }
    let byteCount = batch.encodedByteCount
    var sorted = batch
    #expect(Engine.erase(&sorted, [0], key: Self.key, keepsTerms: true) == 1)
    #expect(words(sorted, 0) == ["burst", "main", "water"] && words(sorted, 1) == ["water", "gone"])
    #expect(Engine.erase(&batch, [0], key: Self.key) == 1)
    #expect(words(batch, 0) == [] && words(batch, 1) == ["water", "gone"])
    #expect(!Self.holds(batch, "burst") && Self.holds(batch, "water gone"))
    for batch in [batch, sorted] {
      try batch.validate()
      #expect(batch.encodedByteCount == byteCount)
    }
  }

  @Test func aRefusedEventLosesItsContent() throws {
    var batch = makeBatch([Event(id: "1", seconds: 5)])
    batch.appendRejected(.conflict, source: batch.store("a".utf8), id: batch.store("2".utf8), raw: batch.store("{secret}".utf8))
    let byteCount = batch.encodedByteCount
    #expect(Engine.erase(&batch, [1], key: Self.key) == 1)
    try batch.validate()
    #expect(batch.encodedByteCount == byteCount && !Self.holds(batch, "secret") && batch.raw(1).length == 0)
  }

  @Test func aKeywordIsForgotten() {
    var engine = Engine(settings: Self.settings())
    _ = engine.apply(makeBatch([Event(id: "1", seconds: 5, keywords: ["smith", "snow"])]), at: 0..<10)
    _ = engine.drain()
    let number = engine.keyword(Array("smith".utf8)[...])
    engine.forget(keyword: number ?? 99, callingIt: "erased-\(number ?? 99)")
    #expect(engine.keyword(Array("smith".utf8)[...]) == nil)
    #expect(engine.keyword(Array("snow".utf8)[...]) != nil)
    #expect(engine.drain().keywords.map { String(decoding: $0.text, as: UTF8.self) } == ["erased-\(number ?? 99)"])
    _ = engine.apply(makeBatch([Event(id: "2", seconds: 6, keywords: ["smith"])], firstSequence: 2), at: 10..<20)
    #expect(engine.keyword(Array("smith".utf8)[...]) != number, "who writes it again begins anew")
  }
}
