import Glibc
import Journal
import Platform
import Reports
import Service

/// Batches → the journal, synced in groups, beside a copy of the same bytes, a write and an fdatasync in the same groups. Once into a file that
/// grows, and once into the room of a segment that was let go of.
enum JournalStage {
  /// Batches that are synced together.
  static let groupCount = 16

  /// - Returns: Where in the journal each batch stands.
  static func run(_ batches: [ReportBatch], folder: String, into report: inout BenchReport) throws -> [Range<UInt64>] {
    let storage = try FileStorage(creating: folder + "/journal")
    let store = BenchStore.identity.journalID
    let recovered = try JournalRecovery.recover(storage, store: store)
    let writer = try JournalWriter(storage: storage, store: store, recovered: recovered)
    var positions: [Range<UInt64>] = []
    positions.reserveCapacity(batches.count)
    let groups = stride(from: 0, to: batches.count, by: groupCount).map { $0..<min($0 + groupCount, batches.count) }
    let steady = try write(batches, groups, to: writer) { positions.append($0) }
    let file = try File(folder + "/floor", .create)
    let floor = try floor(batches, groups, file)
    let count = groups[(groups.count / 2)...].reduce(0) { $0 + batches[$1].reduce(0) { $0 + $1.count } }
    report.add("journal", steady, of: count, floor: ("memcpy, write, fdatasync", floor))
    let used = try usedRoom(batches, groups, folder)
    report.add(
      "journal, in used room", used, of: count,
      floor: ("memcpy, write over, fdatasync", try Self.floor(batches, groups, file)))
    let byteCount = positions.last.map { Double($0.upperBound) / Double(batches.reduce(0) { $0 + $1.count }) } ?? 0
    report.add(Figure("journal", "length", "bytes/event", byteCount))
    return positions
  }

  /// - Returns: What the second half of the groups has used.
  private static func write(
    _ batches: [ReportBatch], _ groups: [Range<Int>], to writer: JournalWriter, _ note: (Range<UInt64>) -> Void
  ) throws(JournalError) -> Usage {
    var steady = Usage()
    for (index, group) in groups.enumerated() {
      let usage = try Usage.of { () throws(JournalError) in
        for batch in batches[group] { note(try writer.append(batch)) }
        try writer.flush()
        try writer.synchronizer.sync(upTo: writer.writtenPosition)
      }
      if index >= groups.count / 2 { steady = steady + usage }
    }
    return steady
  }

  private static func usedRoom(_ batches: [ReportBatch], _ groups: [Range<Int>], _ folder: String) throws -> Usage {
    let storage = try FileStorage(creating: folder + "/used")
    let store = BenchStore.identity.journalID
    let recovered = try JournalRecovery.recover(storage, store: store)
    let writer = try JournalWriter(storage: storage, store: store, recovered: recovered, segmentByteCount: 1 << 40)
    _ = try write(batches, groups, to: writer) { _ in }
    try writer.beginSegment()
    _ = try Journal.removeSegments(storage, endingBefore: writer.segmentStart, keepsSpare: true)
    _ = try writer.append(batches[0])
    try writer.beginSegment()
    return try write(batches, groups, to: writer) { _ in }
  }

  private static func floor(_ batches: [ReportBatch], _ groups: [Range<Int>], _ file: borrowing File) throws -> Usage {
    var buffer: [UInt8] = []
    var offset: UInt64 = 0
    var steady = Usage()
    for (index, group) in groups.enumerated() {
      let encoded = batches[group].map { batch in
        var bytes: [UInt8] = []
        batch.encode(into: &bytes)
        return bytes
      }
      let usage = try Usage.of { () throws(SystemError) in
        buffer.removeAll(keepingCapacity: true)
        for bytes in encoded { buffer += bytes }
        try file.write(buffer.span, at: offset)
        try file.synchronize()
      }
      offset += UInt64(buffer.count)
      if index >= groups.count / 2 { steady = steady + usage }
    }
    return steady
  }
}
