import Journal
import Reports

/// Reads batches of an outbox, mostly one after the other. One thread owns it; it holds one record and one chunk of a segment.
struct OutboxReader {
  private let outbox: Outbox
  private var reader: JournalReader
  private var current: (record: OutboxRecord, range: Range<UInt64>)?

  init(_ outbox: Outbox) {
    self.outbox = outbox
    reader = JournalReader(storage: outbox.storage, store: outbox.store)
  }

  /// The events from a place on, as many as fit, or one that does not; nil where there is none.
  ///
  /// - Parameter limit: the position up to which the journal is written.
  /// - Complexity: O(bytes), and a seek where it is not the place after the last batch.
  mutating func batch(
    from start: OutboxCursor, limit: UInt64, eventCount: Int, byteCount: Int
  ) throws(OutboxError) -> OutboxBatch? {
    var batch = OutboxBatch(start: start, count: 0, body: [], end: start)
    while batch.count < eventCount {
      guard try load(batch.end.position, limit: limit), let (record, range) = current else { break }
      let next = OutboxCursor(position: range.upperBound, number: max(batch.end.number, record.last + 1))
      if record.last < batch.end.number {
        batch.end = next
        continue
      }
      guard record.first <= batch.end.number else {
        throw .damaged(path: outbox.storage.location, "event \(batch.end.number) is missing before position \(range.lowerBound)")
      }
      if batch.count == 0 { batch.start.position = range.lowerBound }
      let isWhole =
        record.first == batch.end.number && record.count <= eventCount - batch.count
        && batch.body.count + record.body.count <= byteCount
      if isWhole {
        batch.body += record.body
        batch.count += record.count
        batch.end = next
      } else if Self.take(record, into: &batch, eventCount: eventCount, byteCount: byteCount) {
        batch.end = next
      } else {
        batch.end.position = range.lowerBound
        break
      }
    }
    return batch.count > 0 ? batch : nil
  }

  /// Takes events of a record one by one; whether all that are left of it were taken.
  private static func take(
    _ record: OutboxRecord, into batch: inout OutboxBatch, eventCount: Int, byteCount: Int
  ) -> Bool {
    var number = record.first
    var begin = record.body.startIndex
    while begin < record.body.endIndex {
      let end = record.body[begin...].firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? record.body.endIndex
      if number >= batch.end.number {
        let fits = batch.count < eventCount && batch.body.count + end - begin <= byteCount
        guard fits || batch.count == 0 else { return false }
        batch.body += record.body[begin..<end]
        batch.count += 1
        batch.end.number = number + 1
      }
      number += 1
      begin = end
    }
    return true
  }

  /// Makes the record at a position the current one; false at the limit.
  private mutating func load(_ position: UInt64, limit: UInt64) throws(OutboxError) -> Bool {
    if current?.range.lowerBound == position { return true }
    if reader.position != position { reader = JournalReader(storage: outbox.storage, store: outbox.store, from: position) }
    reader.limit = limit
    let location = outbox.storage.location
    let next = try OutboxError.journal(location) { () throws(JournalError) in try reader.nextBytes() }
    guard let (bytes, range) = next else { return false }
    guard let record = OutboxRecord(bytes) else { throw .damaged(path: location, "position \(range.lowerBound) holds no event") }
    current = (record, range)
    return true
  }
}
