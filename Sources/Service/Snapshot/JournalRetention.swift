import Engine
import Journal
import Platform
import Reports

/// How much of the journal is kept: segments that no recovery and no summary needs are let go of once they are old enough, and what reports
/// say is erased from others before.
struct JournalRetention: Sendable {
  /// What was done.
  struct Outcome: Sendable {
    /// The names of the files that were removed, the oldest first.
    var removed: [String] = []
    /// How many segments say nothing any more since.
    var erasedCount = 0
  }

  let storage: any JournalStorage
  let store: StoreID
  /// The store's, with which identities are hashed.
  let key: SipHash.Key
  /// How long the journal is kept for new settings, backtests and exports, whether recovery needs it or not.
  let days: Int
  /// How long texts stay in it.
  let textDays: Int

  /// Does what is due.
  ///
  /// - Parameters:
  ///   - folded: What stands before it is folded by no start any more.
  ///   - needed: Nothing before it is needed any more, for a summary's text neither.
  ///   - now: Microseconds of the clock that receipts are stamped by.
  /// - Complexity: O(segments), one read a segment that may go, and the bytes of those whose texts go.
  func apply(folded: UInt64, needed: UInt64, now: Int64) throws -> Outcome {
    var outcome = Outcome()
    let end = try self.end(olderThan: days, now: now, upTo: needed)
    if end > 0 {
      try JournalMark.beginning.note(end, in: storage)
      outcome.removed = try Journal.removeSegments(storage, endingBefore: end, keepsSpare: true)
    }
    outcome.erasedCount = try eraseTexts(before: self.end(olderThan: textDays, now: now, upTo: folded))
    return outcome
  }

  /// Where the segments end that are older than so many days; zero where the first is not.
  private func end(olderThan days: Int, now: Int64, upTo position: UInt64) throws -> UInt64 {
    let horizon = Timestamp(microseconds: now - Int64(days) * 86_400_000_000)
    var end: UInt64 = 0
    // A segment's last batch came before the next one's first.
    for start in try Journal.segmentStarts(in: storage).dropFirst() where start <= position {
      var reader = JournalReader(storage: storage, store: store, from: start)
      guard let first = try reader.next(), first.batch.receivedAt < horizon else { break }
      end = start
    }
    return end
  }

  /// Erases what reports say in the segments before a position, once: how many there were.
  ///
  /// Words that were taken from texts as keywords stay, in alphabetical order: without them a rebuild could not count these reports.
  private func eraseTexts(before end: UInt64) throws -> Int {
    // Where the note cannot be read, what was erased already is passed over row by row.
    let done = JournalMark.texts.position(in: storage) ?? 0
    guard end > done else { return 0 }
    let starts = try Journal.segmentStarts(in: storage).filter { $0 >= done && $0 < end }
    for start in starts {
      _ = try Journal.rewriteSegment(storage, store: store, at: start) { _, batch in
        var batch = batch
        return Engine.erase(&batch, Array(0..<batch.count), key: key, keepsTerms: true) > 0 ? batch : nil
      }
    }
    try JournalMark.texts.note(end, in: storage)
    return starts.count
  }
}
