/// The binary form of a batch: what the journal keeps.
///
///     offset  bytes  field (integers are little-endian)
///          0      4  version: 3
///          4      4  rows n
///          8      4  keywords k
///         12      4  bytes of the arena a
///         16      4  bytes of the producer's name p
///         20      4  refused rows r
///         24     16  epoch: high, low
///         40      8  sequence of the first row
///         48      8  time of receipt, microseconds
///         56      8  greatest sequence that was announced
///         64      4  requests to send again
///         68      4  zero
///         72  72n+16k+8r  times, reporters, simHashes, sources, ids, subjects, texts, keywords, keywordKeys, raws, latitudes,
///                    longitudes, accuracies, keywordEnds: one column after the other, the wider first, so that each is aligned
///              n     rejections
///              n     flags
///              p     producer
///              a     arena
///
/// Version 2 lacks raws, what was announced and the requests: its columns begin at 56, its field at 20 is zero. Version 1 also
/// lacks simHashes, keywordKeys and flags: its keywords are their own keys. They are read, and never written.
extension ReportBatch {
  private static let binaryVersion: UInt32 = 3
  private static let binaryHeaderByteCount = 72
  /// Bytes of one row, one keyword and one refused row over all columns: a row has seven of eight bytes, four of four, two of one.
  private static let binaryRowByteCount = 7 * 8 + 4 * 4 + 2
  private static let binaryKeywordByteCount = 2 * 8
  private static let binaryRefusedByteCount = 8
  /// The same of the versions before.
  private static let earlierBinaryHeaderByteCount = 56
  private static let firstBinaryRowByteCount = 6 * 8 + 4 * 4 + 1
  private static let firstBinaryKeywordByteCount = 8

  /// The arena's bound: copies of what the longest body says, and the terms of each event with their keys.
  package static let arenaByteCount =
    Limits.batchByteCount + Limits.batchEventCount * Limits.textTermCount * 2 * Limits.keywordByteCount
  /// The length of the longest batch's binary form.
  package static let binaryByteCount =
    binaryHeaderByteCount + Limits.batchEventCount * (binaryRowByteCount + binaryRefusedByteCount)
    + Limits.batchEventCount * Limits.textTermCount * binaryKeywordByteCount + Limits.producerByteCount + arenaByteCount

  /// The length of this batch's binary form.
  package var encodedByteCount: Int {
    Self.binaryHeaderByteCount + count * Self.binaryRowByteCount + keywords.count * Self.binaryKeywordByteCount
      + raws.count * Self.binaryRefusedByteCount + producer.count + arena.count
  }

  /// Appends the binary form. Only a batch that `validate` accepts can be read back.
  ///
  /// - Complexity: O(`encodedByteCount`), a copy a column.
  package func encode(into bytes: inout [UInt8]) {
    for value in [
      Self.binaryVersion, UInt32(truncatingIfNeeded: count), UInt32(truncatingIfNeeded: keywords.count),
      UInt32(truncatingIfNeeded: arena.count), UInt32(truncatingIfNeeded: producer.count),
      UInt32(truncatingIfNeeded: raws.count),
    ] {
      bytes.append(littleEndian: value)
    }
    bytes.append(littleEndian: epoch.high)
    bytes.append(littleEndian: epoch.low)
    bytes.append(littleEndian: firstSequence)
    bytes.append(littleEndian: UInt64(bitPattern: receivedAt.microseconds))
    bytes.append(littleEndian: announcedSequence)
    bytes.append(littleEndian: rerequestCount)
    bytes.append(littleEndian: 0 as UInt32)
    bytes.append(column: times)
    bytes.append(column: reporters)
    bytes.append(column: simHashes)
    bytes.append(column: sources)
    bytes.append(column: ids)
    bytes.append(column: packed(subjects, \.textHash))
    bytes.append(column: packed(texts, \.digest))
    bytes.append(column: keywords)
    bytes.append(column: keywordKeys)
    bytes.append(column: raws)
    bytes.append(column: latitudes)
    bytes.append(column: longitudes)
    bytes.append(column: accuracies)
    bytes.append(column: keywordEnds)
    bytes += rejections
    bytes.append(column: flags)
    bytes += producer
    bytes += arena
  }

  /// Reads one batch that fills `bytes` exactly. Whatever the bytes are, the batch that comes out passes `validate`.
  ///
  /// - Complexity: O(`bytes.count`); nothing is reserved that the bytes do not hold.
  package init(decoding bytes: Span<UInt8>) throws(BatchFormatError) {
    guard bytes.count >= Self.earlierBinaryHeaderByteCount else { throw .truncated(byteCount: bytes.count) }
    var cursor = ColumnCursor(bytes: bytes)
    let version: UInt32 = cursor.integer()
    guard (1...Self.binaryVersion).contains(version) else { throw .unsupportedVersion(version) }
    let isFirst = version == 1
    let isEarlier = version < Self.binaryVersion
    let headerByteCount = isEarlier ? Self.earlierBinaryHeaderByteCount : Self.binaryHeaderByteCount
    guard bytes.count >= headerByteCount else { throw .truncated(byteCount: bytes.count) }
    let rows = Int(cursor.integer() as UInt32)
    let keywordCount = Int(cursor.integer() as UInt32)
    let arenaByteCount = Int(cursor.integer() as UInt32)
    let producerByteCount = Int(cursor.integer() as UInt32)
    let refusedCount = Int(cursor.integer() as UInt32)
    guard !isEarlier || refusedCount == 0 else { throw .outOfRange(column: "reserved", row: 0) }
    let expected =
      headerByteCount + producerByteCount + arenaByteCount
      + rows * (isFirst ? Self.firstBinaryRowByteCount : Self.binaryRowByteCount)
      + keywordCount * (isFirst ? Self.firstBinaryKeywordByteCount : Self.binaryKeywordByteCount)
      + refusedCount * Self.binaryRefusedByteCount
    guard bytes.count == expected else { throw .lengthMismatch(expected: expected, found: bytes.count) }
    epoch = Epoch(high: cursor.integer(), low: cursor.integer())
    firstSequence = cursor.integer()
    receivedAt = Timestamp(microseconds: Int64(bitPattern: cursor.integer()))
    if !isEarlier {
      announcedSequence = cursor.integer()
      rerequestCount = cursor.integer()
      guard (cursor.integer() as UInt32) == 0 else { throw .outOfRange(column: "reserved", row: 0) }
    }
    times = cursor.column(rows)
    reporters = cursor.column(rows)
    simHashes = isFirst ? [UInt64](repeating: 0, count: rows) : cursor.column(rows)
    sources = cursor.column(rows)
    ids = cursor.column(rows)
    subjects = cursor.column(rows)
    texts = cursor.column(rows)
    keywords = cursor.column(keywordCount)
    keywordKeys = isFirst ? keywords : cursor.column(keywordCount)
    raws = cursor.column(refusedCount)
    latitudes = cursor.column(rows)
    longitudes = cursor.column(rows)
    accuracies = cursor.column(rows)
    keywordEnds = cursor.column(rows)
    rejections = cursor.column(rows)
    if isEarlier { raws = [Slice](repeating: .empty, count: rejections.count { $0 != 0 }) }
    flags = isFirst ? [ReportFlags](repeating: [], count: rows) : cursor.column(rows)
    producer = cursor.column(producerByteCount)
    arena = cursor.column(arenaByteCount)
    unpackErasures()
    try validate()
  }

  /// A column of slices with what stands in their place in erased rows.
  private func packed(_ slices: [Slice], _ part: KeyPath<Erasure, UInt64>) -> [Slice] {
    if erasures.isEmpty { return slices }
    var slices = slices
    for (erasure, row) in zip(erasures, flags.indices.filter { flags[$0].contains(.erased) }) {
      slices[row] = Slice(bits: erasure[keyPath: part])
    }
    return slices
  }

  private mutating func unpackErasures() {
    for row in flags.indices where flags[row].contains(.erased) {
      erasures.append(Erasure(digest: texts[row].bits, textHash: subjects[row].bits))
      texts[row] = .empty
      subjects[row] = .empty
    }
  }
}

extension ReportBatch.Slice {
  fileprivate var bits: UInt64 { UInt64(length) << 32 | UInt64(offset) }

  fileprivate init(bits: UInt64) {
    self.init(offset: UInt32(truncatingIfNeeded: bits), length: UInt32(bits >> 32))
  }
}

// MARK: - Validation

extension ReportBatch {
  /// The times of years 0000 to 9999 at any offset: what RFC 3339 can say.
  private static let timeRange: ClosedRange<Int64> = -62_167_305_600_000_000...253_402_387_199_999_999

  /// Checks all that later code relies on: equal columns, counts within `Limits`, slices within the arena, known codes, numbers
  /// in range.
  ///
  /// - Complexity: O(rows + keywords).
  package func validate() throws(BatchFormatError) {
    try validateCounts()
    guard Self.timeRange.contains(receivedAt.microseconds) else { throw .outOfRange(column: "receivedAt", row: 0) }
    guard !firstSequence.addingReportingOverflow(UInt64(count)).overflow else {
      throw .outOfRange(column: "firstSequence", row: 0)
    }
    try validate(sources, "sources", limit: Limits.sourceByteCount)
    try validate(ids, "ids", limit: Limits.identifierByteCount)
    try validate(subjects, "subjects", limit: Limits.subjectByteCount)
    try validate(texts, "texts", limit: Limits.textByteCount)
    try validate(keywords, "keywords", limit: Limits.keywordByteCount)
    try validate(keywordKeys, "keywordKeys", limit: Limits.keywordByteCount)
    try validate(raws, "raws", limit: Limits.eventByteCount)
    var previousEnd: UInt32 = 0
    for row in 0..<count {
      guard rejections[row] == 0 || Rejection(rawValue: rejections[row]) != nil else {
        throw .outOfRange(column: "rejections", row: row)
      }
      guard Self.timeRange.contains(times[row].microseconds) else { throw .outOfRange(column: "times", row: row) }
      guard (-900_000_000...900_000_000).contains(latitudes[row]) else { throw .outOfRange(column: "latitudes", row: row) }
      guard longitudes[row] == Self.nowhere || (-1_800_000_000...1_800_000_000).contains(longitudes[row]) else {
        throw .outOfRange(column: "longitudes", row: row)
      }
      guard accuracies[row] >= 0, accuracies[row].isFinite else { throw .outOfRange(column: "accuracies", row: row) }
      guard flags[row].isSubset(of: .all) else { throw .outOfRange(column: "flags", row: row) }
      guard !flags[row].contains(.erased) || (texts[row].length == 0 && subjects[row].length == 0) else {
        throw .outOfRange(column: "texts", row: row)
      }
      let end = keywordEnds[row]
      let limit = flags[row].contains(.termsFromText) ? Limits.textTermCount : Limits.keywordCount
      guard end >= previousEnd, end - previousEnd <= UInt32(limit) else {
        throw .outOfRange(column: "keywordEnds", row: row)
      }
      previousEnd = end
    }
    guard Int(previousEnd) == keywords.count else { throw .outOfRange(column: "keywordEnds", row: count) }
  }

  private func validateCounts() throws(BatchFormatError) {
    guard count <= Limits.batchEventCount else { throw .outOfRange(column: "rows", row: count) }
    guard producer.count <= Limits.producerByteCount else { throw .outOfRange(column: "producer", row: 0) }
    guard arena.count <= Self.arenaByteCount else { throw .outOfRange(column: "arena", row: 0) }
    let counts = [
      times.count, reporters.count, sources.count, ids.count, subjects.count, texts.count, latitudes.count,
      longitudes.count, accuracies.count, keywordEnds.count, flags.count, simHashes.count,
    ]
    guard counts.allSatisfy({ $0 == count }), keywordKeys.count == keywords.count,
      raws.count == rejections.count(where: { $0 != 0 }), erasures.count == flags.count(where: { $0.contains(.erased) })
    else { throw .unevenColumns }
  }

  private func validate(_ slices: [Slice], _ column: StaticString, limit: Int) throws(BatchFormatError) {
    // First all at once, without a branch: hardly ever is anything wrong.
    var (end, longest) = (0 as UInt64, 0 as UInt32)
    for slice in slices {
      // Both are 32 bits wide, so that the sum cannot overflow.
      end = max(end, UInt64(slice.offset) + UInt64(slice.length))
      longest = max(longest, slice.length)
    }
    if end <= UInt64(arena.count), longest <= UInt32(limit) { return }
    for (row, slice) in slices.enumerated() {
      guard Int(slice.offset) + Int(slice.length) <= arena.count, slice.length <= UInt32(limit) else {
        throw .outOfRange(column: "\(column)", row: row)
      }
    }
  }
}

/// Why bytes are no batch, or a batch is none that the journal can keep.
package enum BatchFormatError: Error, Equatable, Sendable {
  case truncated(byteCount: Int)
  /// A later program wrote it.
  case unsupportedVersion(UInt32)
  /// The counts in the header ask for another length.
  case lengthMismatch(expected: Int, found: Int)
  /// Columns of one batch differ in length.
  case unevenColumns
  /// A value, count or slice outside its bounds.
  case outOfRange(column: String, row: Int)
}

extension BatchFormatError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .truncated(let byteCount): "a batch of \(byteCount) bytes is cut short"
    case .unsupportedVersion(let version): "batch format \(version) is of a later program; use that one"
    case .lengthMismatch(let expected, let found): "a batch whose counts ask for \(expected) bytes has \(found)"
    case .unevenColumns: "the columns of a batch differ in length"
    case .outOfRange(let column, let row): "\(column) of a batch is out of bounds at row \(row)"
    }
  }
}

// MARK: - Columns

#if !_endian(little)
  #error("The columns are copied as they stand in memory; a big-endian machine needs them swapped.")
#endif

// Integers without padding: any bits are a value.
extension Timestamp: BitwiseCopyable {}
extension ReportBatch.Slice: BitwiseCopyable {}
extension ReportFlags: BitwiseCopyable {}

extension [UInt8] {
  fileprivate mutating func append(littleEndian value: some FixedWidthInteger) {
    unsafe Swift.withUnsafeBytes(of: value.littleEndian) { unsafe append(contentsOf: $0) }
  }

  /// Appends a column as it stands in memory.
  fileprivate mutating func append(column: [some BitwiseCopyable]) {
    unsafe column.withUnsafeBytes { unsafe append(contentsOf: $0) }
  }
}

/// Takes columns off bytes whose length has been checked against the counts; the accesses are checked again by the span.
private struct ColumnCursor: ~Escapable {
  private let bytes: RawSpan
  private var offset = 0

  @_lifetime(copy bytes)
  init(bytes: Span<UInt8>) { unsafe self.bytes = bytes.bytes }

  mutating func integer<Value: FixedWidthInteger & BitwiseCopyable>() -> Value {
    defer { offset += MemoryLayout<Value>.size }
    // Any bits are an integer.
    return Value(littleEndian: unsafe bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: Value.self))
  }

  /// For types of which any bits are a value: integers, floats and structures of them without padding.
  mutating func column<Value: BitwiseCopyable>(_ count: Int) -> [Value] {
    let source = bytes.extracting(offset..<offset + count * MemoryLayout<Value>.stride)
    offset += source.byteCount
    return unsafe [Value](unsafeUninitializedCapacity: count) { buffer, initialized in
      unsafe source.withUnsafeBytes { unsafe UnsafeMutableRawBufferPointer(buffer).copyMemory(from: $0) }
      initialized = count
    }
  }
}
