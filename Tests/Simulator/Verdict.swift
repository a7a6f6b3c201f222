import Journal
import Reports
import Service
import TestSupport

/// What is looked at when a run is over: the disks, against what the simulator itself knows to have been published and answered.
struct Verdict {
  private let aggregator: AggregatorMachine
  private let producers: [ProducerMachine]
  private let seed: UInt64

  init(_ aggregator: AggregatorMachine, _ producers: [ProducerMachine], seed: UInt64) {
    self.aggregator = aggregator
    self.producers = producers
    self.seed = seed
  }

  func check() throws(Violation) {
    // Somebody was told that the journal has lost something: it promises nothing more.
    if aggregator.namedRot != nil { return }
    // The page cache is gone, too: only what is on the disk counts.
    var random = SeededGenerator(seed: seed)
    let journal = aggregator.journal.crash(&random)
    guard try !namesRot(journal) else { return }
    let batches = try read(journal)
    try checkEvents(batches)
    let summaries = try here { try Tables(aggregator.summaries.restart()) }
    try checkLedger(summaries)
    try compare(summaries, journal)
  }

  /// Whether a bit that has flipped is found by whoever reads the whole journal.
  private func namesRot(_ journal: FaultyStorage) throws(Violation) -> Bool {
    let scan = try here { try Journal.check(journal, store: AggregatorMachine.identity.journalID) }
    if scan.damages.isEmpty, scan.tornTail == nil { return false }
    guard let rot = aggregator.rot else {
      throw Violation("the journal is damaged: \(scan.damages), \(String(describing: scan.tornTail))")
    }
    let isNamed =
      scan.damages.contains { $0.name == rot.name && $0.offset <= UInt64(rot.offset) }
      || scan.tornTail.map { $0.name == rot.name && $0.offset <= UInt64(rot.offset) } ?? false
    guard isNamed else { throw Violation("a bit of \(rot) has flipped, and \(scan.damages) is named") }
    return true
  }

  private typealias Entry = (batch: ReportBatch, range: Range<UInt64>)

  private func read(_ journal: FaultyStorage) throws(Violation) -> [Entry] {
    try here {
      var reader = JournalReader(storage: journal, store: AggregatorMachine.identity.journalID)
      var entries: [Entry] = []
      while let (batch, range) = try reader.next() { entries.append((batch, range)) }
      return entries
    }
  }

  /// Every event that was answered for stands in the journal, with the text that was published.
  private func checkEvents(_ entries: [Entry]) throws(Violation) {
    var texts: [String: Set<String>] = [:]
    for (batch, _) in entries {
      func string(_ slice: ReportBatch.Slice) -> String { String(decoding: batch.arena[slice.range], as: UTF8.self) }
      for row in 0..<batch.count where batch.rejections[row] == 0 {
        texts[string(batch.sources[row]) + "\n" + string(batch.ids[row]), default: []].insert(string(batch.texts[row]))
      }
    }
    for producer in producers {
      for (index, event) in producer.script.prefix(producer.answeredThrough).enumerated() where event.kind != .malformed {
        guard texts[event.key]?.contains(event.text) ?? false else {
          throw Violation("producer-\(producer.number): event \(index + 1) was acknowledged, and is not in the journal")
        }
      }
    }
  }

  /// What each source's counts must be: nothing is lost, nothing counts twice.
  private func checkLedger(_ summaries: Tables) throws(Violation) {
    var expected: [String: (accepted: Set<String>, answered: Int, malformed: Int)] = [:]
    for producer in producers {
      for event in producer.script.prefix(producer.answeredThrough) {
        expected[event.source, default: ([], 0, 0)].answered += 1
        if event.kind == .malformed {
          expected[event.source]?.malformed += 1
        } else {
          expected[event.source]?.accepted.insert(event.id)
        }
      }
    }
    // A producer that had to stop may have sent more than it heard of.
    let isExact = producers.allSatisfy { !$0.isOver }
    let hasNewEpochs = producers.contains { $0.hasNewEpoch }
    for row in summaries.sources {
      let numbers = row.dropFirst().map { Int($0) ?? -1 }
      let (received, accepted, duplicate, late, rejected) = (numbers[0], numbers[1], numbers[2], numbers[3], numbers[4])
      let what = "source \(row[0]): \(received) = \(accepted) + \(duplicate) + \(late) + \(rejected)"
      guard received == accepted + duplicate + late + rejected else { throw Violation("\(what) does not add up") }
      let source = expected.removeValue(forKey: row[0]) ?? ([], 0, 0)
      guard isExact ? accepted == source.accepted.count : accepted >= source.accepted.count else {
        throw Violation("\(what); \(source.accepted.count) were published and acknowledged")
      }
      guard received >= source.answered, late == 0 else { throw Violation("\(what); \(source.answered) were answered for") }
      guard row[0] != "/malformed" || !isExact || hasNewEpochs || rejected == source.malformed else {
        throw Violation("\(what); \(source.malformed) are malformed")
      }
    }
    if let missing = expected.first { throw Violation("source \(missing.key): acknowledged, and not in the ledger") }
  }

  /// The summaries are those of the same journal folded once, without a fault, into a new store.
  private func compare(_ summaries: Tables, _ journal: FaultyStorage) throws(Violation) {
    let fresh = EmptyStore.summaries.restart()
    try here {
      try EmptyStore.open(journal: journal.restart(), summaries: fresh, aggregator.configuration)
    }
    let expected = try here { try Tables(fresh) }
    for (table, rows) in expected.rows.sorted(by: { $0.key < $1.key }) {
      let found = summaries.rows[table] ?? []
      guard rows != found else { continue }
      let missing = rows.filter { !found.contains($0) }.prefix(2)
      let surplus = found.filter { !rows.contains($0) }.prefix(2)
      throw Violation("table \(table) is not that of an undisturbed fold: expected \(missing), found \(surplus)")
    }
  }

  /// Runs what must not fail on a disk without faults.
  private func here<Value>(_ body: () throws -> Value) throws(Violation) -> Value {
    do { return try body() } catch { throw Violation("at the end: \(error)") }
  }
}
