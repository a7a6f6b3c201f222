import Archive
import Engine
import Reports
import SQLite
import TestSupport
import Testing

/// A store of an earlier version becomes one of this, with all that it held.
@Suite struct MigrationTests {
  private func oldStore() throws -> Store {
    let store = try Store()
    try store.execute(StoreV1.schema)
    try store.execute(StoreV1.content)
    return store
  }

  @Test func readersLeaveAnOldStoreToItsWriter() throws {
    let store = try oldStore()
    let error = failure { () throws(ArchiveError) in _ = try store.reader() }
    guard case .olderSchema(_, 1, 6) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(error?.description.contains("tocsin db migrate") == true)
  }

  @Test func whatVersion1HeldIsThere() throws {
    let store = try oldStore()
    let writer = try store.writer()
    #expect(writer.position == 41 && writer.settingsFingerprint == "settings-1")
    let reader = try store.reader()
    let detail = try #require(try reader.cluster("1bbbbbbbbbbbb"))
    #expect(detail.row.keywords == ["gas leak"] && detail.row.state == .closed)
    #expect(detail.row.location == Coordinate(latitude: 42.5, longitude: -71.25))
    #expect([detail.row.reportCount, detail.row.witnessCount, detail.row.nearDuplicateCount] == [8, 7, 0])
    #expect(detail.row.significance == nil && detail.row.episode == nil && detail.row.alertedAt == nil)
    #expect(detail.cells == [.init(cell: CellID(row: 1, column: 2), reportCount: 8, witnessCount: 7)])
    #expect(detail.samples.map(\.text) == ["first", "second"])
    #expect(detail.samples.map(\.nearDuplicateCount) == [0, 0])
    guard case .merged(_, .cluster(detail)) = try reader.find("0a") else {
      Issue.record("the merge is lost")
      return
    }
    let source = try #require(try reader.sources().first)
    #expect(source.ledger.received == 9 && source.role == .public && source.cancelledCount == 0)
    #expect(try reader.producers().map(\.throughSequence) == [9])
    #expect(try reader.rollups(RollupFilter()).map(\.line) == ["gas leak 3 \(CellID.nowhere) [4, 2]"])
    #expect(try reader.meta().watermark == Timestamp(microseconds: 7))
    #expect(try reader.incidents(ClusterFilter()).isEmpty && reader.episodes(ClusterFilter()).isEmpty)
    #expect(try reader.outages().isEmpty && reader.calibrations().isEmpty)
  }

  @Test func whatVersion2HeldIsThere() throws {
    let store = try Store()
    try store.execute(StoreV2.schema)
    try store.execute(StoreV2.content)
    guard case .olderSchema(_, 2, 6) = failure({ () throws(ArchiveError) in _ = try store.reader() }) else {
      Issue.record("a reader took it")
      return
    }
    let writer = try store.writer()
    #expect(writer.position == 41 && writer.settingsFingerprint == "settings-1")
    let reader = try store.reader()
    let source = try #require(try reader.sources().first)
    #expect(source.ledger.received == 9 && source.role == .staff && source.refusedKeywordCount == 4 && source.resentCount == 0)
    let producer = try #require(try reader.producers().first)
    #expect(producer.throughSequence == 9 && producer.ledger.rejected == 1)
    #expect([producer.announcedSequence, producer.missingCount, producer.rerequestCount, producer.resentCount] == [0, 0, 0, 0])
    #expect(producer.outstandingCount == 0)
    #expect(try reader.cluster("1bbbbbbbbbbbb")?.row.nearDuplicateCount == 3)
    #expect(try reader.outages().map(\.outage.expectedCount) == [4.5])
    #expect(try reader.rollups(RollupFilter()).map(\.line) == ["gas leak 3 \(CellID.nowhere) [4, 2]"])
    #expect(try reader.quarantine(QuarantineFilter()).isEmpty && reader.refusedCounts() == (0, 0))
  }

  @Test func whatVersion3HeldIsThereAndBeginsTheHistory() throws {
    let store = try Store()
    try store.execute(StoreV3.schema)
    try store.execute(StoreV3.content)
    guard case .olderSchema(_, 3, 6) = failure({ () throws(ArchiveError) in _ = try store.reader() }) else {
      Issue.record("a reader took it")
      return
    }
    _ = try store.writer()
    let reader = try store.reader()
    #expect(try reader.quarantine(QuarantineFilter()).map(\.number) == [2])
    #expect(try reader.producers().map(\.missingCount) == [2])
    var filter = ClusterFilter()
    filter.includesExplained = true
    #expect(try reader.incidents(filter).map(\.summary.id.description) == ["5aaaaaaaaaaaa", "5bbbbbbbbbbbb"])
    // What is open begins the history, at the last report that is known of.
    for (kind, id, keywords, witnesses, above) in [
      (SummaryKind.incident, "5aaaaaaaaaaaa", ["odor", "gas leak"], 7 as UInt64, nil as String?),
      (.episode, "3aaaaaaaaaaaa", ["odor", "gas leak"], 7, "5aaaaaaaaaaaa"),
      (.cluster, "1aaaaaaaaaaaa", ["gas leak"], 7, "3aaaaaaaaaaaa"),
    ] {
      let rows = try reader.historyRows(kind)
      #expect(rows.map(\.id.description) == [id])
      let row = try #require(rows.first)
      #expect(row.at == Timestamp(microseconds: 21) && row.state == .open && row.keywords == keywords)
      #expect(row.reportCount == 8 && row.witnessCount == witnesses && row.above?.description == above)
      #expect(row.location == Coordinate(latitude: 42.5, longitude: -71.25))
      #expect((row.significance?.recurrenceIntervalDays == 90) == (kind != .cluster))
      // Both are listed then: what is open by its point, what was closed by its summary.
      let listed = try reader.rows(of: kind, asOf: Timestamp(microseconds: 21), filter)
      #expect(listed.count == 2 && listed.last?.state == .closed && listed.last?.keywords == ["gas leak"])
    }
    let extents = try reader.historyExtents()
    #expect(extents.allSatisfy { $0.completeSince == Timestamp(microseconds: 21) && $0.pointCount == 1 })
    let backlog = try Connection(path: store.path, mode: .readOnly).integer("SELECT count(*) FROM side_backlog")
    #expect(backlog == 6)
  }

  @Test func whatVersion4HeldIsThereAndCanBeActedUpon() throws {
    let store = try Store()
    try store.execute(StoreV4.schema)
    try store.execute(StoreV4.content)
    guard case .olderSchema(_, 4, 6) = failure({ () throws(ArchiveError) in _ = try store.reader() }) else {
      Issue.record("a reader took it")
      return
    }
    guard case .olderSchema(_, 4, 6) = failure({ () throws(ArchiveError) in _ = try store.analyst() }) else {
      Issue.record("an analyst took it")
      return
    }
    _ = try store.writer()
    let reader = try store.reader()
    #expect(try reader.historyRows(.incident).map(\.id.description) == ["5aaaaaaaaaaaa"])
    #expect(try reader.acts().isEmpty && reader.silences(ActFilter()).isEmpty)
    let absorbed = try #require(ClusterID("5cccccccccccc"))
    #expect(try store.analyst().acknowledge(absorbed) == .done(act: 1, on: try #require(ClusterID("5aaaaaaaaaaaa"))))
    #expect(try reader.incidents(ClusterFilter(), ActFilter()).rows.map(\.acts.acknowledged?.analyst) == ["ana"])
  }

  @Test func whatVersion5HeldIsThereAndNothingOfItIsOverYet() throws {
    let store = try Store()
    try store.execute(StoreV5.schema)
    try store.execute(StoreV5.content)
    guard case .olderSchema(_, 5, 6) = failure({ () throws(ArchiveError) in _ = try store.reader() }) else {
      Issue.record("a reader took it")
      return
    }
    let writer = try store.writer()
    #expect(writer.position == 41)
    let reader = try store.reader()
    #expect(try reader.cluster("1aaaaaaaaaaaa")?.samples.map(\.text) == ["it smells"])
    #expect(try reader.acts().map(\.analyst) == ["ana"])
    #expect(try reader.cluster("1bbbbbbbbbbbb")?.row.state == .closed)
    let connection = try Connection(path: store.path, mode: .readOnly)
    #expect(try connection.integer("SELECT count(*) FROM retention") == 3)
    #expect(try connection.integer("SELECT count(*) FROM episode_sample INDEXED BY episode_sample_by_time") == 1)
    func rows(_ sql: String) throws -> [[Int64?]] {
      let select = try connection.prepare(sql)
      var rows: [[Int64?]] = []
      while try select.step() { rows.append((0..<5).map { select.integer($0) }) }
      return rows
    }
    // Hours −25, −24 and −1, 23, 24: four days.
    #expect(
      try rows("SELECT keyword, day, report_count, witness_count, 0 FROM rollup_daily WHERE keyword = 1 ORDER BY day")
        == [[1, -2, 9, 7, 0], [1, -1, 15, 11, 0], [1, 0, 5, 3, 0], [1, 1, 6, 4, 0]])
    #expect(try rows("SELECT * FROM rollup_total") == [[0, 4, 2, 0, 0], [1, 35, 25, -2, 1]])
  }

  /// Whether it was migrated or made anew, a store is the same, to the letter.
  @Test func theSchemaIsThatOfANewStore() throws {
    func schema(_ store: Store) throws -> [String] {
      let connection = try Connection(path: store.path, mode: .readOnly)
      let select = try connection.prepare("SELECT type, name, sql FROM sqlite_schema ORDER BY type, name")
      var lines = ["version \(try connection.userVersion())"]
      while try select.step() { lines.append((0..<3).map { select.text($0) ?? "" }.joined(separator: " ")) }
      return lines
    }
    let (fifth, fourth, third, old) = (try Store(), try Store(), try Store(), try Store())
    let (older, new) = (try oldStore(), try Store())
    try fifth.execute(StoreV5.schema)
    try fourth.execute(StoreV4.schema)
    try third.execute(StoreV3.schema)
    try old.execute(StoreV2.schema)
    for store in [fifth, fourth, third, old, older, new] { _ = try store.writer() }
    let made = try schema(new)
    #expect(try schema(older) == made)
    #expect(try schema(old) == made)
    #expect(try schema(third) == made)
    #expect(try schema(fourth) == made)
    #expect(try schema(fifth) == made)
    #expect(made.count > 40)
  }

  @Test func aMigratedStoreGoesOn() throws {
    let store = try oldStore()
    var writer = try store.writer()
    try writer.rebuild(settingsFingerprint: "settings-2")
    var generator = ChangesGenerator(seed: 3)
    var twin = Twin()
    for _ in 0..<20 {
      let changes = generator.next()
      try writer.apply(changes, sample: Twin.sample)
      twin.apply(changes)
    }
    var filter = ClusterFilter()
    filter.includesExplained = true
    let incidents = try store.reader().incidents(filter)
    #expect(incidents.map(\.summary) == twin.recentIncidents)
    #expect(!incidents.isEmpty)
  }

  @Test func profilesKeepTheirNames() throws {
    let store = try Store()
    var generator = ChangesGenerator(seed: 1)
    var changes = Changes()
    while changes.calibrations.isEmpty { changes = generator.next() }
    let profile = Int(changes.calibrations[0].profile)
    func names() throws -> [String] { try store.reader().calibrations().map(\.label) }
    var only = Changes()
    only.throughPosition = 1
    only.calibrations = [changes.calibrations[0]]
    var writer = try store.writer()
    try writer.apply(only, sample: Twin.sample)
    #expect(try names() == ["\(profile + 1)"])
    _ = try ArchiveWriter(
      folder: store.folder.path, storeID: "store-1", settingsFingerprint: "", profileNames: ["city", "storm", "quake"])
    #expect(try names() == [["city", "storm", "quake"][profile]])
    _ = try store.writer()
    #expect(try names() == [["city", "storm", "quake"][profile]])
  }
}
