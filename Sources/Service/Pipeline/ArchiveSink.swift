import Archive
import Decode
import Engine
import Journal
import Reports

/// The archive and the journal that sample texts and refused events are read from.
struct ArchiveSink: ~Copyable {
  private var writer: ArchiveWriter
  private var reader: JournalReader

  init(writer: consuming ArchiveWriter, reader: JournalReader) {
    self.writer = writer
    self.reader = reader
  }

  /// The journal position through which everything is stored.
  var position: UInt64 { writer.position }

  /// Tells the side tables of some changes; how many.
  mutating func fillSides(count: Int) throws(ArchiveError) -> Int { try writer.fillSides(count: count) }

  /// How long the write-ahead log is, and whether a reader keeps it so.
  func log(past byteCount: UInt64) throws(ArchiveError) -> (byteCount: UInt64, isHeld: Bool) { try writer.log(past: byteCount) }

  /// Erases what the summaries hold of some reports; see `ArchiveWriter`.
  mutating func erase(
    _ erasure: ArchiveErasure, progress: (String) -> Void
  ) throws(ArchiveError) -> ArchiveErasure.Count { try writer.erase(erasure, progress: progress) }

  /// How much that would be.
  mutating func preview(_ erasure: ArchiveErasure) throws(ArchiveError) -> ArchiveErasure.Count { try writer.preview(erasure) }

  /// Whether a keyword has counted more than so many reports.
  func hasCounted(keyword: UInt32, moreThan count: Int) throws(ArchiveError) -> Bool {
    try writer.hasCounted(keyword: keyword, moreThan: count)
  }

  /// Stores one set of changes, sample texts and refused events included.
  mutating func store(_ changes: Changes) throws(ArchiveError) {
    try writer.apply(
      changes,
      refused: { refusal in
        let batch = try reader.batch(at: refusal.position)
        let row = Int(refusal.row)
        return Self.says(batch, row) ? Self.refused(batch, row) : nil
      },
      sample: { reference in
        let batch = try reader.batch(at: reference.position)
        let row = Int(reference.row)
        guard Self.says(batch, row) else { return nil }
        return (
          Array(batch.arena[batch.sources[row].range]), Array(batch.arena[batch.ids[row].range]),
          Array(batch.arena[batch.texts[row].range])
        )
      })
  }

  /// Whether there is such a row, and it was not erased.
  private static func says(_ batch: ReportBatch, _ row: Int) -> Bool {
    row < batch.count && !batch.flags[row].contains(.erased)
  }

  /// What is kept of a refused row. One that the engine refused is well-formed: it is written anew.
  private static func refused(_ batch: ReportBatch, _ row: Int) -> RefusedEvent {
    let isWellFormed = batch.rejections[row] == 0
    var writer = EventWriter(reporters: .blanked)
    let raw = isWellFormed ? writer.write(batch, row) : Array(batch.arena[batch.raw(row).range])
    let time = batch.times[row]
    return RefusedEvent(
      source: Array(batch.arena[batch.sources[row].range]), id: Array(batch.arena[batch.ids[row].range]),
      time: !isWellFormed && time.microseconds == 0 ? nil : time, raw: raw)
  }
}
