import Decode
import Journal
import Platform
import Reports

/// Writes what is whole of a store's journal to somewhere else; the store is only read.
package enum JournalExport {
  package struct Summary: Sendable {
    package var batchCount: UInt64 = 0
    package var eventCount: UInt64 = 0
    /// Refused events, which events alone cannot say; binary segments hold them too.
    package var leftOutCount: UInt64 = 0
    /// What of the journal is not whole, each in words.
    package var damages: [String] = []
  }

  private static let chunkByteCount = 1 << 20

  /// Writes the well-formed events, duplicates and late ones too, one CloudEvent a line in the journal's order: replayed, they give
  /// the same summaries. Reporters stand in it as pseudonyms.
  package static func writeEvents(
    directory: String, onProgress: (_ share: Double, _ eventCount: UInt64) -> Void = { _, _ in },
    to write: ([UInt8]) throws -> Void
  ) throws(ServiceError) -> Summary {
    let source = try JournalSource(directory: directory)
    var summary = Summary(damages: source.scan.damages.map(\.description))
    var writer = EventWriter(reporters: .pseudonyms)
    var chunk: [UInt8] = []
    try source.visit { segment, range, batch in
      let batch = try note(batch, source, segment, range, &summary)
      guard let batch else { return }
      for row in 0..<batch.count {
        guard batch.rejections[row] == 0 else {
          summary.leftOutCount += 1
          continue
        }
        chunk += writer.write(batch, row)
        chunk.append(UInt8(ascii: "\n"))
        summary.eventCount += 1
      }
      onProgress(source.share(through: range.upperBound), summary.eventCount)
      guard chunk.count >= chunkByteCount else { return }
      try write(chunk)
      chunk.removeAll(keepingCapacity: true)
    }
    try ServiceError.wrapping { try write(chunk) }
    return summary
  }

  /// Makes a new store of the whole records: the identity, and a journal without gaps. Its first start makes the summaries.
  ///
  /// - Throws: where the folder holds a store already.
  package static func writeStore(
    directory: String, to target: String, segmentMebibytes: Int
  ) throws(ServiceError) -> Summary {
    let source = try JournalSource(directory: directory)
    let layout = StoreLayout(directory: target)
    guard !FileSystem.exists(layout.identity), !FileSystem.exists(layout.journal) else {
      throw ServiceError("\(target): holds a store already; name a new folder with --output")
    }
    var summary = Summary(damages: source.scan.damages.map(\.description))
    try ServiceError.wrapping {
      try FileSystem.makeDirectories(target)
      let lock = try FileLock(directory: target)
      defer { _ = lock }
      let identity = try File(StoreLayout(directory: directory).identity, .read).readAll(limit: 4_096)
      let copy = try File(layout.identity, .createExclusively)
      try copy.write(identity.span, at: 0)
      try copy.synchronize()
      try FileSystem.synchronizeDirectory(target)
      let storage = try FileStorage(creating: layout.journal)
      let store = source.identity.journalID
      let writer = try JournalWriter(
        storage: storage, store: store, recovered: JournalRecovery.recover(storage, store: store),
        segmentByteCount: segmentMebibytes << 20)
      try source.visit { segment, range, batch in
        guard let batch = try note(batch, source, segment, range, &summary) else { return }
        _ = try writer.append(batch)
        summary.eventCount += UInt64(batch.count)
      }
      try writer.flush()
      try writer.synchronizer.sync(upTo: writer.writtenPosition)
    }
    return summary
  }

  private static func note(
    _ batch: Result<ReportBatch, BatchFormatError>, _ source: JournalSource, _ segment: Int, _ range: Range<UInt64>,
    _ summary: inout Summary
  ) throws -> ReportBatch? {
    switch batch {
    case .success(let batch):
      summary.batchCount += 1
      return batch
    case .failure(let error):
      summary.damages.append("\(source.scan.segments[segment].name): at position \(range.lowerBound): \(error)")
      return nil
    }
  }
}
