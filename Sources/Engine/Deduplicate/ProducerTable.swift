import Reports

/// The contiguous cursors of effectively-once: one (producer, epoch) each, O(1) memory, no window.
struct ProducerTable {
  private struct Key: Hashable {
    var name: [UInt8]
    var epoch: Epoch
  }

  private(set) var ledgers: [ProducerLedger] = []
  private var numbers: [Key: Int] = [:]
  private var isDirty: [Bool] = []
  private var dirty: [Int] = []

  /// The number of a batch's producer and epoch, new if need be.
  mutating func number(of batch: ReportBatch) -> Int {
    let key = Key(name: batch.producer, epoch: batch.epoch)
    if let number = numbers[key] { return number }
    let number = ledgers.count
    numbers[key] = number
    ledgers.append(
      ProducerLedger(number: UInt32(number), name: batch.producer, epoch: batch.epoch, lastSeenAt: batch.receivedAt))
    isDirty.append(false)
    return number
  }

  /// The highest sequence that is judged: it and all below are answered from here.
  func cursor(_ number: Int) -> UInt64 { ledgers[number].throughSequence }

  /// Counts the verdicts of a batch.
  mutating func count(_ verdicts: [Verdict], _ number: Int) {
    var ledger = ledgers[number].ledger
    var resentCount: UInt64 = 0
    for verdict in verdicts {
      ledger.count(verdict)
      if verdict == .duplicateOfCursor { resentCount += 1 }
    }
    ledgers[number].ledger = ledger
    ledgers[number].resentCount += resentCount
  }

  /// Takes note that a batch, or a note without rows, was applied.
  mutating func advance(_ number: Int, past batch: ReportBatch) {
    if batch.count > 0 {
      let through = ledgers[number].throughSequence
      if batch.firstSequence > through, batch.firstSequence - through > 1 {
        ledgers[number].missingCount &+= batch.firstSequence - through - 1
      }
      ledgers[number].throughSequence = max(through, batch.lastSequence)
    }
    ledgers[number].announcedSequence = max(
      ledgers[number].announcedSequence, batch.announcedSequence, ledgers[number].throughSequence)
    ledgers[number].rerequestCount &+= UInt64(batch.rerequestCount)
    ledgers[number].lastSeenAt = max(ledgers[number].lastSeenAt, batch.receivedAt)
    if !isDirty[number] {
      isDirty[number] = true
      dirty.append(number)
    }
  }

  mutating func drain() -> [ProducerLedger] {
    let drained = dirty.sorted().map { ledgers[$0] }
    for number in dirty { isDirty[number] = false }
    dirty.removeAll(keepingCapacity: true)
    return drained
  }

  // MARK: State

  /// Its state, for a snapshot.
  mutating func code<Coder: StateCoder>(_ coder: inout Coder) throws(StateError) {
    try coder.code(&ledgers, new: .blank) { (ledger, coder) throws(StateError) in try ledger.code(&coder) }
    try coder.code(&isDirty)
    try coder.code(&dirty)
    guard Coder.isReading else { return }
    guard isDirty.count == ledgers.count else { throw .malformed("the producers and their marks do not match") }
    numbers = [:]
    for (number, ledger) in ledgers.enumerated() { numbers[Key(name: ledger.name, epoch: ledger.epoch)] = number }
  }
}
