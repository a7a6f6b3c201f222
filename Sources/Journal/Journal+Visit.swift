package import Reports

extension Journal {
  /// Hands over every record that is whole, ascending by position, those behind damage too.
  ///
  /// - Parameters:
  ///   - scan: what `check` has found; what it calls a torn tail is left out, and so is what was written since.
  ///   - body: told the index of the segment in `scan.segments`, the record's positions and its batch, or why it holds none that
  ///     this program knows.
  /// - Throws: What `body` throws; `.damaged` where something is missing now that `check` has seen.
  /// - Complexity: O(bytes of the journal).
  package static func visit(
    _ storage: any JournalStorage, store: StoreID, scan: JournalScan,
    _ body: (_ segment: Int, _ range: Range<UInt64>, _ batch: Result<ReportBatch, BatchFormatError>) throws -> Void
  ) throws {
    var reached: UInt64 = 0
    for (index, segment) in scan.segments.enumerated() {
      let file = try SegmentFile.open(segment.name, in: storage, store: store).file
      // A record checks only at its own position, so that the name can stand in for a header that is damaged.
      let header = SegmentHeader(start: segment.start, store: store)
      let isDamaged = scan.damages.contains { $0.name == segment.name }
      var scanner = SegmentScanner(
        file: file, header: header, from: segment.start,
        limit: isDamaged ? try file.byteCount() : header.offset(of: segment.positions.upperBound))
      reading: while true {
        let start = scanner.position
        switch try scanner.next() {
        case .record(_, let payload):
          // Where segments overlap, the first to hold a position has it.
          guard start >= reached else { continue }
          reached = scanner.position
          let batch: Result<ReportBatch, BatchFormatError>
          do throws(BatchFormatError) {
            batch = .success(try ReportBatch(decoding: scanner.buffer.span.extracting(payload)))
          } catch {
            batch = .failure(error)
          }
          try body(index, start..<scanner.position, batch)
        case .damaged:
          guard isDamaged else {
            throw JournalError.damaged(
              JournalDamage(
                reason: .record, path: storage.location + "/" + segment.name, name: segment.name, offset: scanner.offset,
                byteCount: scanner.limit - scanner.offset, position: scanner.position))
          }
          _ = try scanner.skipDamage()
        case .end: break reading
        }
      }
    }
  }

  /// The name of the segment whose first record stands at a position.
  package static func segmentName(at position: UInt64) -> String { SegmentName.name(start: position) }
}
