import Platform

/// Reading what a journal's folder holds, without changing anything.
package enum Journal {
  /// The store that a folder's journal belongs to, as the first segment says whose header checks; nil where there is none.
  package static func owner(of storage: any JournalStorage) throws(JournalError) -> StoreID? {
    for start in try SegmentFile.starts(in: storage) {
      let name = SegmentName.name(start: start)
      let bytes = try failing { () throws(SystemError) in
        try storage.open(name, writable: false).read(at: 0, count: SegmentHeader.byteCount)
      }
      if let header = SegmentHeader(bytes.span) { return header.store }
    }
    return nil
  }

  /// Where the segments of a journal begin, ascending.
  package static func segmentStarts(in storage: any JournalStorage) throws(JournalError) -> [UInt64] {
    try SegmentFile.starts(in: storage)
  }

  /// Lists all that stands in a journal, damage included, as for a doctor.
  ///
  /// - Parameters:
  ///   - position: segments that end before it are only measured, not read.
  ///   - syncedPosition: everything before it is known, from elsewhere, to have been on the disk: what is missing of that is
  ///     damage and no torn tail.
  /// - Throws: `.foreignStore` and `.unsupportedVersion` for a segment that is not this store's, `.failed` where the disk
  ///   cannot be read.
  /// - Complexity: O(bytes of the segments that are read).
  package static func check(
    _ storage: any JournalStorage, store: StoreID, from position: UInt64 = 0, syncedPosition: UInt64 = 0
  ) throws(JournalError) -> JournalScan {
    var scan = JournalScan()
    let starts = try SegmentFile.starts(in: storage)
    scan.unfinished = try failing { () throws(SystemError) in try storage.names() }.filter {
      SegmentName.isUnfinished($0) || $0 == SegmentFile.fadingName
    }
    scan.end = starts.first ?? 0
    /// Where the file of the segment before ends, whatever is in it.
    var expected = scan.end
    for (index, start) in starts.enumerated() {
      let next = index + 1 < starts.count ? starts[index + 1] : nil
      let name = SegmentName.name(start: start)
      let (file, header) = try SegmentFile.open(name, in: storage, store: store)
      let byteCount = try failing { () throws(SystemError) in try file.byteCount() }
      let place = Place(name: name, path: storage.location + "/" + name, file: file, byteCount: byteCount)
      if start != expected {
        scan.damages.append(place.damage(start > expected ? .gap : .overlap, at: 0, 0, position: expected))
      }
      let isWhole = scan.damages.isEmpty
      var end = start
      expected = start
      if let header {
        expected = header.position(at: max(byteCount, UInt64(SegmentHeader.byteCount)))
        if let next, next <= position {
          end = expected
        } else {
          end = try check(place, header: header, isLast: next == nil, syncedPosition, into: &scan)
        }
      } else {
        scan.damages.append(place.damage(.segmentHeader, at: 0, byteCount, position: start))
        // How far it went can only be told by the next one.
        expected = next ?? start
      }
      scan.segments.append(JournalScan.Segment(name: name, positions: start..<end))
      if isWhole { scan.end = end }
    }
    if scan.damages.isEmpty, scan.end < syncedPosition {
      let last = scan.segments.last
      scan.damages.append(
        JournalDamage(
          reason: .missingEnd, path: last.map { storage.location + "/" + $0.name } ?? storage.location, name: last?.name ?? "",
          offset: last.map { SegmentHeader(start: $0.start, store: store).offset(of: scan.end) } ?? 0,
          byteCount: syncedPosition - scan.end, position: scan.end))
    }
    return scan
  }

  /// A segment's file and how to name it.
  private struct Place {
    var name: String
    var path: String
    var file: any JournalFile
    var byteCount: UInt64

    func damage(
      _ reason: JournalDamage.Reason, at offset: UInt64, _ byteCount: UInt64, position: UInt64
    ) -> JournalDamage {
      JournalDamage(reason: reason, path: path, name: name, offset: offset, byteCount: byteCount, position: position)
    }
  }

  /// Reads the records of one segment; the position up to which they stand without a break.
  private static func check(
    _ place: Place, header: SegmentHeader, isLast: Bool, _ syncedPosition: UInt64, readings: Int = 4, into scan: inout JournalScan
  ) throws(JournalError) -> UInt64 {
    let before = scan
    var scanner = SegmentScanner(file: place.file, header: header, from: header.start, limit: place.byteCount)
    var damages: [JournalDamage] = []
    var end = header.start
    var laterRecordCount = 0
    var laterSyncedPosition = syncedPosition
    scanning: while true {
      switch try failing({ () throws(SystemError) in isLast ? try scanner.nextOfLast() : try scanner.next() }) {
      case .record(let record, _):
        scan.recordCount += 1
        if damages.isEmpty {
          end = scanner.position
          if scan.damages.isEmpty { scan.syncedPosition = max(scan.syncedPosition, record.syncedPosition) }
        } else {
          laterRecordCount += 1
          laterSyncedPosition = max(laterSyncedPosition, record.syncedPosition)
        }
      case .damaged:
        let offset = scanner.offset
        let position = scanner.position
        _ = try failing { () throws(SystemError) in try scanner.skipDamage() }
        damages.append(place.damage(.record, at: offset, scanner.offset - offset, position: position))
      case .end: break scanning
      }
    }
    if damages.isEmpty, scanner.offset < place.byteCount { scan.blankOffset = scanner.offset }
    guard let first = damages.first else { return end }
    if isLast, readings > 1 {
      // Somebody may have been writing there: what is whole by now was.
      var again = SegmentScanner(file: place.file, header: header, from: first.position, limit: place.byteCount)
      if case .record = try failing({ () throws(SystemError) in try again.next() }) {
        scan = before
        return try check(place, header: header, isLast: isLast, syncedPosition, readings: readings - 1, into: &scan)
      }
    }
    // A crash may leave any part of what was not synced, in any order. What a later record knew to be synced was not that.
    if isLast, laterSyncedPosition <= first.position {
      scan.recordCount -= laterRecordCount
      scan.tornTail = JournalScan.TornTail(
        name: place.name, path: place.path, offset: first.offset,
        byteCount: try failing { () throws(SystemError) in try scanner.contentEnd(from: first.offset) } - first.offset,
        recordCount: laterRecordCount)
    } else {
      scan.damages += damages
    }
    return end
  }
}
