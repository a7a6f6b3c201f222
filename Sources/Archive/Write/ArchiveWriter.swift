package import Engine
import Reports
import SQLite

/// The one writer of a store: applies the engine's changes, each set in one transaction with its journal position.
///
/// One thread at a time may use it. That no other process writes too is for the store's `lock` to see to.
package struct ArchiveWriter: ~Copyable {
  /// Pages of the write-ahead log (of 4 KiB) after which a commit copies them into the file.
  private static let checkpointPageCount = 4_000
  /// More makes nothing faster that was measured, and a service that is thin slower: what it holds then grows for weeks.
  private static let cacheKibibytes = 12_288

  private let setPosition: Statement
  private let names: NameTables
  private let clusters: ClusterTables
  private let samples: SampleTable
  private let episodes: EpisodeTables
  private let episodeSamples: SampleTable
  private let incidents: IncidentTables
  private let health: HealthTables
  private let rollups: RollupTable
  private let quarantine: QuarantineTable
  private let history: HistoryTables
  private let retention: Retention
  private let backlog: SideBacklog
  let sides: SideTables
  let connection: Connection

  /// The journal position through which everything is stored; zero in a new store.
  package internal(set) var position: UInt64
  /// The settings with which the content was made; where they differ from the engine's, `rebuild`.
  package internal(set) var settingsFingerprint: String
}

// MARK: Opening

extension ArchiveWriter {
  /// Opens the store's file in an existing folder, makes it where it is missing and brings its schema up to date.
  ///
  /// - Parameters:
  ///   - storeID: the store's own name, kept in a new file and compared in an old one.
  ///   - settingsFingerprint: kept in a new file; not compared.
  ///   - history: how much of the history is kept.
  ///   - retention: how long everything else is; what is older already is let go of at once.
  ///   - profileNames: what people call the engine's profiles, in their order; empty leaves what is stored.
  ///   - fileSystem: the name of the SQLite VFS that the folder lies in; nil for the system's.
  /// - Throws: `.notAStore`, `.newerSchema`, `.otherStore`, `.corrupt`, `.full`, `.missing` where the folder is.
  package init(
    folder: String, storeID: String, settingsFingerprint: String, history: HistoryLimits = HistoryLimits(),
    retention: RetentionLimits = RetentionLimits(), profileNames: [String] = [], fileSystem: String? = nil
  ) throws(ArchiveError) {
    let path = ArchiveFormat.path(inFolder: folder)
    let connection = try storing { () throws(SQLiteError) in
      try Connection(path: path, mode: .create, fileSystem: fileSystem)
    }
    // Asked before the pragmas, which would already change a file that is not ours.
    _ = try Migration.version(of: connection, acceptsEmpty: true)
    try storing { () throws(SQLiteError) in try Self.configure(connection) }
    try Migration.run(on: connection)
    let meta = try Self.claim(connection, storeID, settingsFingerprint)
    try Self.name(profileNames, on: connection)
    try Self.begin(retention, history, at: meta.watermark, on: connection)
    do throws(SQLiteError) {
      try self.init(
        owning: connection, history: history, retention: retention, position: meta.position,
        settingsFingerprint: meta.settingsFingerprint)
    } catch {
      throw ArchiveError(error)
    }
  }

  private init(
    owning connection: consuming Connection, history: HistoryLimits, retention: RetentionLimits, position: UInt64,
    settingsFingerprint: String
  ) throws(SQLiteError) {
    // The tables' CHECKs are for others who write. For a list of words SQLite builds a table anew at every row, which takes longer than the
    // row itself; what is written here are cases of enumerations, and `tocsin db check` looks at them.
    try connection.execute("PRAGMA ignore_check_constraints = ON")
    try self.init(
      setPosition: connection.prepare("UPDATE meta SET journal_position = ?1, watermark = ?2"),
      names: NameTables(on: connection), clusters: ClusterTables(on: connection),
      samples: SampleTable(of: "cluster", on: connection), episodes: EpisodeTables(on: connection),
      episodeSamples: SampleTable(of: "episode", on: connection), incidents: IncidentTables(on: connection),
      health: HealthTables(on: connection), rollups: RollupTable(on: connection),
      quarantine: QuarantineTable(on: connection), history: HistoryTables(limits: history, on: connection),
      retention: Retention(limits: retention, on: connection),
      backlog: SideBacklog(on: connection), sides: SideTables(on: connection), connection: connection, position: position,
      settingsFingerprint: settingsFingerprint)
  }

  /// With NORMAL a power cut may lose the last transactions, never their order: the journal gives them again.
  private static func configure(_ connection: borrowing Connection) throws(SQLiteError) {
    try connection.execute(
      """
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = NORMAL;
      PRAGMA foreign_keys = ON;
      PRAGMA secure_delete = FAST;
      PRAGMA temp_store = MEMORY;
      PRAGMA cache_size = -\(cacheKibibytes);
      PRAGMA wal_autocheckpoint = \(checkpointPageCount);
      PRAGMA journal_size_limit = \(checkpointPageCount * 4_096)
      """)
  }

  /// Fills in the one row of `meta` in a new store, and sees to it that an old one is ours.
  private static func claim(
    _ connection: borrowing Connection, _ storeID: String, _ fingerprint: String
  ) throws(ArchiveError) -> ArchiveMeta {
    let path = connection.path
    try storing { () throws(SQLiteError) in
      let insert = try connection.prepare(
        "INSERT INTO meta (one, store_id, settings_fingerprint, journal_position) VALUES (1, ?1, ?2, 0) ON CONFLICT DO NOTHING")
      try insert.bind(storeID, at: 1)
      try insert.bind(fingerprint, at: 2)
      try insert.run()
    }
    let meta = try ArchiveMeta.read(from: connection)
    guard meta.storeID.utf8.elementsEqual(storeID.utf8) else {
      throw .otherStore(path: path, found: meta.storeID, expected: storeID)
    }
    return meta
  }
}

// MARK: Writing

extension ArchiveWriter {
  /// Stores a set of changes and the position that they lead to: all of it or nothing.
  ///
  /// A summary replaces all that is stored under its id. What is older than `retention` allows at the watermark is not there afterwards. Counts from 2⁶³ up are stored as 2⁶³ − 1.
  ///
  /// - Parameters:
  ///   - refused: reads a refused event from the journal; nil where the journal no longer holds it.
  ///   - sample: reads a report's text from the journal; nil where the journal no longer holds it. It is asked only for
  ///     texts that are not stored yet.
  /// - Throws: `.full` (may be tried again), `.sample` with what `refused` or `sample` threw, `.outOfOrder` for changes at or below
  ///   `position`, unless they are at it and empty.
  package mutating func apply(
    _ changes: Changes, refused: (Changes.Refusal) throws -> RefusedEvent? = { _ in nil },
    sample: (ClusterSummary.SampleReference) throws -> (source: [UInt8], id: [UInt8], text: [UInt8])?
  ) throws(ArchiveError) {
    guard changes.throughPosition > position else {
      if changes.throughPosition == position && changes.isEmpty { return }
      throw .outOfOrder(path: connection.path, stored: position, given: changes.throughPosition)
    }
    try connection.transaction(.writing, wrapping: ArchiveError.init) { () throws(ArchiveError) in
      let bounds = try storing { () throws(SQLiteError) in try retention.bounds(at: changes.watermark) }
      try storing { () throws(SQLiteError) in
        try names.write(changes)
        for merge in changes.merges {
          // Of one that was never stored the side tables know nothing.
          if try clusters.write(merge) { try backlog.note(.cluster, merge.absorbed) }
        }
        for merge in changes.incidentMerges {
          try incidents.write(merge)
          try backlog.note(.incident, merge.absorbed)
        }
        for summary in changes.incidents {
          try incidents.write(summary)
          try backlog.note(.incident, summary.id)
        }
        try health.write(changes)
      }
      try quarantine.write(changes, refused)
      try write(.episode, changes.episodes.map { ($0.id, $0.samples) }, episodeSamples, since: bounds.texts, sample) {
        index throws(SQLiteError) in try episodes.write(changes.episodes[index])
      }
      try write(.cluster, changes.clusters.map { ($0.id, $0.samples) }, samples, since: bounds.texts, sample) {
        index throws(SQLiteError) in try clusters.write(changes.clusters[index])
      }
      try storing { () throws(SQLiteError) in
        try rollups.write(changes.rollups, since: bounds.counts)
        try history.write(changes.history)
        try retention.drop(before: bounds, noting: backlog)
        try setPosition.bind(Int64(clamping: changes.throughPosition), at: 1)
        try setPosition.bind(changes.watermark?.microseconds, at: 2)
        try setPosition.run()
      }
    }
    position = changes.throughPosition
  }

  /// Writes summaries of a kind in the order of their ids, then the texts of them that are missing.
  ///
  /// - Parameter write: writes the one of an index, but for its samples.
  private func write(
    _ kind: SummaryKind, _ summaries: [(id: ClusterID, samples: [ClusterSummary.SampleReference])],
    _ table: borrowing SampleTable,
    since bound: Timestamp?, _ sample: (ClusterSummary.SampleReference) throws -> SampleTable.Report?,
    _ write: (Int) throws(SQLiteError) -> Void
  ) throws(ArchiveError) {
    var missing: [SampleTable.Missing] = []
    try storing { () throws(SQLiteError) in
      for index in Self.lastOfEach(summaries.map(\.id)) {
        let (id, samples) = summaries[index]
        try write(index)
        try backlog.note(kind, id)
        try table.write(samples, of: id, since: bound, missing: &missing)
      }
    }
    try table.insert(missing, sample)
  }

  /// Where each id stands for the last time, in the order of the ids: the tables', so that each of their pages is visited once.
  private static func lastOfEach(_ ids: [ClusterID]) -> [Int] {
    let order = ids.indices.sorted { (ids[$0], $0) < (ids[$1], $1) }
    return order.indices.filter { $0 + 1 == order.count || ids[order[$0]] != ids[order[$0 + 1]] }.map { order[$0] }
  }
}

extension Changes {
  /// Whether there is nothing to store but the position and the watermark.
  fileprivate var isEmpty: Bool {
    keywords.isEmpty && sources.isEmpty && producers.isEmpty && clusters.isEmpty && merges.isEmpty && rollups.isEmpty
      && episodes.isEmpty && incidents.isEmpty && incidentMerges.isEmpty && outages.isEmpty && calibrations.isEmpty
      && history.isEmpty && refusals.isEmpty && retries.isEmpty && quarantine == nil
  }
}
