import Journal
import Platform
import Reports
import TestSupport
import Testing

/// Writing and reading where nothing fails.
@Suite struct JournalTests {
  @Test(arguments: 0..<32 as Range<UInt64>)
  func whatIsWrittenIsRead(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let storage = FaultyStorage()
    storage.faults.shortWrites = SeededGenerator(seed: seed)
    let size = Int.random(in: 100...3000, using: &random)
    var writer = try openWriter(storage, segmentByteCount: size, bufferByteCount: Int.random(in: 0...2000, using: &random))
    var entries: [Entry] = []
    for number in 0..<60 as Range<UInt64> {
      let batch = sampleBatch(number, &random)
      entries.append(Entry(batch: batch, range: try writer.append(batch)))
      if Int.random(in: 0..<3, using: &random) == 0 { try writer.flush() }
      if Int.random(in: 0..<10, using: &random) == 0 {
        try writer.flush()
        writer = try openWriter(storage, segmentByteCount: size)
      }
    }
    try writer.flush()
    #expect(writer.writtenPosition == writer.endPosition)
    #expect(entries.first?.range.lowerBound == 0)
    for (a, b) in zip(entries, entries.dropFirst()) { #expect(a.range.upperBound == b.range.lowerBound) }
    #expect(readAll(storage).entries == entries)
    #expect(readAll(storage).error == nil)
    let scan = try Journal.check(storage, store: sampleStore)
    #expect(scan.recordCount == 60 && scan.end == writer.endPosition && scan.damages.isEmpty && scan.tornTail == nil)
    for segment in scan.segments { #expect(storage[segment.name].count <= max(size, 40 + 24 + 400)) }

    // From every record on, and each by itself, in any order.
    for index in entries.indices {
      #expect(readAll(storage, from: entries[index].range.lowerBound).entries.elementsEqual(entries[index...]))
    }
    var reader = JournalReader(storage: storage, store: sampleStore)
    for entry in entries.shuffled(using: &random) {
      #expect(try reader.batch(at: entry.range.lowerBound) == entry.batch)
      #expect(try reader.batch(at: entry.range.lowerBound) == entry.batch)
      #expect(throws: JournalError.noRecord(position: entry.range.lowerBound + 8)) {
        try reader.batch(at: entry.range.lowerBound + 8)
      }
    }
    #expect(throws: JournalError.noRecord(position: writer.endPosition)) { try reader.batch(at: writer.endPosition) }
  }

  /// The seed of a record's checks, position and padding by hand: the layout that docs and later programs rely on.
  @Test func anEmptyBatchByteByByte() throws {
    let storage = FaultyStorage()
    let writer = try openWriter(storage)
    let batch = ReportBatch(producer: [9], epoch: Epoch(high: 0, low: 0), firstSequence: 0, receivedAt: Timestamp(seconds: 0))
    #expect(try writer.append(batch) == 0..<104)
    #expect(try writer.append(batch) == 104..<208)
    try writer.flush()
    let bytes = storage["00000000000000000000.segment"]
    #expect(bytes.count == 40 + 208)
    var header = Array("TCSNJRNL".utf8) + [1, 0, 0, 0]
    let store: [UInt8] = [0xef, 0xcd, 0xab, 0x89, 0x67, 0x45, 0x23, 0x01, 0x10, 0x32, 0x54, 0x76, 0x98, 0xba, 0xdc, 0xfe]
    let start = [UInt8](repeating: 0, count: 8)
    header += littleEndian(CRC32C.tableChecksum((header + start + store).span)) + start + store
    #expect(Array(bytes[..<40]) == header)
    var payload: [UInt8] = [3] + Array(repeating: 0, count: 15) + [1] + Array(repeating: 0, count: 55) + [9]
    payload += Array(repeating: 0, count: 7)
    let front = Array("TCR".utf8) + [1, 73, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    let check = CRC32C.tableChecksum((store + [104, 0, 0, 0, 0, 0, 0, 0] + front).span)
    let payloadCheck = CRC32C.tableChecksum(payload.span, continuing: check)
    #expect(Array(bytes[144...]) == front + littleEndian(check) + littleEndian(payloadCheck) + payload)
  }

  private func littleEndian(_ word: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: word >> UInt32($0 * 8)) } }

  @Test func aReaderStopsAtItsLimitAndGoesOn() throws {
    var random = SeededGenerator(seed: 7)
    let storage = FaultyStorage()
    let writer = try openWriter(storage, segmentByteCount: 500)
    var reader = JournalReader(storage: storage, store: sampleStore, limit: 0)
    for number in 0..<40 as Range<UInt64> {
      let batch = sampleBatch(number, &random)
      let range = try writer.append(batch)
      #expect(try reader.next() == nil)
      try writer.flush()
      #expect(try reader.next() == nil)
      reader.limit = writer.writtenPosition
      let entry = try #require(try reader.next())
      #expect(entry.batch == batch && entry.range == range)
      #expect(reader.position == range.upperBound)
    }
  }

  @Test func whatCannotBeReadBackIsNotTaken() throws {
    var random = SeededGenerator(seed: 1)
    let storage = FaultyStorage()
    let writer = try openWriter(storage)
    var batch = sampleBatch(1, &random)
    batch.producer = Array(repeating: 0, count: Limits.producerByteCount + 1)
    #expect(throws: JournalError.unencodable(.outOfRange(column: "producer", row: 0))) { try writer.append(batch) }
    #expect(writer.endPosition == 0)
    batch.producer = []
    #expect(try writer.append(batch).lowerBound == 0)
  }

  @Test func theLargestBatchFits() throws {
    let storage = FaultyStorage()
    let writer = try openWriter(storage)
    var batch = ReportBatch(producer: [], epoch: Epoch(high: 0, low: 0), firstSequence: 0, receivedAt: Timestamp(seconds: 0))
    for _ in 0..<Limits.batchEventCount { batch.appendRejected(.conflict) }
    batch.arena = Array(repeating: 1, count: ReportBatch.arenaByteCount)
    let range = try writer.append(batch)
    try writer.flush()
    #expect(readAll(storage).entries == [Entry(batch: batch, range: range)])
  }

  @Test func oldSegmentsAreRemovedAndTheRestIsRead() throws {
    let (storage, entries) = try sampleJournal(batches: 40, segmentByteCount: 600)
    let before = try Journal.check(storage, store: sampleStore)
    #expect(before.segments.count > 5)
    let keep = before.segments[3]
    #expect(try Journal.removeSegments(storage, endingBefore: keep.start + 1) == before.segments[..<3].map(\.name))
    #expect(try Journal.removeSegments(storage, endingBefore: keep.start) == [])
    let after = try JournalRecovery.recover(storage, store: sampleStore)
    #expect(after.end == before.end && after.segments == Array(before.segments[3...]))
    let rest = entries.filter { $0.range.lowerBound >= keep.start }
    #expect(readAll(storage, from: keep.start).entries == rest)
    #expect(readAll(storage, from: 0).error == .noRecord(position: 0))
    #expect(try Journal.removeSegments(storage, endingBefore: .max).count == before.segments.count - 4)
    #expect(storage.allNames == [before.segments.last?.name])
    #expect(try openWriter(storage).endPosition == before.end)
  }

  @Test func anotherStoreAndALaterVersionAreRefusedByName() throws {
    let (storage, _) = try sampleJournal(batches: 3)
    let name = "00000000000000000000.segment"
    let other = StoreID(high: 1, low: 2)
    let foreign = JournalError.foreignStore(path: "/faulty/" + name, found: sampleStore, expected: other)
    #expect(throws: foreign) { try JournalRecovery.recover(storage, store: other) }
    #expect(throws: foreign) { try JournalRecovery.repair(storage, store: other) }
    var bytes = storage[name]
    bytes[8] = 2
    let others = Array(bytes[..<12] + bytes[16..<40])
    let check = CRC32C.tableChecksum(others.span)
    bytes.replaceSubrange(12..<16, with: littleEndian(check))
    storage[name] = bytes
    let later = JournalError.unsupportedVersion(path: "/faulty/" + name, version: 2)
    #expect(throws: later) { try JournalRecovery.recover(storage, store: sampleStore) }
    #expect(throws: later) { try JournalRecovery.repair(storage, store: sampleStore) }
    #expect(storage[name] == bytes)
  }

  /// A record moved within its segment is whole but stands in the wrong place.
  @Test func aRecordElsewhereDoesNotCheck() throws {
    let storage = FaultyStorage()
    let writer = try openWriter(storage)
    let batch = ReportBatch(producer: [], epoch: Epoch(high: 0, low: 0), firstSequence: 0, receivedAt: Timestamp(seconds: 0))
    let range = try writer.append(batch)
    try writer.flush()
    let name = "00000000000000000000.segment"
    storage[name] += storage[name][40...]
    let scan = try Journal.check(storage, store: sampleStore)
    #expect(scan.end == range.upperBound && scan.tornTail?.byteCount == UInt64(range.count))
  }

  @Test func otherFilesInTheFolderAreLeftAlone() throws {
    let (storage, entries) = try sampleJournal(batches: 3)
    let strangers = ["0.segment", "00000000000000000001.segment.damaged", "18446744073709551615.segment", "notes", "é.segment"]
    for name in strangers { storage[name] = [1, 2, 3] }
    storage["00000000000000000099.segment.new"] = [1]
    let scan = try JournalRecovery.recover(storage, store: sampleStore)
    #expect(scan.segments.count == 1 && scan.unfinished == ["00000000000000000099.segment.new"])
    #expect(storage.allNames == (strangers + ["00000000000000000000.segment"]).sorted())
    #expect(readAll(storage).entries == entries)
  }

  /// Records of bytes, as another module keeps them: as batches are, and not mistaken for them.
  @Test func bytesAreKeptAsBatchesAre() throws {
    let storage = FaultyStorage()
    var writer = try openWriter(storage, segmentByteCount: 200)
    var random = SeededGenerator(seed: 5)
    var records: [[UInt8]] = []
    for _ in 0..<40 {
      records.append((0..<Int.random(in: 1...90, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) })
      let range = try writer.append(bytes: records[records.count - 1])
      #expect(UInt64(range.count) + 40 == JournalWriter.footprint(payloadByteCount: records[records.count - 1].count))
      try writer.flush()
      if records.count == 20 { writer = try openWriter(storage, segmentByteCount: 200) }
    }
    // What finds no space is as if it had not been.
    let end = writer.endPosition
    storage.faults.capacity = storage.byteCount
    #expect(throws: JournalError.self) {
      _ = try writer.append(bytes: [1, 2, 3])
      try writer.flush()
    }
    writer.discardUnwritten()
    #expect(writer.endPosition == end)
    storage.faults.capacity = .max
    records.append([9])
    _ = try writer.append(bytes: [9])
    try writer.flush()
    var reader = JournalReader(storage: storage, store: sampleStore)
    var read: [[UInt8]] = []
    while let (bytes, _) = try reader.nextBytes() { read.append(bytes) }
    #expect(read == records)
    #expect(try Journal.owner(of: storage) == sampleStore && Journal.owner(of: FaultyStorage()) == nil)
    let error = readAll(storage).error
    guard case .otherKind = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }
}
