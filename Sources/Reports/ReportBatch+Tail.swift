/// Taking rows off again, and using a batch's memory for another.
extension ReportBatch {
  /// How long a batch was at some moment.
  package struct Mark: Equatable, Sendable {
    package var rowCount: Int
    package var keywordCount: Int
    package var refusedCount: Int
    package var arenaByteCount: Int
  }

  /// How long it is now.
  package var mark: Mark {
    Mark(rowCount: count, keywordCount: keywords.count, refusedCount: raws.count, arenaByteCount: arena.count)
  }

  /// Drops all rows that were appended after a mark. Of a batch without erased rows.
  ///
  /// - Complexity: O(rows dropped).
  package mutating func cut(to mark: Mark) {
    precondition(erasures.isEmpty, "what is erased is not appended to")
    let dropped = count - mark.rowCount
    rejections.removeLast(dropped)
    times.removeLast(dropped)
    latitudes.removeLast(dropped)
    longitudes.removeLast(dropped)
    accuracies.removeLast(dropped)
    reporters.removeLast(dropped)
    sources.removeLast(dropped)
    ids.removeLast(dropped)
    subjects.removeLast(dropped)
    texts.removeLast(dropped)
    flags.removeLast(dropped)
    simHashes.removeLast(dropped)
    keywordEnds.removeLast(dropped)
    keywords.removeLast(keywords.count - mark.keywordCount)
    keywordKeys.removeLast(keywordKeys.count - mark.keywordCount)
    raws.removeLast(raws.count - mark.refusedCount)
    arena.removeLast(arena.count - mark.arenaByteCount)
  }

  /// Bytes of the memory that its columns and its arena have, used or not.
  package var heldByteCount: Int {
    func byteCount<Value>(_ column: [Value]) -> Int { column.capacity * MemoryLayout<Value>.stride }
    let rows =
      byteCount(rejections) + byteCount(times) + byteCount(latitudes) + byteCount(longitudes) + byteCount(accuracies)
      + byteCount(reporters) + byteCount(sources) + byteCount(ids) + byteCount(subjects) + byteCount(texts) + byteCount(flags)
      + byteCount(simHashes) + byteCount(keywordEnds)
    return rows + byteCount(keywords) + byteCount(keywordKeys) + byteCount(raws) + byteCount(erasures) + byteCount(arena)
  }

  /// Makes it another batch, without rows, in the same memory.
  package mutating func begin(producer: [UInt8], epoch: Epoch, firstSequence: UInt64, receivedAt: Timestamp) {
    self.producer = producer
    self.epoch = epoch
    self.firstSequence = firstSequence
    self.receivedAt = receivedAt
    announcedSequence = 0
    rerequestCount = 0
    erasures.removeAll(keepingCapacity: true)
    cut(to: Mark(rowCount: 0, keywordCount: 0, refusedCount: 0, arenaByteCount: 0))
  }
}
