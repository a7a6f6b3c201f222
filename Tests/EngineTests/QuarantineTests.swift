import Engine
import Reports
import TestSupport
import Testing

/// What the engine keeps of refused events is the longest run of the newest that fits, however it is cut and drained.
@Suite struct QuarantineTests {
  /// One row: a refused one of so many bytes, or a good one.
  private struct Row {
    var rejection: Rejection?
    var id: String
    var byteCount: Int
  }

  private func batch(_ rows: [Row], producer: String, first: UInt64) -> ReportBatch {
    var batch = ReportBatch(
      producer: Array(producer.utf8), epoch: Epoch(high: 0, low: 1), firstSequence: first,
      receivedAt: Timestamp(seconds: Int64(first)))
    for row in rows {
      let (source, id) = (batch.store("/s".utf8), batch.store(row.id.utf8))
      if let rejection = row.rejection {
        batch.appendRejected(rejection, source: source, id: id, raw: batch.store(repeatElement(0x61, count: row.byteCount)))
      } else {
        batch.appendReport(
          time: Timestamp(seconds: 1_000), place: nil, accuracyMeters: 0, reporter: 0, source: source, id: id, subject: .empty,
          text: batch.store("t".utf8))
      }
    }
    return batch
  }

  private func engine(events: Int, bytes: Int) -> Engine {
    var settings = EngineSettings()
    (settings.quarantineEventCount, settings.quarantineByteCount) = (events, bytes)
    return Engine(settings: settings)
  }

  @Test(arguments: 0..<16 as Range<UInt64>)
  func itHoldsTheNewestThatFit(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let rows = (0..<300).map { number in
      Row(
        rejection: Bool.random(using: &random) ? .missingID : nil, id: "\(number)",
        byteCount: Int.random(in: 0...900, using: &random))
    }
    let (limit, bytes) = (Int.random(in: 0...40, using: &random), Int.random(in: 0...20_000, using: &random))
    // The honest twin: from the newest back, while both bounds hold.
    let refused = rows.indices.filter { rows[$0].rejection != nil }
    var kept: [Int] = []
    var sum = 0
    for index in refused.reversed() {
      sum += rows[index].byteCount
      if kept.count == limit || sum > bytes { break }
      kept.insert(index, at: 0)
    }
    var engine = engine(events: limit, bytes: bytes)
    var stored: [UInt64: UInt64] = [:]
    var state: Changes.Quarantined?
    var position: UInt64 = 0
    var start = 0
    while start < rows.count {
      let end = min(rows.count, start + Int.random(in: 1...40, using: &random))
      _ = engine.apply(batch(Array(rows[start..<end]), producer: "p", first: UInt64(start) + 1), at: position..<position + 1)
      position += 1
      start = end
      guard Bool.random(using: &random) || end == rows.count else { continue }
      let changes = engine.drain()
      for refusal in changes.refusals { stored[refusal.number] = refusal.sequence }
      if let now = changes.quarantine { state = now }
      if let first = state?.firstNumber { stored = stored.filter { $0.key >= first } }
    }
    #expect(stored.sorted { $0.key < $1.key }.map(\.value) == kept.map { UInt64($0) + 1 }, "seed \(seed)")
    #expect(state?.refusedCount == UInt64(refused.count))
    #expect(state?.firstNumber == UInt64(refused.count - kept.count) + 1)
    #expect(stored.keys.max() ?? UInt64(refused.count) == UInt64(refused.count))
  }

  @Test func whatIsSentAgainIsMarkedAndNotKeptTwice() {
    var engine = engine(events: 10, bytes: 1_000)
    _ = engine.apply(
      batch(
        [Row(rejection: .timeAhead, id: "a", byteCount: 1), Row(rejection: .timeAhead, id: "b", byteCount: 1)], producer: "p",
        first: 1),
      at: 0..<1)
    func retry(_ row: Row, _ position: UInt64) -> Changes {
      _ = engine.apply(batch([row], producer: "quarantine", first: position), at: position..<position + 1)
      return engine.drain()
    }
    var changes = retry(Row(rejection: .timeAhead, id: "a", byteCount: 1), 1)
    #expect(changes.refusals.map(\.number) == [1, 2])
    let time = Timestamp(seconds: 1)
    #expect(changes.retries == [.init(number: 1, count: 1, at: time, verdict: .rejected(.timeAhead))])
    changes = retry(Row(rejection: nil, id: "a", byteCount: 0), 2)
    #expect(changes.retries == [.init(number: 1, count: 2, at: Timestamp(seconds: 2), verdict: .accepted)])
    // It is held: nothing that comes later changes that, and what nobody waits for is kept as any other.
    #expect(retry(Row(rejection: nil, id: "a", byteCount: 0), 3).retries.isEmpty)
    changes = retry(Row(rejection: .missingTime, id: "c", byteCount: 1), 4)
    #expect(changes.retries.isEmpty && changes.refusals.map(\.number) == [3])
    // Another producer's event marks nothing.
    _ = engine.apply(batch([Row(rejection: nil, id: "b", byteCount: 0)], producer: "p", first: 3), at: 9..<10)
    #expect(engine.drain().retries.isEmpty)
  }

  /// A cursor that is gone over, a note without rows, and what a repaired journal has lost.
  @Test func theLedgerSaysWhatIsMissing() {
    var engine = engine(events: 10, bytes: 1_000)
    func apply(_ batch: ReportBatch, _ position: UInt64) -> ProducerLedger? {
      _ = engine.apply(batch, at: position..<position + 1)
      return engine.drain().producers.first
    }
    let good = { (id: String) in Row(rejection: nil, id: id, byteCount: 0) }
    _ = apply(batch([good("1"), good("2")], producer: "p", first: 1), 0)
    var note = batch([], producer: "p", first: 3)
    (note.announcedSequence, note.rerequestCount) = (9, 1)
    var ledger = apply(note, 1)
    #expect(ledger?.throughSequence == 2 && ledger?.outstandingCount == 7 && ledger?.rerequestCount == 1)
    ledger = apply(batch([good("2"), good("3")], producer: "p", first: 2), 2)
    #expect(ledger?.resentCount == 1 && ledger?.throughSequence == 3 && ledger?.missingCount == 0)
    ledger = apply(batch([good("8")], producer: "p", first: 8), 3)
    #expect(ledger?.missingCount == 4 && ledger?.throughSequence == 8 && ledger?.outstandingCount == 1)
    #expect(ledger?.ledger.received == 5 && ledger?.ledger.accepted == 4 && ledger?.ledger.duplicate == 1)
    // A note that says nothing sensible moves no cursor.
    ledger = apply(batch([], producer: "p", first: 0), 4)
    #expect(ledger?.throughSequence == 8)
  }
}
