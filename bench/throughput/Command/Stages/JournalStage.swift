import Glibc
import Journal
import Platform
import Reports
import Service

/// Batches → the journal, synced in groups, beside a copy of the same bytes, a write and an fdatasync in the same groups.
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
    var steady = Usage()
    for (index, group) in groups.enumerated() {
      let usage = try Usage.of { () throws(JournalError) in
        for batch in batches[group] { positions.append(try writer.append(batch)) }
        try writer.flush()
        try writer.synchronizer.sync(upTo: writer.writtenPosition)
      }
      if index >= groups.count / 2 { steady = steady + usage }
    }
    let floor = try floor(batches, groups, folder)
    let count = groups[(groups.count / 2)...].reduce(0) { $0 + batches[$1].reduce(0) { $0 + $1.count } }
    report.add("journal", steady, of: count, floor: ("memcpy, write, fdatasync", floor))
    let byteCount = positions.last.map { Double($0.upperBound) / Double(batches.reduce(0) { $0 + $1.count }) } ?? 0
    report.add(Figure("journal", "length", "bytes/event", byteCount))
    return positions
  }

  private static func floor(_ batches: [ReportBatch], _ groups: [Range<Int>], _ folder: String) throws -> Usage {
    let file = try File(folder + "/floor", .create)
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
