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
    /// The journal position of the snapshot that was gone on from; nil where the journal was folded from its beginning.
    package var snapshotPosition: UInt64?
    /// Snapshots that were of no use, each with the reason.
    package var passedOver: [String] = []
  }

  /// How far opening has come.
  package enum Progress: Equatable, Sendable {
    /// Reads a snapshot, or the journal behind it: so many bytes at most.
    case reading(byteCount: UInt64)
    /// Has cut off the journal's end, which was never acknowledged; said even where opening fails further on.
    case cutOff(String)
    /// Folds the journal, up to an end.
    case folding(position: UInt64, end: UInt64)
  }

  package let layout: StoreLayout
  package let identity: StoreIdentity
  package let report: Report
  let lock: FileLock?
  let storage: any JournalStorage
  let writer: JournalWriter
  /// What must not come back.
  var erased: ErasureList
  var engine: Engine
  var archive: ArchiveSink
  let snapshots: SnapshotFolder
  let recovered: SnapshotStage.Recovered

  /// Opens a store, or makes one where the folder holds none.
  ///
  /// - Parameters:
  ///   - acceptsLoss: Whether summaries may be made anew from a journal whose beginning was let go of: what only that told
  ///     is missing in them then.
  ///   - progress: Told how far it has come, at every record: opening may take long, and whoever waits wants to know.
  /// - Throws: `ServiceError` where another process has it, where it is damaged, of a later version, or cannot be written.
  /// - Complexity: O(state) of the newest snapshot and O(journal) after it; without one O(journal).
  package init(
    directory: String, configuration: Configuration, acceptsLoss: Bool = false, progress: (Progress) -> Void = { _ in }
  ) throws(ServiceError) {
    let layout = StoreLayout(directory: directory)
    try ServiceError.wrapping { try FileSystem.makeDirectories(directory) }
    let lock = try Self.lock(layout)
    // Of whoever had the store before.
    try EndpointNote.clear(layout)
    let identity = try StoreIdentity(layout: layout)
    let storage = try ServiceError.wrapping { try FileStorage(creating: layout.journal) }
    let snapshots = try ServiceError.wrapping { try FileStorage(creating: layout.snapshots) }
    try self.init(
      layout: layout, identity: identity, lock: lock, storage: storage, snapshots: snapshots, fileSystem: nil,
      segmentByteCount: configuration.journal.segmentMebibytes << 20, configuration: configuration, acceptsLoss: acceptsLoss,
      progress: progress)
  }

  /// The same where the journal and the summaries lie elsewhere than in files.
  ///
  /// - Parameters:
  ///   - lock: held as long as the store is; nil where nobody else can reach it.
  ///   - fileSystem: the name of the SQLite VFS that the summaries lie in; nil for the system's.
  ///   - segmentByteCount: size at which a segment of the journal is closed.
  package init(
    layout: StoreLayout, identity: StoreIdentity, lock: consuming FileLock?, storage: any JournalStorage,
    snapshots: any JournalStorage, fileSystem: String?, segmentByteCount: Int, configuration: Configuration,
    acceptsLoss: Bool = false, progress: (Progress) -> Void = { _ in }
  ) throws(ServiceError) {
    let directory = layout.directory
    var settings = configuration.engine
    settings.identityKey = identity.identityKey
    var archive = try ServiceError.wrapping {
      try ArchiveWriter(
        folder: directory, storeID: identity.journalID.description, settingsFingerprint: configuration.fingerprint,
        history: HistoryLimits(
          days: configuration.history.retentionDays, pointCount: configuration.history.maximumChanges),
        retention: RetentionLimits(
          textDays: configuration.retention.textDays, countDays: configuration.retention.countDays,
          summaryDays: configuration.retention.summaryDays),
        profileNames: configuration.engine.profiles.map(\.name), fileSystem: fileSystem)
    }
    var report = Report()
    report.rebuilt = Self.reasonToRebuild(archive, configuration.fingerprint)
    let snapshots = SnapshotFolder(
      storage: snapshots, store: identity.journalID, fingerprint: configuration.fingerprint)
    var recovered = SnapshotStage.Recovered()
    var engine = Engine(settings: settings)
    if report.rebuilt == nil {
      engine = try Self.newest(snapshots, settings, storedPosition: archive.position, &report, &recovered, progress)
    }
    // Neither the summaries nor a snapshot ever gets ahead of what was synced: what they hold and the journal does not is damage.
    let synced = max(archive.position, engine.position)
    let starts = try ServiceError.wrapping { try Journal.segmentStarts(in: storage) }
    let unread = (starts.last ?? 0) - min(starts.last ?? 0, max(engine.position, starts.first ?? 0))
    progress(.reading(byteCount: unread + UInt64(segmentByteCount)))
    let scan = try Self.recover(storage, identity, layout, from: engine.position, synced: synced)
    report.tornTail = scan.tornTail?.description
    // Said at once: where this start fails further on, the next one finds nothing of it any more.
    if let tornTail = report.tornTail {
      Log.write(.warning, "cut off the journal's end, which was never acknowledged", ["where": tornTail])
      progress(.cutOff(tornTail))
    }
    let missing = JournalMark.missing(before: scan, in: storage)
    if let missing { Log.write(.warning, "the journal has lost its beginning", ["what": missing]) }
    if engine.position == 0, let start = scan.segments.first?.start, start > 0, !acceptsLoss {
      throw Self.incomplete(layout, start, report, missing: missing)
    }
    if report.snapshotPosition == nil, (scan.segments.first?.start ?? 0) > 0 {
      report.rebuilt = report.rebuilt ?? "the journal's beginning is gone"
    }
    let erased = try ErasureList(storage, key: identity.identityKey)
    let hasGaps = erased.count > 0 || JournalMark.texts.position(in: storage) != 0
    if report.snapshotPosition == nil, archive.position > 0, hasGaps {
      // Without the words of some texts keywords would come in another order than that of the summaries.
      report.rebuilt = report.rebuilt ?? "texts were erased, and there is no snapshot from before"
    }
    if report.rebuilt != nil {
      try ServiceError.wrapping { try archive.rebuild(settingsFingerprint: configuration.fingerprint) }
    }
    // Before anything of it is folded: the summaries must not hold what only the page cache shows.
    let writer = try ServiceError.wrapping {
      try JournalWriter(
        storage: storage, store: identity.journalID, recovered: scan, segmentByteCount: segmentByteCount)
    }
    var sink = ArchiveSink(writer: archive, reader: JournalReader(storage: storage, store: identity.journalID))
    let begin = Clock.threadNanoseconds()
    let start = max(engine.position, scan.segments.first?.start ?? 0)
    report = try Self.fold(storage, identity, from: start, end: scan.end, report, into: &engine, &sink, progress)
    recovered.foldNanoseconds = Clock.threadNanoseconds() - begin
    self.layout = layout
    self.identity = identity
    self.lock = lock
    self.storage = storage
    self.writer = writer
    self.erased = erased
    self.engine = engine
    self.archive = sink
    self.snapshots = snapshots
    self.recovered = recovered
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

  /// The engine of the newest snapshot that the summaries can go on with; an empty one where there is none.
  private static func newest(
    _ snapshots: SnapshotFolder, _ settings: EngineSettings, storedPosition: UInt64, _ report: inout Report,
    _ recovered: inout SnapshotStage.Recovered, _ progress: (Progress) -> Void
  ) throws(ServiceError) -> Engine {
    for position in try ServiceError.wrapping({ try snapshots.positions() }) {
      do {
        progress(.reading(byteCount: try snapshots.header(position).stateByteCount))
        let engine = try snapshots.engine(position, settings: settings, storedPosition: storedPosition)
        report.snapshotPosition = position
        recovered.snapshotPosition = position
        recovered.stateByteCount = try snapshots.header(position).stateByteCount
        return engine
      } catch { report.passedOver.append(error.description) }
    }
    return Engine(settings: settings)
  }

  private static func recover(
    _ storage: any JournalStorage, _ identity: StoreIdentity, _ layout: StoreLayout, from position: UInt64, synced: UInt64
  ) throws(ServiceError) -> JournalScan {
    try ServiceError.wrapping {
      do {
        return try JournalRecovery.recover(storage, store: identity.journalID, from: position, syncedPosition: synced)
      } catch JournalError.damaged(let damage) {
        throw ServiceError(
          "\(damage). Nothing was changed. Restore the file from a backup, or take what is whole elsewhere (`tocsin journal export`); "
            + "`tocsin doctor --repair --store \(layout.directory)` sets the rest aside and goes on from there")
      }
    }
  }

  /// Where the journal's beginning is gone and no snapshot stands in for it.
  private static func incomplete(_ layout: StoreLayout, _ start: UInt64, _ report: Report, missing: String?) -> ServiceError {
    let why = report.rebuilt ?? (report.passedOver.first.map { "no snapshot can be used (\($0))" } ?? "there is no snapshot")
    let what =
      missing
      ?? "the journal begins at position \(start): what came before was let go of after [journal] retentionDays"
    return ServiceError(
      "\(layout.directory): \(why), and \(what). Start with the settings that the store was made with, restore what is missing or a "
        + "snapshot from a backup, or make the summaries anew from what is left with --rebuild")
  }

  /// Folds the journal from a position: into the engine, and into the archive from where that stands.
  private static func fold(
    _ storage: any JournalStorage, _ identity: StoreIdentity, from start: UInt64, end: UInt64, _ report: Report,
    into engine: inout Engine, _ archive: inout ArchiveSink, _ progress: (Progress) -> Void
  ) throws(ServiceError) -> Report {
    var report = report
    try ServiceError.wrapping {
      var reader = JournalReader(storage: storage, store: identity.journalID, from: start, limit: end)
      var unstoredEventCount = 0
      // Of what the snapshot had not given out yet, the summaries hold everything.
      if engine.position == archive.position { _ = engine.drain() }
      while let (batch, range) = try reader.next() {
        _ = engine.apply(batch, at: range)
        report.recoveredRecordCount += 1
        report.recoveredEventCount += batch.count
        progress(.folding(position: range.upperBound, end: end))
        if range.upperBound <= archive.position {
          // Stored already, all of it; dropped now and then, so that it does not gather over a whole journal.
          unstoredEventCount += batch.count
          if range.upperBound == archive.position || unstoredEventCount >= 1 << 17 {
            _ = engine.drain()
            unstoredEventCount = 0
          }
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
