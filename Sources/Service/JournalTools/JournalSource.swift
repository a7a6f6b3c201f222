import Archive
import Journal
import Platform
import Reports

/// A store's journal, looked over, for whoever reads it beside its writer.
struct JournalSource {
  let identity: StoreIdentity
  let storage: FileStorage
  let scan: JournalScan

  init(directory: String) throws(ServiceError) {
    let layout = StoreLayout(directory: directory)
    guard FileSystem.exists(layout.identity), FileSystem.exists(layout.journal) else {
      throw ServiceError("\(directory): holds no store; name the folder that `serve` or `replay` was given with --store")
    }
    let identity = try StoreIdentity(layout: layout)
    let storage = FileStorage(path: layout.journal)
    self.identity = identity
    self.storage = storage
    // The summaries never get ahead of what was synced: where they cannot be read, the journal has to speak for itself.
    let position = JournalSource.storedPosition(layout)
    scan = try ServiceError.wrapping { try Journal.check(storage, store: identity.journalID, syncedPosition: position) }
  }

  private static func storedPosition(_ layout: StoreLayout) -> UInt64 {
    guard FileSystem.exists(layout.summaries) else { return 0 }
    return (try? ArchiveReader(folder: layout.directory).meta().position) ?? 0
  }

  /// How much of the journal lies before a position, from 0 to 1.
  func share(through position: UInt64) -> Double {
    let start = scan.segments.first?.start ?? 0
    return scan.end > start ? Double(position - start) / Double(scan.end - start) : 1
  }

  func visit(_ body: (Int, Range<UInt64>, Result<ReportBatch, BatchFormatError>) throws -> Void) throws(ServiceError) {
    try ServiceError.wrapping { try Journal.visit(storage, store: identity.journalID, scan: scan, body) }
  }
}
