import Engine
import Journal
import Reports
import TestSupport

/// Files of a journal (`SegmentBuilder`) → what recovery makes of them, what is read then, and what the engine makes of that.
package struct JournalFuzzer: Fuzzer {
  package static let name = "journal"

  private static let store = SegmentBuilder.store
  private let channel: Channel

  package init(channel: @escaping Channel) { self.channel = channel }

  package func check(_ input: [UInt8]) throws -> Bool {
    let storage = SegmentBuilder.build(input)
    let before = Self.files(storage)
    do throws(JournalError) {
      _ = try JournalRecovery.recover(storage, store: Self.store)
    } catch {
      try require(Self.files(storage) == before, "recovery has failed (\(error)) and changed something")
      guard case .damaged = error else { return false }
      try Self.checkVisit(storage)
      guard try Self.repair(storage) else { return false }
    }
    let records = try checkRecovered(storage)
    try Self.checkAppend(storage, behind: records)
    return !records.isEmpty
  }

  private static func files(_ storage: FaultyStorage) -> [String: [UInt8]] {
    Dictionary(uniqueKeysWithValues: storage.allNames.map { ($0, storage[$0]) })
  }

  /// What is handed over around damage ascends, and none of it twice.
  private static func checkVisit(_ storage: FaultyStorage) throws {
    let scan = try Journal.check(storage, store: store)
    var reached: UInt64 = 0
    try Journal.visit(storage, store: store, scan: scan) { segment, range, _ in
      try require(range.lowerBound >= reached && !range.isEmpty, "\(range) is handed over, and all before \(reached) was")
      try require(scan.segments[segment].start <= range.lowerBound, "\(range) is said to stand in segment \(segment)")
      reached = range.upperBound
    }
  }

  /// Afterwards nothing is damaged, and nothing was deleted. False where a repair finds what is not this store's.
  private static func repair(_ storage: FaultyStorage) throws -> Bool {
    let byteCount = finishedByteCount(storage)
    _ = try JournalRecovery.repair(storage, store: store)
    try require(finishedByteCount(storage) >= byteCount, "a repair has deleted something of \(byteCount) bytes")
    let scan = try JournalRecovery.recover(storage, store: store)
    try require(scan.damages.isEmpty, "a repair has left damage: \(scan.damages)")
    return true
  }

  /// Without segments whose making was cut short, which hold nothing.
  private static func finishedByteCount(_ storage: FaultyStorage) -> Int {
    files(storage).reduce(0) { $0 + ($1.key.hasSuffix(".new") ? 0 : $1.value.count) }
  }

  /// What recovery calls whole is whole, is read, and stays as it is when recovered again.
  private func checkRecovered(_ storage: FaultyStorage) throws -> [RecordWalk.Record] {
    let files = Self.files(storage)
    let scan = try JournalRecovery.recover(storage, store: Self.store)
    try require(scan.tornTail == nil && scan.damages.isEmpty && scan.unfinished.isEmpty, "recovered, it has a torn tail: \(scan)")
    try require(Self.files(storage) == files, "recovered again, it is changed")
    var records: [RecordWalk.Record] = []
    for segment in scan.segments {
      storage[segment.name] = channel(storage[segment.name])
      let walk = RecordWalk(storage[segment.name], start: segment.start, store: Self.store)
      try require(walk.end == max(40, storage[segment.name].count), "\(segment.name) has something behind \(walk.end)")
      try require(
        segment.positions.upperBound == segment.start + UInt64(walk.end - 40), "\(segment) ends elsewhere: \(walk.end)")
      records += walk.records
    }
    try require(records.count == scan.recordCount, "\(records.count) records, \(scan.recordCount) were said")
    try require(scan.end == records.last?.positions.upperBound ?? scan.segments.first?.start, "the end is not \(scan.end)")
    try Self.checkReading(storage, records)
    return records
  }

  private static func checkReading(_ storage: FaultyStorage, _ records: [RecordWalk.Record]) throws {
    guard !records.isEmpty else { return }
    var engine = Engine(settings: .coarse)
    var reader: JournalReader?
    for record in records {
      var current = reader ?? JournalReader(storage: storage, store: store, from: record.positions.lowerBound)
      reader = nil
      do throws(JournalError) {
        if record.kind == 2 {
          guard let (bytes, range) = try current.nextBytes() else { throw .noRecord(position: record.positions.lowerBound) }
          guard bytes == record.payload, range == record.positions else { throw .noRecord(position: range.lowerBound) }
        } else {
          guard let (batch, range) = try current.next() else { throw .noRecord(position: record.positions.lowerBound) }
          guard range == record.positions else { throw .noRecord(position: range.lowerBound) }
          guard engine.apply(batch, at: range).count == batch.count else { throw .noRecord(position: range.lowerBound) }
        }
        reader = current
      } catch {
        guard case .undecodable = error else { throw Violation("\(record.positions): \(error)") }
        try require((try? ReportBatch(decoding: record.payload.span)) == nil, "\(record.positions) is called undecodable")
      }
    }
    _ = engine.drain()
  }

  /// A record that is added stands behind the others, and those are as they were.
  private static func checkAppend(_ storage: FaultyStorage, behind records: [RecordWalk.Record]) throws {
    let before = try JournalRecovery.recover(storage, store: store)
    let writer = try JournalWriter(storage: storage, store: store, recovered: before)
    let added = Array("added".utf8)
    let range = try writer.append(bytes: added)
    try writer.flush()
    try writer.synchronizer.sync(upTo: writer.writtenPosition)
    let after = try JournalRecovery.recover(storage, store: store)
    try require(after.recordCount == records.count + 1 && after.end == range.upperBound, "\(range) was added, and then: \(after)")
    let walks = after.segments.map { RecordWalk(storage[$0.name], start: $0.start, store: store) }
    let last = RecordWalk.Record(kind: 2, payload: added, positions: range)
    try require(walks.flatMap(\.records) == records + [last], "what stood there is changed by what was added")
  }
}
