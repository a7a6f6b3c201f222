import Platform
package import Reports

extension Journal {
  /// Writes a segment anew with other batches in place of some of its records, each as long as before: every position stays what it was.
  ///
  /// The new file is whole on the disk before it takes the old one's name; who has that open reads on in it. Nobody may append to the
  /// segment meanwhile.
  ///
  /// - Parameters:
  ///   - start: The segment's first position.
  ///   - change: What a record's batch becomes, not longer than before; nil leaves the record. A shorter one is filled up in its arena.
  /// - Returns: How many records were changed; where none was, the file is left alone.
  /// - Throws: `.damaged` where a record is not whole: what stands behind it could not be carried over. `.longer`.
  /// - Complexity: O(bytes of the segment).
  package static func rewriteSegment(
    _ storage: any JournalStorage, store: StoreID, at start: UInt64,
    _ change: (_ range: Range<UInt64>, _ batch: ReportBatch) throws -> ReportBatch?
  ) throws -> Int {
    let name = SegmentName.name(start: start)
    let (file, header) = try SegmentFile.open(name, in: storage, store: store)
    let path = storage.location + "/" + name
    guard let header else {
      throw JournalError.damaged(
        JournalDamage(reason: .segmentHeader, path: path, name: name, offset: 0, byteCount: 0, position: start))
    }
    let unfinished = SegmentName.unfinished(start: start)
    // What an earlier attempt has left.
    try? storage.remove(unfinished)
    let copy = try storage.create(unfinished)
    do {
      let count = try rewrite(file, header, path, storage, into: copy, change)
      guard count > 0 else {
        try storage.remove(unfinished)
        return 0
      }
      try copy.synchronize()
      try storage.rename(unfinished, to: name)
      try storage.synchronizeDirectory()
      return count
    } catch {
      try? storage.remove(unfinished)
      throw error
    }
  }

  private static let chunkByteCount = 1 << 20

  private static func rewrite(
    _ file: any JournalFile, _ header: SegmentHeader, _ path: String, _ storage: any JournalStorage, into copy: any JournalFile,
    _ change: (Range<UInt64>, ReportBatch) throws -> ReportBatch?
  ) throws -> Int {
    let byteCount = try file.byteCount()
    let seed = RecordHeader.seed(header.store)
    var scanner = SegmentScanner(file: file, header: header, from: header.start, limit: byteCount)
    var bytes = header.encoded()
    var written: UInt64 = 0
    var count = 0
    func write() throws {
      try copy.writeAll(bytes.span, at: written)
      written += UInt64(bytes.count)
      bytes.removeAll(keepingCapacity: true)
    }
    while true {
      let (position, offset) = (scanner.position, scanner.offset)
      switch try scanner.next() {
      case .end:
        try write()
        return count
      case .damaged:
        if try SegmentFile.starts(in: storage).last == header.start, try scanner.isBlank() {
          try write()
          return count
        }
        throw JournalError.damaged(
          JournalDamage(
            reason: .record, path: path, name: SegmentName.name(start: header.start), offset: offset,
            byteCount: byteCount - offset,
            position: position))
      case .record(let record, let payload):
        if bytes.count >= chunkByteCount { try write() }
        let begin = payload.lowerBound - RecordHeader.byteCount
        var changed: ReportBatch?
        if record.kind == .batch {
          let batch: ReportBatch
          do { batch = try ReportBatch(decoding: scanner.buffer.span.extracting(payload)) } catch {
            throw JournalError.undecodable(path: path, offset: offset, error)
          }
          changed = try change(position..<scanner.position, batch)
        }
        guard var changed else {
          bytes += scanner.buffer[begin..<begin + record.recordByteCount]
          continue
        }
        let missing = record.payloadByteCount - changed.encodedByteCount
        guard missing >= 0 else { throw JournalError.longer(path: path, offset: offset, byteCount: -missing) }
        changed.arena += [UInt8](repeating: 0, count: missing)
        RecordHeader.append(
          .batch, payloadByteCount: record.payloadByteCount, position: position, syncedPosition: record.syncedPosition,
          seed: seed,
          to: &bytes, encode: changed.encode)
        count += 1
      }
    }
  }
}
