import Platform
package import Reports

/// Appends batches to a journal. One thread owns it; another may sync through `synchronizer` meanwhile.
package final class JournalWriter {
  package static let defaultSegmentByteCount = 128 << 20
  package static let defaultBufferByteCount = 4 << 20
  private static let rewriteByteCount = 1 << 20

  /// For the commit thread.
  package let synchronizer: JournalSynchronizer
  /// Everything before this position has been given to the system: what may be read, and synced.
  package private(set) var writtenPosition: UInt64

  private let storage: any JournalStorage
  private let store: StoreID
  private let seed: UInt32
  private let segmentByteCount: UInt64
  private let bufferByteCount: Int
  private var file: any JournalFile
  private var header: SegmentHeader
  /// Whole records from `writtenPosition` on, all of them for this segment.
  private var buffer: [UInt8] = []
  private var failure: JournalError?

  /// Opens a journal at the end that `JournalRecovery.recover` has found, and waits until all before it is on the disk.
  ///
  /// What nobody has known to be synced is written once more: where a sync has failed, the page cache may show what is not on the
  /// disk and what no later sync would write.
  /// - Parameters:
  ///   - segmentByteCount: the length at which a new segment is begun; a longer record gets one of its own.
  ///   - bufferByteCount: what `append` holds back at most before it flushes by itself.
  package init(
    storage: any JournalStorage, store: StoreID, recovered: JournalScan,
    segmentByteCount: Int = defaultSegmentByteCount, bufferByteCount: Int = defaultBufferByteCount
  ) throws(JournalError) {
    self.storage = storage
    self.store = store
    self.segmentByteCount = UInt64(segmentByteCount)
    self.bufferByteCount = bufferByteCount
    seed = RecordHeader.seed(store)
    header = SegmentHeader(start: recovered.segments.last?.start ?? recovered.end, store: store)
    if let last = recovered.segments.last {
      let file = try failing { () throws(SystemError) in try storage.open(last.name, writable: true) }
      let end = header.offset(of: recovered.end)
      // What a record claims is no reason to look behind the end.
      let synced = min(header.offset(of: max(recovered.syncedPosition, header.start)), end)
      try failing { () throws(SystemError) in
        try Self.rewrite(file, synced..<end)
        try file.synchronize()
        try storage.synchronizeDirectory()
      }
      self.file = file
    } else {
      file = try SegmentFile.create(header, in: storage)
    }
    writtenPosition = recovered.end
    synchronizer = JournalSynchronizer(storage: storage, file: file, header: header, position: recovered.end)
  }

  /// Writes what stands in a part of a file in its place.
  private static func rewrite(_ file: any JournalFile, _ range: Range<UInt64>) throws(SystemError) {
    var offset = range.lowerBound
    while offset < range.upperBound {
      let bytes = try file.read(at: offset, count: Int(min(range.upperBound - offset, UInt64(rewriteByteCount))))
      if bytes.isEmpty { return }
      try file.writeAll(bytes.span, at: offset)
      offset += UInt64(bytes.count)
    }
  }

  /// The position after the last batch that was taken, written or not.
  package var endPosition: UInt64 { writtenPosition + UInt64(buffer.count) }

  /// Takes a batch and says which positions its record has. It reaches the system at the next `flush`.
  ///
  /// - Throws: where the batch was not taken: `.full` if the buffer or the segment is full and cannot be written now,
  ///   `.unencodable` if the batch breaks a bound, `.failed` if the journal is at its end.
  /// - Complexity: O(bytes of the batch), amortised.
  package func append(_ batch: ReportBatch) throws(JournalError) -> Range<UInt64> {
    do { try batch.validate() } catch { throw .unencodable(error) }
    return try append(.batch, payloadByteCount: batch.encodedByteCount) { batch.encode(into: &$0) }
  }

  /// Takes bytes that another module knows the meaning of, at most `ReportBatch.binaryByteCount` of them: as the other `append`.
  package func append(bytes: [UInt8]) throws(JournalError) -> Range<UInt64> {
    precondition(bytes.count <= ReportBatch.binaryByteCount, "a longer record could not be read back")
    return try append(.bytes, payloadByteCount: bytes.count) { $0 += bytes }
  }

  /// What a record of so many bytes of payload adds to the journal at most, a new segment's header included.
  package static func footprint(payloadByteCount: Int) -> UInt64 {
    UInt64(RecordHeader.recordByteCount(payload: payloadByteCount) + SegmentHeader.byteCount)
  }

  /// Begins a new segment, so that the one before can be removed; on a full disk in the room of the reserve.
  package func beginSegment() throws(JournalError) {
    _ = try standing()
    if endPosition > header.start { try roll() }
  }

  /// Keeps room for a new segment: for a journal whose old segments go, and on a full disk could not without a new one.
  package func keepReserve() { SegmentFile.makeReserve(in: storage) }

  /// The position at which the segment begins that is written to.
  package var segmentStart: UInt64 { header.start }

  /// Forgets what was taken and is not written, as after a `flush` that found no space: it was never there.
  package func discardUnwritten() { buffer.removeAll(keepingCapacity: true) }

  private func append(
    _ kind: RecordHeader.Kind, payloadByteCount: Int, encode: (inout [UInt8]) -> Void
  ) throws(JournalError) -> Range<UInt64> {
    let syncedPosition = try standing()
    let recordByteCount = RecordHeader.recordByteCount(payload: payloadByteCount)
    if buffer.count >= bufferByteCount { try flush() }
    if endPosition > header.start, header.offset(of: endPosition) + UInt64(recordByteCount) > segmentByteCount {
      try roll()
    }
    let position = endPosition
    RecordHeader.append(
      kind, payloadByteCount: payloadByteCount, position: position, syncedPosition: syncedPosition, seed: seed, to: &buffer,
      encode: encode)
    return position..<endPosition
  }

  /// Gives everything taken so far to the system. After it, `writtenPosition` is `endPosition`.
  ///
  /// - Throws: `.full` where there is no space: nothing is lost, and a later call writes it; `.failed` at any other failure.
  package func flush() throws(JournalError) {
    _ = try standing()
    guard !buffer.isEmpty else { return }
    let offset = header.offset(of: writtenPosition)
    do {
      try file.writeAll(buffer.span, at: offset)
    } catch {
      // A part may stand in the file; whoever reads it meanwhile must not find half a record.
      do { try file.truncate(to: offset) } catch { throw fail(.failed(error)) }
      let failure = JournalError(writing: error)
      if failure.isFull { SegmentFile.removeSpare(in: storage) }
      throw fail(failure)
    }
    writtenPosition = endPosition
    buffer.removeAll(keepingCapacity: true)
    synchronizer.advance(to: writtenPosition)
  }

  /// Begins a new segment; the old one is on the disk then, whole.
  private func roll() throws(JournalError) {
    try flush()
    try synchronizer.sync(upTo: writtenPosition)
    do {
      // Of a segment that others follow nothing stands behind its records.
      let end = header.offset(of: writtenPosition)
      if try file.byteCount() > end {
        try file.truncate(to: end)
        try file.synchronize()
      }
    } catch { throw fail(JournalError(writing: error)) }
    let next = SegmentHeader(start: writtenPosition, store: store)
    do {
      file = try SegmentFile.create(next, in: storage)
    } catch { throw fail(error) }
    header = next
    synchronizer.roll(to: file, header: next)
  }

  private func standing() throws(JournalError) -> UInt64 {
    if let failure { throw failure }
    return try synchronizer.standing()
  }

  /// Remembers every failure but want of space.
  private func fail(_ error: JournalError) -> JournalError {
    if !error.isFull { failure = error }
    return error
  }
}
