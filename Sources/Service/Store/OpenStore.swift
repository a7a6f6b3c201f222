import Archive
package import Configuration
import Engine
package import Journal
package import Platform
import Reports

/// A store that this process alone may write, brought up to the end of its journal.
package struct OpenStore: ~Copyable {
  /// What opening found and did.
  package struct Report: Equatable, Sendable {
    package var recoveredRecordCount = 0
    package var recoveredEventCount = 0
    /// What was cut off the journal's end, and where; nil where it was whole.
    package var tornTail: String?
    /// Why the summaries were made anew; nil where they were not.
    package var rebuilt: String?
  }

  package let layout: StoreLayout
  package let identity: StoreIdentity
  package let report: Report
  let lock: FileLock?
  let storage: any JournalStorage
  let writer: JournalWriter
  var engine: Engine
  var archive: ArchiveSink

  /// Opens a store, or makes one where the folder holds none.
  ///
  /// - Throws: `ServiceError` where another process has it, where it is damaged, of a later version, or cannot be written.
  /// - Complexity: O(journal): the engine is folded anew from its beginning.
  package init(directory: String, configuration: Configuration) throws(ServiceError) {
    let layout = StoreLayout(directory: directory)
    try ServiceError.wrapping { try FileSystem.makeDirectories(directory) }
    let lock = try Self.lock(layout)
    // Of whoever had the store before.
    try EndpointNote.clear(layout)
    let identity = try StoreIdentity(layout: layout)
    let storage = try ServiceError.wrapping { try FileStorage(creating: layout.journal) }
    try self.init(
      layout: layout, identity: identity, lock: lock, storage: storage, fileSystem: nil,
      segmentByteCount: configuration.journal.segmentMebibytes << 20, configuration: configuration)
  }

  /// The same where the journal and the summaries lie elsewhere than in files.
  ///
  /// - Parameters:
  ///   - lock: held as long as the store is; nil where nobody else can reach it.
  ///   - fileSystem: the name of the SQLite VFS that the summaries lie in; nil for the system's.
  ///   - segmentByteCount: size at which a segment of the journal is closed.
  package init(
    layout: StoreLayout, identity: StoreIdentity, lock: consuming FileLock?, storage: any JournalStorage, fileSystem: String?,
    segmentByteCount: Int, configuration: Configuration
  ) throws(ServiceError) {
    let directory = layout.directory
    var settings = configuration.engine
    settings.identityKey = identity.identityKey
    var archive = try ServiceError.wrapping {
      try ArchiveWriter(
        folder: directory, storeID: identity.journalID.description, settingsFingerprint: configuration.fingerprint,
        profileNames: configuration.engine.profiles.map(\.name), fileSystem: fileSystem)
    }
    let scan = try ServiceError.wrapping {
      do {
        // The summaries never get ahead of what was synced: what they hold and the journal does not is damage.
        return try JournalRecovery.recover(storage, store: identity.journalID, syncedPosition: archive.position)
      } catch JournalError.damaged(let damage) {
        throw ServiceError("\(damage); `tocsin doctor --repair --store \(directory)` sets the rest aside and goes on from there")
      }
    }
    var report = Report()
    report.tornTail = scan.tornTail?.description
    report.rebuilt = Self.reasonToRebuild(archive, configuration.fingerprint)
    if report.rebuilt != nil {
      try ServiceError.wrapping { try archive.rebuild(settingsFingerprint: configuration.fingerprint) }
    }
    // Before anything of it is folded: the summaries must not hold what only the page cache shows.
    let writer = try ServiceError.wrapping {
      try JournalWriter(
        storage: storage, store: identity.journalID, recovered: scan,
        segmentByteCount: segmentByteCount)
    }
    var engine = Engine(settings: settings)
    var sink = ArchiveSink(writer: archive, reader: JournalReader(storage: storage, store: identity.journalID))
    report = try Self.fold(storage, identity, end: scan.end, report, into: &engine, &sink)
    self.layout = layout
    self.identity = identity
    self.lock = lock
    self.storage = storage
    self.writer = writer
    self.engine = engine
    self.archive = sink
    self.report = report
  }

  private static func lock(_ layout: StoreLayout) throws(ServiceError) -> FileLock {
    do {
      return try FileLock(directory: layout.directory)
    } catch {
      if case .held(_, let holder) = error {
        let who = holder.map { "process \($0)" } ?? "another process"
        throw ServiceError("\(layout.directory): \(who) writes this store; stop it first, or choose another with --store")
      }
      throw ServiceError("\(error)")
    }
  }

  private static func reasonToRebuild(_ archive: borrowing ArchiveWriter, _ fingerprint: String) -> String? {
    if archive.settingsFingerprint == fingerprint { return nil }
    return archive.settingsFingerprint.isEmpty
      ? "the journal was repaired" : "the configuration that determines them has changed"
  }

  /// Folds the whole journal: into the engine from its beginning, into the archive from where that stands.
  private static func fold(
    _ storage: any JournalStorage, _ identity: StoreIdentity, end: UInt64, _ report: Report, into engine: inout Engine,
    _ archive: inout ArchiveSink
  ) throws(ServiceError) -> Report {
    var report = report
    try ServiceError.wrapping {
      var reader = JournalReader(storage: storage, store: identity.journalID, limit: end)
      var unstoredEventCount = 0
      while let (batch, range) = try reader.next() {
        _ = engine.apply(batch, at: range)
        report.recoveredRecordCount += 1
        report.recoveredEventCount += batch.count
        if range.upperBound <= archive.position {
          // Stored already; what is dropped here is exactly what that transaction held.
          if range.upperBound == archive.position { _ = engine.drain() }
          continue
        }
        unstoredEventCount += batch.count
        if unstoredEventCount >= 1 << 17 {
          try archive.store(engine.drain())
          unstoredEventCount = 0
        }
      }
      if engine.position > archive.position { try archive.store(engine.drain()) }
    }
    return report
  }
}
