import Platform
import Reports

/// Walks over the records of one segment in large reads.
struct SegmentScanner {
  private static let chunkByteCount = 1 << 20
  private static let blockByteCount = 4_096
  /// How often a place is read that somebody may be writing to.
  private static let readingCount = 4

  enum Step {
    /// A record that checks, and where its payload stands in `buffer`.
    case record(RecordHeader, payload: Range<Int>)
    /// Nothing begins here: `limit` is reached.
    case end
    /// What stands here is no record.
    case damaged
  }

  let header: SegmentHeader
  let file: any JournalFile
  /// Where in the file to stop; what stands after it is not looked at.
  var limit: UInt64
  /// Where in the file the next record begins.
  private(set) var offset: UInt64
  /// What was last read, and from where.
  private(set) var buffer: [UInt8] = []
  private var bufferOffset: UInt64 = 0
  private let seed: UInt32

  init(file: any JournalFile, header: SegmentHeader, from position: UInt64, limit: UInt64) {
    self.file = file
    self.header = header
    self.limit = limit
    offset = header.offset(of: position)
    seed = RecordHeader.seed(header.store)
  }

  /// The position of the next record.
  var position: UInt64 { header.position(at: offset) }

  /// Steps over one record; stays where it is at the end and at damage.
  mutating func next() throws(SystemError) -> Step {
    guard offset < limit else { return .end }
    guard let found = try recordHere(chunkByteCount: Self.chunkByteCount) else { return .damaged }
    offset += UInt64(found.header.recordByteCount)
    return .record(found.header, payload: found.payload)
  }

  /// Whether nothing but zeros follows: room that no record was written to yet.
  ///
  /// - Complexity: O(zeros that follow).
  func isBlank() throws(SystemError) -> Bool { try Self.isBlank(file, from: offset, to: limit) }

  static func isBlank(_ file: any JournalFile, from start: UInt64, to limit: UInt64) throws(SystemError) -> Bool {
    try contentEnd(file, from: start, to: limit, stopsAtContent: true) == start
  }

  /// Where only zeros follow, in steps of a block of 4 KiB from a place on.
  func contentEnd(from start: UInt64) throws(SystemError) -> UInt64 { try Self.contentEnd(file, from: start, to: limit) }

  private static func contentEnd(
    _ file: any JournalFile, from start: UInt64, to limit: UInt64, stopsAtContent: Bool = false
  ) throws(SystemError) -> UInt64 {
    var (place, end) = (start, start)
    while place < limit {
      let bytes = try file.read(at: place, count: Int(min(UInt64(chunkByteCount), limit - place)))
      if bytes.isEmpty { break }
      if let last = bytes.lastIndex(where: { $0 != 0 }) {
        end = min(limit, place + UInt64(last / blockByteCount + 1) * UInt64(blockByteCount))
        if stopsAtContent { break }
      }
      place += UInt64(bytes.count)
    }
    return end
  }

  /// As `next`, in the last segment, which somebody may write to meanwhile: zeros up to the limit are its end, and what was read before it
  /// was written is read again.
  mutating func nextOfLast() throws(SystemError) -> Step {
    for _ in 0..<Self.readingCount {
      let step = try next()
      guard case .damaged = step else { return step }
      if try isBlank() { return .end }
      buffer = []
    }
    return .damaged
  }

  /// Moves on from damage to the next place where a whole record checks; false, and to the end, where there is none.
  ///
  /// - Complexity: O(bytes left): only a record of this store at its own position passes the header's check.
  mutating func skipDamage() throws(SystemError) -> Bool {
    while offset + 8 < limit {
      offset += 8
      if try recordHere(chunkByteCount: Self.chunkByteCount) != nil { return true }
    }
    offset = limit
    return false
  }

  /// Reads the single record at a position, and no more than that.
  mutating func record(at position: UInt64) throws(SystemError) -> Range<Int>? {
    offset = header.offset(of: position)
    return try recordHere(chunkByteCount: 0)?.payload
  }

  private mutating func recordHere(
    chunkByteCount: Int
  ) throws(SystemError) -> (header: RecordHeader, payload: Range<Int>)? {
    guard let start = try load(RecordHeader.byteCount, chunkByteCount: chunkByteCount),
      let found = RecordHeader(buffer.span.extracting(droppingFirst: start), position: position, seed: seed),
      let start = try load(found.recordByteCount, chunkByteCount: chunkByteCount)
    else { return nil }
    let payload = start + RecordHeader.byteCount
    guard found.matches(buffer.span.extracting(payload..<payload + found.paddedByteCount)) else { return nil }
    return (found, payload..<payload + found.payloadByteCount)
  }

  /// Where in the buffer `count` bytes from `offset` stand, read if need be; nil where the segment ends before.
  private mutating func load(_ count: Int, chunkByteCount: Int) throws(SystemError) -> Int? {
    guard offset <= limit, UInt64(count) <= limit - offset else { return nil }
    if offset < bufferOffset || offset + UInt64(count) > bufferOffset + UInt64(buffer.count) {
      buffer = try file.read(at: offset, count: Int(min(UInt64(max(count, chunkByteCount)), limit - offset)))
      bufferOffset = offset
      guard buffer.count >= count else { return nil }
    }
    return Int(offset - bufferOffset)
  }
}
