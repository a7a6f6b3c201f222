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

  mutating func count(_ verdict: Verdict, _ number: Int) { ledgers[number].ledger.count(verdict) }

  mutating func advance(_ number: Int, through sequence: UInt64, at receivedAt: Timestamp) {
    ledgers[number].throughSequence = max(ledgers[number].throughSequence, sequence)
    ledgers[number].lastSeenAt = max(ledgers[number].lastSeenAt, receivedAt)
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
}
