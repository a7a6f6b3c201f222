import Journal
import Platform
import Reports

/// Which segments of the journal are let go of: those that no recovery and no summary needs, and that are old enough.
struct JournalRetention: Sendable {
  let storage: any JournalStorage
  let store: StoreID
  /// How long the journal is kept for new settings, backtests and exports, whether recovery needs it or not.
  let days: Int

  /// Removes them.
  ///
  /// - Parameters:
  ///   - position: Nothing before it is needed any more.
  ///   - now: Microseconds of the clock that receipts are stamped by.
  /// - Returns: The names of the files that were removed, the oldest first.
  /// - Complexity: O(segments), and one read a segment that may go.
  func apply(before position: UInt64, now: Int64) throws(JournalError) -> [String] {
    let horizon = Timestamp(microseconds: now - Int64(days) * 86_400_000_000)
    var end: UInt64 = 0
    // A segment's last batch came before the next one's first.
    for start in try Journal.segmentStarts(in: storage).dropFirst() where start <= position {
      var reader = JournalReader(storage: storage, store: store, from: start)
      guard let first = try reader.next(), first.batch.receivedAt < horizon else { break }
      end = start
    }
    if end == 0 { return [] }
    do { try JournalBeginning.note(end, in: storage) } catch { throw .failed(error) }
    return try Journal.removeSegments(storage, endingBefore: end)
  }
}
