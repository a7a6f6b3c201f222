import Archive
import Engine
import Foundation
import Reports
import SQLite
import TestSupport
import Testing

/// What is said of a store's file as a whole, and what is done to it.
@Suite struct UpkeepTests {
  /// A store with more than one page a table.
  private func large(seed: UInt64, clusters: Int = 0) throws -> Store {
    let (store, _, generator) = try Store.filled(seed: seed, rounds: 20)
    var next = generator
    var writer = try store.writer()
    var changes = next.next()
    changes.rollups = (0..<20_000).map {
      .init(keyword: 0, cell: CellID(row: 7, column: $0), hour: 1, reportCount: 1, witnessCount: 1)
    }
    changes.clusters += (0..<clusters).map { next.summary(ClusterID(rawValue: UInt64($0))) }
    try writer.apply(changes, sample: Twin.sample)
    return store
  }

  @Test func aWholeStoreIsWhole() throws {
    let store = try large(seed: 1)
    let check = try ArchiveCheck(folder: store.folder.path)
    #expect(check.version == ArchiveFormat.schemaVersion)
    // What the generator makes up names episodes and incidents that are not there; nothing else is wrong.
    #expect(
      check.findings.allSatisfy {
        $0.state == .whole || $0.says.hasSuffix("(cluster.episode → episode)") || $0.says.contains("not there")
      })
    #expect(!check.findings.contains { $0.state == .damaged })
    let rollups = try #require(check.findings.first { $0.table == "rollup_hourly" })
    let connection = try Connection(path: store.path, mode: .readOnly)
    let count = try connection.integer("SELECT count(*) FROM rollup_hourly")
    #expect(Int64(rollups.rowCount) == count && rollups.says.isEmpty)
  }

  /// The first page of a table's that is no root: what a bad block takes away.
  private func leaf(of name: String, _ store: Store) throws -> Int {
    let connection = try Connection(path: store.path, mode: .readOnly)
    let page = try connection.integer(
      "SELECT pageno FROM dbstat WHERE name = '\(name)' AND pagetype = 'leaf' ORDER BY path LIMIT 1 OFFSET \(name == "cluster_cell" ? 0 : 3)"
    )
    return Int(try #require(page))
  }

  @Test(arguments: ["rollup_hourly", "cluster_cell", "quarantine_by_receipt"])
  func aPageThatIsOverwrittenIsNamedWithWhatCanBeSaved(name: String) throws {
    let store = try large(seed: 2, clusters: 400)
    if name == "quarantine_by_receipt" {
      try store.execute(
        """
        INSERT OR IGNORE INTO producer VALUES (0, 'p', 'e', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
        WITH RECURSIVE n (i) AS (SELECT 1000 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
        INSERT INTO quarantine (number, code, member, message, producer, sequence, received_at, journal_position, journal_row, is_whole, raw)
        SELECT i, 'c', 'm', 'm', (SELECT min(number) FROM producer), i, i, i, 0, 1, '{}' FROM n
        """)
    }
    let table = name == "quarantine_by_receipt" ? "quarantine" : name
    let connection = try Connection(path: store.path, mode: .readOnly)
    let count = UInt64(try connection.integer("SELECT count(*) FROM \(table)") ?? 0)
    let page = try leaf(of: name, store)
    let file = try FileHandle(forUpdating: URL(filePath: store.path))
    try file.seek(toOffset: UInt64(page - 1) * 4_096)
    try file.write(contentsOf: Data(repeating: 0xa5, count: 4_096))
    try file.close()
    let check = try ArchiveCheck(folder: store.folder.path)
    #expect(!check.isWhole)
    let damaged = check.findings.filter { $0.state == .damaged }
    #expect(damaged.map(\.table) == [table])
    let finding = try #require(damaged.first)
    #expect(check.findings.first == finding)
    if name == table {
      #expect(finding.rowCount > count / 2 && finding.rowCount < count, "\(finding) of \(count)")
      #expect(finding.says.contains("rows can be read before the damage") && finding.says.contains("behind it"))
    } else {
      #expect(
        finding.rowCount == count && finding.says.contains("an index is damaged")
          && finding.says.contains("every row can be read"))
    }
    #expect(finding.says.contains("the journal holds all of it"))
  }

  @Test func aSchemaThatIsOverwrittenIsSaid() throws {
    let store = try large(seed: 3)
    let file = try FileHandle(forUpdating: URL(filePath: store.path))
    try file.seek(toOffset: 100)
    try file.write(contentsOf: Data(repeating: 0xa5, count: 3_996))
    try file.close()
    let error = failure { () throws(ArchiveError) in _ = try ArchiveCheck(folder: store.folder.path) }
    guard case .corrupt = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(error?.description.contains("move the file away") == true)
  }

  @Test func rowsThatNameNothingAreDangling() throws {
    let store = try Store()
    _ = try store.writer()
    try store.execute(
      """
      PRAGMA foreign_keys = OFF;
      INSERT INTO cluster_cell VALUES ('0000000000001', 5, 1, 1), ('0000000000001', 6, 1, 1);
      INSERT INTO rollup_hourly VALUES (9, 1, 1, 1, 1);
      """)
    let findings = try ArchiveCheck(folder: store.folder.path).findings.filter { $0.state != .whole }
    #expect(
      findings.map { "\($0.table) \($0.state.rawValue) \($0.says)" } == [
        "cluster_cell dangling 2 rows name what is not there (cluster_cell → cluster)",
        "rollup_hourly dangling 1 rows name what is not there (rollup_hourly.keyword → keyword)",
      ])
  }

  @Test func whatCannotBeCheckedIsToldApart() throws {
    let store = try Store()
    func problem() -> ArchiveError? { failure { () throws(ArchiveError) in _ = try ArchiveCheck(folder: store.folder.path) } }
    guard case .missing = problem() else {
      Issue.record("missing: \(String(describing: problem()))")
      return
    }
    try store.execute("CREATE TABLE t (a)")
    guard case .notAStore = problem() else {
      Issue.record("not ours: \(String(describing: problem()))")
      return
    }
    try store.execute("PRAGMA application_id = 0x54435331; PRAGMA user_version = 9")
    guard case .newerSchema(_, 9, ArchiveFormat.schemaVersion) = problem() else {
      Issue.record("newer: \(String(describing: problem()))")
      return
    }
    let old = try Store()
    try old.execute(StoreV1.schema)
    try old.execute(StoreV1.content)
    let check = try ArchiveCheck(folder: old.folder.path)
    #expect(check.version == 1 && check.findings.contains { $0.table == "cluster" && $0.rowCount > 0 })
  }

  /// Somebody who lets nobody read: said, not waited for without end.
  @Test func aLockedFileIsSaid() throws {
    let (store, _, _) = try Store.filled(seed: 4, rounds: 3)
    let holder = try Connection(path: store.path, mode: .readWrite)
    try holder.execute("PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE")
    let error = failure { () throws(ArchiveError) in _ = try ArchiveCheck(folder: store.folder.path) }
    guard case .locked = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(error?.description.contains("another process holds it") == true)
    try holder.execute("ROLLBACK")
    _ = try ArchiveCheck(folder: store.folder.path)
  }

  /// Every state that a copy could have been taken in is one that the writer has committed.
  @Test func aCopyIsOneStateWhileTheWriterGoesOn() async throws {
    let (store, _, generator) = try Store.filled(seed: 5, rounds: 5)
    let folder = store.folder.path
    let path = store.folder.path("copy.sqlite")
    let writes = Task.detached {
      var writer = try ArchiveWriter(folder: folder, storeID: "store-1", settingsFingerprint: "settings-1")
      var next = generator
      for _ in 0..<200 where !Task.isCancelled { try writer.apply(next.next(), sample: Twin.sample) }
    }
    for round in 0..<8 {
      try ArchiveUpkeep.copy(folder: folder, to: path)
      let copied = try Store.read(path)
      #expect(copied.problems == ["ok"], "round \(round)")
      #expect(
        copied.mode == "delete" && Int(copied.version) == ArchiveFormat.schemaVersion && copied.applicationID == 0x5443_5331,
        "round \(round)")
      // A transaction of the writer sets the position last: the ledger of every producer was written with it.
      let expected = try Store.twin(seed: 5, through: copied.position)
      #expect(copied.received == expected, "round \(round)")
      #expect(!FileManager.default.fileExists(atPath: path + "-wal"))
      try FileManager.default.removeItem(atPath: path)
    }
    writes.cancel()
    _ = try await writes.value
  }

  @Test func vacuumGivesBackWhatIsFree() throws {
    let store = try large(seed: 6)
    var writer = try store.writer()
    try writer.rebuild(settingsFingerprint: "s")
    _ = consume writer
    let before = try ArchiveStatistics(folder: store.folder.path, hasParts: true)
    #expect(before.freeByteCount > 250_000)
    let sizes = try ArchiveUpkeep.vacuum(folder: store.folder.path)
    let after = try ArchiveStatistics(folder: store.folder.path, hasParts: true)
    #expect(after.freeByteCount == 0 && after.logByteCount == 0 && sizes.after == after.fileByteCount)
    #expect(after.fileByteCount + 250_000 < before.fileByteCount)
    #expect(before.parts.map(\.rowCount).reduce(0, +) == after.parts.map(\.rowCount).reduce(0, +))
  }

  /// All pages of the file are of some table, of an index or free.
  @Test func statisticsAddUp() throws {
    let store = try large(seed: 7)
    let writer = try store.writer()
    let isComplete = try writer.checkpoint()
    #expect(isComplete)
    let statistics = try ArchiveStatistics(folder: store.folder.path, hasParts: true)
    let bytes = statistics.parts.reduce(0) { $0 + ($1.tableByteCount ?? 0) + ($1.indexByteCount ?? 0) }
    #expect(bytes + statistics.freeByteCount == statistics.fileByteCount)
    #expect(statistics.parts.first?.table == "rollup_hourly" && statistics.version == ArchiveFormat.schemaVersion)
    #expect(statistics.storeID == "store-1" && statistics.position == writer.position)
    #expect(try statistics.backlogCount.map { Int($0) } == store.reader().backlogCount())
    #expect(try ArchiveStatistics(folder: store.folder.path, hasParts: false).parts.isEmpty)
  }

  @Test func migratingIsDoneOnce() throws {
    let store = try Store()
    try store.execute(StoreV2.schema)
    try store.execute(StoreV2.content)
    #expect(try ArchiveUpkeep.migrate(folder: store.folder.path) == (2, ArchiveFormat.schemaVersion))
    #expect(try ArchiveUpkeep.migrate(folder: store.folder.path) == (ArchiveFormat.schemaVersion, ArchiveFormat.schemaVersion))
    #expect(try store.reader().meta().position == 41)
    let missing = try Store()
    guard case .missing = failure({ () throws(ArchiveError) in _ = try ArchiveUpkeep.migrate(folder: missing.folder.path) })
    else {
      Issue.record("a store was made")
      return
    }
    #expect(!FileManager.default.fileExists(atPath: missing.path))
  }

  /// A reader in a transaction keeps the log; once it has gone, the log shrinks to what it is bounded to.
  @Test func aLogThatAReaderKeepsIsSeenAndShrinksAfterwards() throws {
    let (store, _, generator) = try Store.filled(seed: 8, rounds: 2)
    var next = generator
    var writer = try store.writer()
    let bound: UInt64 = 8 << 20
    /// Texts fill pages faster than counts do.
    func write(_ count: Int) throws {
      for _ in 0..<count {
        try writer.apply(next.next()) { ([], [], Array(repeating: UInt8($0.position % 64 + 32), count: 1 << 18)) }
      }
    }
    try write(3)
    #expect(try writer.log(past: bound).isHeld == false)
    let reader = try Connection(path: store.path, mode: .readOnly)
    try reader.execute("BEGIN")
    _ = try reader.integer("SELECT count(*) FROM cluster")
    try write(40)
    let held = try writer.log(past: bound)
    #expect(held.isHeld && held.byteCount > 48 << 20, "\(held)")
    #expect(held.byteCount == Connection.logByteCount(path: store.path))
    try reader.execute("COMMIT")
    try write(2)
    let after = try writer.log(past: bound)
    #expect(!after.isHeld && after.byteCount <= 24 << 20, "\(after)")
  }
}

extension Store {
  /// What a copy says of itself: SQLite's own check, its marks, the position, and what every producer has been received from.
  static func read(
    _ path: String
  ) throws -> (problems: [String], mode: String, version: Int32, applicationID: Int32, position: UInt64, received: [UInt64]) {
    let connection = try Connection(path: path, mode: .readOnly)
    func column(_ sql: String) throws -> [String] {
      let select = try connection.prepare(sql)
      var values: [String] = []
      while try select.step() { values.append(select.text(0) ?? "") }
      return values
    }
    return (
      try column("PRAGMA integrity_check"), try column("PRAGMA journal_mode").first ?? "", try connection.userVersion(),
      try connection.applicationID(), UInt64(try connection.integer("SELECT journal_position FROM meta") ?? 0),
      try column("SELECT received FROM producer ORDER BY number").compactMap { UInt64($0) }
    )
  }

  /// What a generator's changes up to a position have every producer received.
  static func twin(seed: UInt64, through position: UInt64) throws -> [UInt64] {
    var generator = ChangesGenerator(seed: seed)
    var twin = Twin()
    while twin.position < position { twin.apply(generator.next()) }
    #expect(twin.position == position)
    return twin.producers.sorted { $0.key < $1.key }.map(\.value.ledger.received)
  }
}
