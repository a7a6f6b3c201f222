import Reports
import TestSupport
import Testing

/// The binary form: identity over seeds, one batch byte by byte, and rubbish that is refused.
@Suite struct ReportBatchBinaryTests {
  @Test(arguments: 0..<64 as Range<UInt64>)
  func roundTripIsIdentity(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let batch = randomBatch(&random)
    try batch.validate()
    let bytes = encoded(batch)
    #expect(bytes.count == batch.encodedByteCount)
    #expect(try ReportBatch(decoding: bytes.span) == batch)
  }

  /// Every column is counted, also one that is added some day: a pool of batches is bounded by what they hold.
  @Test func whatABatchHoldsIsAllOfItsColumns() {
    var random = SeededGenerator(seed: 1)
    let batch = randomBatch(&random)
    let columns = Mirror(reflecting: batch).children.filter { $0.label != "producer" }.compactMap { $0.value as? any Held }
    #expect(columns.count == 18)
    #expect(batch.heldByteCount > 0 && batch.heldByteCount == columns.reduce(0) { $0 + $1.heldByteCount })
  }

  /// Written by hand from the table at the top of `ReportBatch+Binary.swift`.
  @Test func oneReportByteByByte() throws {
    var batch = ReportBatch(
      producer: [0x70], epoch: Epoch(high: 1, low: 2), firstSequence: 3, receivedAt: Timestamp(microseconds: -1))
    (batch.announcedSequence, batch.rerequestCount) = (9, 10)
    let source = batch.store([0x61, 0x62])
    let keyword = batch.store([0x63])
    batch.keywords.append(keyword)
    batch.keywordKeys.append(source)
    batch.appendReport(
      time: Timestamp(microseconds: 4), place: Coordinate(latitudeE7: 5, longitudeE7: -6), accuracyMeters: 1, reporter: 7,
      source: source, id: keyword, subject: .empty, text: .empty,
      flags: .termsFromText, simHash: 8)
    var expected: [UInt8] = [3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 3, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]
    expected += [1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0]
    expected += [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]
    expected += [9, 0, 0, 0, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0, 0, 0]
    expected += [4, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0]
    expected += [0, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0]
    expected += [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0]
    expected += [5, 0, 0, 0, 0xfa, 0xff, 0xff, 0xff, 0, 0, 0x80, 0x3f, 1, 0, 0, 0, 0, 2, 0x70, 0x61, 0x62, 0x63]
    #expect(encoded(batch) == expected)
  }

  /// A refused row has its raw bytes between the keys and the latitudes.
  @Test func oneRefusedRowByteByByte() throws {
    var batch = ReportBatch(producer: [], epoch: Epoch(high: 0, low: 0), firstSequence: 1, receivedAt: Timestamp(seconds: 0))
    let raw = batch.store([0x7b])
    batch.appendRejected(.missingID, time: Timestamp(microseconds: 4), raw: raw)
    var expected: [UInt8] = [3, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0]
    expected += [UInt8](repeating: 0, count: 16) + [1] + [UInt8](repeating: 0, count: 31)
    expected += [4] + [UInt8](repeating: 0, count: 7 + 16 + 4 * 8)
    expected += [0, 0, 0, 0, 1, 0, 0, 0]
    expected += [0, 0, 0, 0, 0, 0, 0, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 13, 0, 0x7b]
    #expect(encoded(batch) == expected)
    #expect(try ReportBatch(decoding: expected.span) == batch)
    #expect(batch.raw(0) == raw)
  }

  /// What the second version wrote, byte by byte: nothing was announced, and of a refused row there is its reason alone.
  @Test func readsTheSecondVersion() throws {
    var bytes: [UInt8] = [2, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]
    bytes += [1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0]
    bytes += [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]
    bytes += [4, 0, 0, 0, 0, 0, 0, 0] + [UInt8](repeating: 0, count: 8)
    bytes += [7, 0, 0, 0, 0, 0, 0, 0] + [UInt8](repeating: 0, count: 8)
    bytes += [8, 0, 0, 0, 0, 0, 0, 0] + [UInt8](repeating: 0, count: 8)
    bytes += [0, 0, 0, 0, 2, 0, 0, 0] + [UInt8](repeating: 0, count: 8)
    bytes += [2, 0, 0, 0, 1, 0, 0, 0] + [UInt8](repeating: 0, count: 8)
    bytes += [UInt8](repeating: 0, count: 32)
    bytes += [2, 0, 0, 0, 1, 0, 0, 0] + [0, 0, 0, 0, 2, 0, 0, 0]
    bytes += [5, 0, 0, 0, 0, 0, 0, 0] + [0xfa, 0xff, 0xff, 0xff, 0, 0, 0, 0x80] + [0, 0, 0x80, 0x3f, 0, 0, 0, 0]
    bytes += [1, 0, 0, 0, 1, 0, 0, 0] + [0, 13] + [2, 0] + [0x70, 0x61, 0x62, 0x63]
    let batch = try ReportBatch(decoding: bytes.span)
    #expect(batch.rejections == [0, Rejection.missingID.rawValue] && batch.raws == [.empty] && batch.raw(1) == .empty)
    #expect(batch.announcedSequence == 0 && batch.rerequestCount == 0)
    #expect(batch.simHashes == [8, 0] && batch.flags == [.termsFromText, []] && batch.reporters == [7, 0])
    #expect(batch.keywordKeys == [ReportBatch.Slice(offset: 0, length: 2)])
    #expect(try ReportBatch(decoding: encoded(batch).span) == batch, "written anew in the third version")
    for count in 0..<bytes.count {
      #expect(throws: BatchFormatError.self) { try ReportBatch(decoding: bytes.span.extracting(first: count)) }
    }
    bytes[20] = 1
    #expect(throws: BatchFormatError.self) { try ReportBatch(decoding: bytes.span) }
  }

  /// What the first version wrote of that report, byte by byte: it has no fingerprint and no flags, and keywords are their keys.
  @Test func readsTheFirstVersion() throws {
    var bytes: [UInt8] = [1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 3, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]
    bytes += [1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0]
    bytes += [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]
    bytes += [4, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0]
    bytes += [0, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0]
    bytes += [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0]
    bytes += [5, 0, 0, 0, 0xfa, 0xff, 0xff, 0xff, 0, 0, 0x80, 0x3f, 1, 0, 0, 0, 0, 0x70, 0x61, 0x62, 0x63]
    let batch = try ReportBatch(decoding: bytes.span)
    #expect(batch.count == 1)
    #expect(batch.keywords == [ReportBatch.Slice(offset: 2, length: 1)])
    #expect(batch.keywordKeys == batch.keywords)
    #expect(batch.flags == [[]])
    #expect(batch.simHashes == [0])
    #expect(batch.latitudes == [5])
    #expect(batch.reporters == [7])
    #expect(batch.arena == [0x61, 0x62, 0x63])
    #expect(try ReportBatch(decoding: encoded(batch).span) == batch, "written anew in the third version")
    for count in 0..<bytes.count {
      #expect(throws: BatchFormatError.self) { try ReportBatch(decoding: bytes.span.extracting(first: count)) }
    }
    bytes[0] = 2
    #expect(throws: BatchFormatError.self) { try ReportBatch(decoding: bytes.span) }
  }

  /// Who appends keywords alone has their forms for keys.
  @Test func keywordsWithoutKeysAreTheirOwn() {
    var batch = ReportBatch(producer: [], epoch: Epoch(high: 0, low: 0), firstSequence: 0, receivedAt: Timestamp(seconds: 0))
    for word in ["a", "b"] {
      batch.keywords.append(batch.store(word.utf8))
      batch.appendReport(
        time: Timestamp(seconds: 0), place: nil, accuracyMeters: 0, reporter: 0, source: batch.keywords[0], id: batch.keywords[0],
        subject: .empty, text: .empty)
    }
    #expect(batch.keywordKeys == batch.keywords)
    #expect(batch.flags == [[], []])
  }

  @Test func everyTruncationIsRefused() {
    var random = SeededGenerator(seed: 1)
    let bytes = encoded(randomBatch(&random))
    for count in 0..<bytes.count {
      #expect(throws: BatchFormatError.self) { try ReportBatch(decoding: bytes.span.extracting(first: count)) }
    }
    #expect(throws: BatchFormatError.self) { try ReportBatch(decoding: (bytes + [0]).span) }
  }

  /// Whatever comes out of garbled bytes passes `validate` and is written back as those bytes.
  @Test(arguments: 0..<64 as Range<UInt64>)
  func garbledBytesAreRefusedOrValid(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let original = encoded(randomBatch(&random))
    for _ in 0..<200 {
      var bytes = original
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        // Half of the hits go to the header, where the counts are.
        let index = Int.random(in: 0..<(Bool.random(using: &random) ? 72 : bytes.count), using: &random)
        bytes[index] = Bool.random(using: &random) ? 0xff : UInt8.random(in: 0...255, using: &random)
      }
      guard let batch = try? ReportBatch(decoding: bytes.span) else { continue }
      try batch.validate()
      for row in 0..<batch.count { #expect(batch.keywordRange(row).upperBound <= batch.keywords.count) }
      if bytes[0] == 3 { #expect(encoded(batch) == bytes) }
    }
  }

  @Test func hugeCountsReserveNothing() {
    for version in [1, 2, 3] as [UInt8] {
      var bytes = [UInt8](repeating: 0xff, count: version == 3 ? 72 : 56)
      if version < 3 { bytes.replaceSubrange(20..<24, with: [0, 0, 0, 0]) }
      bytes.replaceSubrange(0..<4, with: [version, 0, 0, 0])
      #expect(throws: BatchFormatError.self) { try ReportBatch(decoding: bytes.span) }
    }
  }

  @Test func laterVersionIsNamed() {
    var random = SeededGenerator(seed: 2)
    var bytes = encoded(randomBatch(&random))
    bytes[0] = 4
    #expect(throws: BatchFormatError.unsupportedVersion(4)) { try ReportBatch(decoding: bytes.span) }
  }

  /// One change makes a batch invalid; the decoder says so of its bytes as `validate` does of it.
  private func check(
    _ column: String, row: Int = 0, sourceLocation: SourceLocation = #_sourceLocation, _ change: (inout ReportBatch) -> Void
  ) {
    var batch = ReportBatch(producer: [1], epoch: Epoch(high: 1, low: 2), firstSequence: 3, receivedAt: Timestamp(seconds: 4))
    let slice = batch.store([0x61, 0x62])
    for _ in 0..<2 {
      batch.keywords.append(slice)
      batch.appendReport(
        time: Timestamp(seconds: 1), place: nil, accuracyMeters: 0, reporter: 0, source: slice, id: slice, subject: slice,
        text: slice)
    }
    change(&batch)
    let expected = BatchFormatError.outOfRange(column: column, row: row)
    #expect(throws: expected, sourceLocation: sourceLocation) { try batch.validate() }
    #expect(throws: expected, sourceLocation: sourceLocation) { try ReportBatch(decoding: encoded(batch).span) }
  }

  @Test func valuesOutOfBoundsAreNamed() {
    check("rejections", row: 1) { ($0.rejections[1], $0.raws) = (250, [.empty]) }
    check("times") { $0.times[0].microseconds = .max }
    check("times") { $0.times[0].microseconds = .min }
    check("receivedAt") { $0.receivedAt.microseconds = .min }
    check("latitudes") { $0.latitudes[0] = 900_000_001 }
    check("longitudes") { $0.longitudes[0] = -1_800_000_001 }
    check("accuracies") { $0.accuracies[0] = .nan }
    check("accuracies") { $0.accuracies[0] = .infinity }
    check("accuracies") { $0.accuracies[0] = -1 }
    check("sources", row: 1) { $0.sources[1] = .init(offset: 1, length: 2) }
    check("ids") { $0.ids[0] = .init(offset: .max, length: .max) }
    check("subjects") { $0.subjects[0] = .init(offset: 3, length: 0) }
    check("texts") { $0.texts[0] = .init(offset: 0, length: 3) }
    check("keywords", row: 1) { $0.keywords[1] = .init(offset: 2, length: 1) }
    check("keywordKeys", row: 1) { $0.keywordKeys[1] = .init(offset: 2, length: 1) }
    check("flags", row: 1) { $0.flags[1] = ReportFlags(rawValue: 8) }
    check("keywordEnds", row: 1) { $0.keywordEnds = [2, 1] }
    check("keywordEnds", row: 2) { $0.keywordEnds = [1, 1] }
    check("keywordEnds") { $0.keywordEnds = [.max, .max] }
    check("firstSequence") { $0.firstSequence = .max }
    check("producer") { $0.producer = Array(repeating: 1, count: Limits.producerByteCount + 1) }
  }

  @Test func tooLongValuesAreNamed() {
    func grow(_ batch: inout ReportBatch, _ count: Int) -> ReportBatch.Slice {
      batch.store(repeatElement(0x61, count: count + 1))
    }
    check("raws") {
      $0.rejections[0] = 1
      $0.raws = [grow(&$0, Limits.eventByteCount)]
    }
    check("sources") { $0.sources[0] = grow(&$0, Limits.sourceByteCount) }
    check("ids") { $0.ids[0] = grow(&$0, Limits.identifierByteCount) }
    check("subjects") { $0.subjects[0] = grow(&$0, Limits.subjectByteCount) }
    check("texts") { $0.texts[0] = grow(&$0, Limits.textByteCount) }
    check("keywords") { $0.keywords[0] = grow(&$0, Limits.keywordByteCount) }
    check("keywordEnds") {
      $0.keywords += Array(repeating: .empty, count: Limits.keywordCount)
      $0.keywordKeys = $0.keywords
      $0.keywordEnds = [UInt32(Limits.keywordCount) + 1, UInt32(Limits.keywordCount) + 2]
    }
    check("rows", row: Limits.batchEventCount + 2) {
      for _ in 0..<Limits.batchEventCount { $0.appendRejected(.notAnObject) }
    }
  }

  @Test func unevenColumnsAreNamed() {
    var batch = ReportBatch(producer: [], epoch: Epoch(high: 0, low: 0), firstSequence: 0, receivedAt: Timestamp(seconds: 0))
    batch.appendRejected(.missingID)
    for path in [\ReportBatch.reporters, \.simHashes] {
      var changed = batch
      changed[keyPath: path] = []
      #expect(throws: BatchFormatError.unevenColumns) { try changed.validate() }
    }
    var withoutRaw = batch
    withoutRaw.raws = []
    #expect(throws: BatchFormatError.unevenColumns) { try withoutRaw.validate() }
    var erased = batch
    erased.erasures = [Erasure(digest: 1, textHash: 2)]
    #expect(throws: BatchFormatError.unevenColumns) { try erased.validate() }
    batch.keywordKeys = [.empty]
    #expect(throws: BatchFormatError.unevenColumns) { try batch.validate() }
    batch.keywordKeys = []
    batch.flags = []
    #expect(throws: BatchFormatError.unevenColumns) { try batch.validate() }
  }

  private func encoded(_ batch: ReportBatch) -> [UInt8] {
    var bytes: [UInt8] = []
    batch.encode(into: &bytes)
    return bytes
  }
}

private func randomBatch(_ random: inout SeededGenerator) -> ReportBatch {
  func bytes(_ limit: Int, _ random: inout SeededGenerator) -> [UInt8] {
    (0..<Int.random(in: 0...limit, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
  }
  var batch = ReportBatch(
    producer: bytes(20, &random), epoch: Epoch(high: random.next(), low: random.next()),
    firstSequence: random.next() >> 1, receivedAt: Timestamp(seconds: Int64.random(in: 0...2_000_000_000, using: &random)))
  (batch.announcedSequence, batch.rerequestCount) = (random.next(), UInt32.random(in: 0...9, using: &random))
  for _ in 0..<Int.random(in: 0...20, using: &random) {
    let source = batch.store(bytes(30, &random))
    if Int.random(in: 0..<5, using: &random) == 0 {
      batch.appendRejected(
        Rejection.allCases.randomElement(using: &random) ?? .conflict, source: source, id: batch.store(bytes(9, &random)),
        time: Bool.random(using: &random) ? Timestamp(seconds: 5) : nil, raw: batch.store(bytes(60, &random)))
      continue
    }
    let isOfText = Bool.random(using: &random)
    for _ in 0..<Int.random(in: 0...(isOfText ? Limits.textTermCount : 3), using: &random) {
      batch.keywords.append(batch.store(bytes(10, &random)))
      if isOfText || Bool.random(using: &random), batch.keywordKeys.count == batch.keywords.count - 1 {
        batch.keywordKeys.append(batch.store(bytes(10, &random)))
      }
    }
    let place = Coordinate(
      latitude: .random(in: -90...90, using: &random), longitude: .random(in: -180...180, using: &random))
    let isErased = Int.random(in: 0..<4, using: &random) == 0
    var flags: ReportFlags = isOfText ? [.termsFromText, .cancellation] : []
    if isErased { flags.insert(.erased) }
    if isErased { batch.erasures.append(Erasure(digest: random.next(), textHash: random.next())) }
    batch.appendReport(
      time: Timestamp(microseconds: Int64.random(in: -2_000_000_000_000_000...2_000_000_000_000_000, using: &random)),
      place: Bool.random(using: &random) ? place : nil, accuracyMeters: .random(in: 0...1000, using: &random),
      reporter: random.next(), source: source, id: batch.store(bytes(20, &random)), subject: .empty,
      text: isErased ? .empty : batch.store(bytes(100, &random)), flags: flags, simHash: random.next())
  }
  return batch
}

private protocol Held {
  var heldByteCount: Int { get }
}

extension Array: Held {
  fileprivate var heldByteCount: Int { capacity * MemoryLayout<Element>.stride }
}
