import Platform
package import Reports

/// Reads a journal, in order from a position or single batches by theirs. One thread owns it.
///
/// While a writer appends, `limit` keeps the reader off what is not written yet.
package struct JournalReader {
  /// Where `next` stops: at most the writer's `writtenPosition`; without a writer nothing needs to be set.
  package var limit: UInt64
  /// The position of the next batch.
  package private(set) var position: UInt64

  private let storage: any JournalStorage
  private let store: StoreID
  /// The segment that `next` is in.
  private var scanner: SegmentScanner?
  /// The segment that `batch(at:)` was in, and what it gave last.
  private var lookup: SegmentScanner?
  private var last: (position: UInt64, batch: ReportBatch)?

  package init(storage: any JournalStorage, store: StoreID, from position: UInt64 = 0, limit: UInt64 = .max) {
    self.storage = storage
    self.store = store
    self.position = position
    self.limit = limit
  }

  /// The next batch and the positions of its record; nil at `limit`, or at the journal's end where that comes first.
  ///
  /// - Throws: `.damaged` where no whole record stands at `position`, `.noRecord` where the journal begins after it.
  package mutating func next() throws(JournalError) -> (batch: ReportBatch, range: Range<UInt64>)? {
    guard let found = try find(.batch) else { return nil }
    let batch = try decode(found.scanner, found.payload, at: found.offset)
    return (batch, pass(found))
  }

  /// The bytes of the next record, as `JournalWriter.append(bytes:)` took them; otherwise as `next`.
  package mutating func nextBytes() throws(JournalError) -> (bytes: [UInt8], range: Range<UInt64>)? {
    guard let found = try find(.bytes) else { return nil }
    let bytes = Array(found.scanner.buffer[found.payload])
    return (bytes, pass(found))
  }

  /// A record that stands at `position`: the scanner behind it, its payload in the scanner's buffer, its offset in the file.
  private struct Found {
    var scanner: SegmentScanner
    var payload: Range<Int>
    var offset: UInt64
  }

  private mutating func pass(_ found: consuming Found) -> Range<UInt64> {
    let range = position..<found.scanner.position
    position = range.upperBound
    scanner = found.scanner
    return range
  }

  private mutating func find(_ kind: RecordHeader.Kind) throws(JournalError) -> Found? {
    while position < limit {
      guard var scanner = try sequential() else { return nil }
      let start = scanner.header.start
      let byteCount = try failing { () throws(SystemError) in try scanner.file.byteCount() }
      scanner.limit = limit - start < byteCount ? min(byteCount, scanner.header.offset(of: limit)) : byteCount
      let offset = scanner.offset
      switch try step(&scanner) {
      case .record(let record, let payload):
        guard record.kind == kind else { throw .otherKind(path: path(scanner.header), offset: offset) }
        return Found(scanner: scanner, payload: payload, offset: offset)
      case .damaged:
        throw .damaged(damage(.record, in: scanner.header, at: offset, scanner.limit - offset))
      case .end:
        guard let next = try SegmentFile.starts(in: storage).first(where: { $0 > start }) else { return nil }
        guard next == position else {
          throw .damaged(damage(next > position ? .gap : .overlap, in: SegmentHeader(start: next, store: store), at: 0, 0))
        }
        self.scanner = nil
      }
    }
    return nil
  }

  /// Steps over one record; zeros behind those of the last segment are its end.
  private func step(_ scanner: inout SegmentScanner) throws(JournalError) -> SegmentScanner.Step {
    let step = try failing { () throws(SystemError) in try scanner.next() }
    guard case .damaged = step, try SegmentFile.starts(in: storage).last == scanner.header.start else { return step }
    return try failing { () throws(SystemError) in try scanner.nextOfLast() }
  }

  /// The batch whose record begins at a position. The last one is remembered.
  ///
  /// - Throws: `.noRecord` where none does.
  package mutating func batch(at position: UInt64) throws(JournalError) -> ReportBatch {
    if let last, last.position == position { return last.batch }
    guard var scanner = try lookup(position) else { throw .noRecord(position: position) }
    scanner.limit = try failing { () throws(SystemError) in try scanner.file.byteCount() }
    guard let payload = try failing({ () throws(SystemError) in try scanner.record(at: position) }) else {
      throw .noRecord(position: position)
    }
    let batch = try decode(scanner, payload, at: scanner.offset)
    lookup = scanner
    last = (position, batch)
    return batch
  }

  /// The segment that `next` is in.
  private func sequential() throws(JournalError) -> SegmentScanner? {
    if let scanner { return scanner }
    return try segment(holding: position)
  }

  /// The segment that was looked into last, if it holds the position too.
  private func lookup(_ position: UInt64) throws(JournalError) -> SegmentScanner? {
    if let lookup, position >= lookup.header.start {
      let byteCount = try failing { () throws(SystemError) in try lookup.file.byteCount() }
      if lookup.header.offset(of: position) < byteCount { return lookup }
    }
    return try segment(holding: position)
  }

  /// Opens the segment with the greatest start that is not after a position; nil where the journal is empty.
  private func segment(holding position: UInt64) throws(JournalError) -> SegmentScanner? {
    let starts = try SegmentFile.starts(in: storage)
    guard !starts.isEmpty else { return nil }
    guard let start = starts.last(where: { $0 <= position }) else { throw .noRecord(position: position) }
    let name = SegmentName.name(start: start)
    let (file, header) = try SegmentFile.open(name, in: storage, store: store)
    guard let header else {
      throw .damaged(damage(.segmentHeader, in: SegmentHeader(start: start, store: store), at: 0, 0))
    }
    return SegmentScanner(file: file, header: header, from: position, limit: 0)
  }

  private func decode(
    _ scanner: SegmentScanner, _ payload: Range<Int>, at offset: UInt64
  ) throws(JournalError) -> ReportBatch {
    do {
      return try ReportBatch(decoding: scanner.buffer.span.extracting(payload))
    } catch {
      throw .undecodable(path: path(scanner.header), offset: offset, error)
    }
  }

  private func damage(
    _ reason: JournalDamage.Reason, in header: SegmentHeader, at offset: UInt64, _ byteCount: UInt64
  ) -> JournalDamage {
    JournalDamage(
      reason: reason, path: path(header), name: SegmentName.name(start: header.start), offset: offset, byteCount: byteCount,
      position: position)
  }

  private func path(_ header: SegmentHeader) -> String { storage.location + "/" + SegmentName.name(start: header.start) }
}
