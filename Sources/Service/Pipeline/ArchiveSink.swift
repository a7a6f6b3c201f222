import Archive
import Engine
import Journal
import Reports

/// The archive and the journal that its sample texts are read from.
struct ArchiveSink: ~Copyable {
  private var writer: ArchiveWriter
  private var reader: JournalReader

  init(writer: consuming ArchiveWriter, reader: JournalReader) {
    self.writer = writer
    self.reader = reader
  }

  /// The journal position through which everything is stored.
  var position: UInt64 { writer.position }

  /// Stores one set of changes, sample texts included.
  mutating func store(_ changes: Changes) throws(ArchiveError) {
    try writer.apply(changes) { reference in
      let batch = try reader.batch(at: reference.position)
      let row = Int(reference.row)
      guard row < batch.count else { return nil }
      return (
        Array(batch.arena[batch.sources[row].range]), Array(batch.arena[batch.ids[row].range]),
        Array(batch.arena[batch.texts[row].range])
      )
    }
  }
}
