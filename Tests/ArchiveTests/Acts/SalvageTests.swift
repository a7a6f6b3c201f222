import Archive
import Engine
import Foundation
import Reports
import SQLite
import TestSupport
import Testing

/// What is carried from a file that was really damaged, against what it held before.
@Suite struct SalvageTests {
  /// A store in which much was done: more than a page of every table but the merges.
  private func acted(_ storeID: String = "store-1") throws -> Store {
    let store = try Store()
    try fill(store, storeID)
    let ids = (0...40).map { ClusterID(rawValue: UInt64($0)) }
    for step in 0..<60 {
      let analyst = try store.analyst("ana", at: Int64(step + 1) * 1_000)
      _ = try analyst.annotate(ids[1 + step % 40], String(repeating: "n", count: 200) + "\(step)")
      if step % 3 == 0 { _ = try analyst.merge(ids[1 + step / 3], into: ids[40], reason: "same") }
      var silence = Silence(
        startsAt: hour(0), endsAt: hour(9), idleMicroseconds: 1_000_000, reason: String(repeating: "r", count: 300))
      silence.keywordWords = ["word\(step)"]
      silence.area = .polygon([
        try AreaRing(
          [(0, 0), (0, 9), (3, 10), (6, 10), (9, 9), (10, 6), (10, 3), (9, 0)].map {
            Coordinate(latitudeE7: $0.0 * 1_000_000, longitudeE7: $0.1 * 1_000_000)
          })
      ])
      _ = try analyst.begin(silence)
      if step % 5 == 0 { _ = try analyst.endSilence(UInt64(step / 2 + 1), isUndone: true) }
    }
    try store.execute("INSERT INTO quarantine_drop VALUES (7, 3), (9, 0)")
    return store
  }

  /// What the journal would give.
  private func fill(_ store: Store, _ storeID: String = "store-1") throws {
    var writer = try store.writer(storeID)
    var changes = Changes()
    changes.throughPosition = 1
    changes.keywords = [.init(number: 0, text: Array("gas leak".utf8))]
    changes.incidents = (1...40).map { incident($0) }
    try writer.apply(changes, sample: Twin.sample)
  }

  private static let tables = ["act", "silence", "silence_corner", "incident_join", "quarantine_drop"]

  private func rows(_ table: String, _ store: Store) throws -> [String] {
    let connection = try Connection(path: store.path, mode: .readOnly)
    let columns = try connection.integer("SELECT count(*) FROM pragma_table_info('\(table)')") ?? 0
    let select = try connection.prepare("SELECT * FROM \(table) ORDER BY 1, 2\(columns > 2 ? ", 3" : "")")
    var rows: [String] = []
    while try select.step() { rows.append((0..<Int32(columns)).map { select.text($0) ?? "-" }.joined(separator: "|")) }
    return rows
  }

  /// Overwrites one page of a table, and moves the file away.
  private func damage(_ table: String, _ store: Store) throws -> String {
    try store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    let page = try Connection(path: store.path, mode: .readOnly).integer(
      "SELECT pageno FROM dbstat WHERE name = '\(table)' AND pagetype = 'leaf' ORDER BY path LIMIT 1 OFFSET 1")
    let file = try FileHandle(forUpdating: URL(filePath: store.path))
    try file.seek(toOffset: UInt64(try #require(page) - 1) * 4_096)
    try file.write(contentsOf: Data(repeating: 0xa5, count: 4_096))
    try file.close()
    let finding = try ArchiveCheck(folder: store.folder.path).findings.first { $0.table == table }
    #expect(
      finding?.state == .damaged && finding?.says.contains("`tocsin db salvage`") == Self.tables.contains(table),
      "\(String(describing: finding))")
    let aside = store.folder.path("aside.sqlite")
    try FileManager.default.moveItem(atPath: store.path, toPath: aside)
    return aside
  }

  @Test(arguments: ["act", "silence", "silence_corner", "rollup_hourly"])
  func whatCanBeReadIsCarriedOver(damaged: String) throws {
    let store = try acted()
    if damaged == "rollup_hourly" {
      try store.execute(
        """
        WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
        INSERT INTO rollup_hourly SELECT 0, i, 1, 1, 1 FROM n
        """)
    }
    let before = try Dictionary(uniqueKeysWithValues: Self.tables.map { ($0, try rows($0, store)) })
    let aside = try damage(damaged, store)
    try fill(store)
    let salvage = try Salvage(from: aside, into: store.folder.path)
    #expect(salvage.parts.map(\.table) == Self.tables && salvage.isWhole == (damaged == "rollup_hourly"))
    for part in salvage.parts {
      let (old, new) = (before[part.table] ?? [], try rows(part.table, store))
      let lost = old.filter { !new.contains($0) }
      let made = new.filter { !old.contains($0) }
      if part.table == "silence_corner" && damaged == "silence" {
        // Corners of a silence that is lost are of nothing.
        #expect(
          part.says == "\(lost.count) rows hold what they cannot, or are of what is lost" && part.addedCount == UInt64(new.count))
        continue
      }
      if part.table == damaged {
        #expect(!part.says.isEmpty && !lost.isEmpty && lost.count < old.count / 2, "\(part)")
        // One page is one stretch, and it is named.
        let first = try #require(old.firstIndex(of: lost[0]))
        #expect(Array(old[first..<first + lost.count]) == lost, "\(part)")
      } else {
        #expect(lost.isEmpty && part.says.isEmpty && part.addedCount == UInt64(old.count), "\(part)")
      }
      #expect(part.readCount == UInt64(old.count - lost.count), "\(part)")
      // Acts that others name are made anew, and say so.
      #expect(made.allSatisfy { part.table == "act" && $0.contains("tocsin") && $0.contains("lost to damage") }, "\(made)")
      #expect((part.table == "act" && damaged == "act") == !made.isEmpty, "\(part)")
    }
    // Nothing dangles, and it can be done again.
    let findings = try ArchiveCheck(folder: store.folder.path).findings
    #expect(findings.allSatisfy { $0.state == .whole || !Self.tables.contains($0.table) }, "\(findings)")
    let again = try Salvage(from: aside, into: store.folder.path)
    #expect(again.parts.allSatisfy { $0.addedCount == 0 } && again.parts.map(\.readCount) == salvage.parts.map(\.readCount))
    // Whoever acts goes on where they ended.
    let numbers = try store.reader().acts().map(\.number)
    let next = try store.analyst().annotate(ClusterID(rawValue: 1), "on")
    #expect(next == .done(act: (numbers.max() ?? 0) + 1, on: ClusterID(rawValue: 40)))
  }

  /// A file whose last page is gone is still looked through: what the others hold is carried.
  @Test func aFileThatIsCutShortIsSearched() throws {
    let store = try acted()
    let before = try rows("act", store)
    try store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    let file = try FileHandle(forUpdating: URL(filePath: store.path))
    try file.truncate(atOffset: try file.seekToEnd() - 4_096)
    try file.close()
    let check = try ArchiveCheck(folder: store.folder.path)
    #expect(!check.isWhole && check.findings.count > 20, "\(check.findings)")
    let moved = store.folder.path("moved.sqlite")
    try FileManager.default.moveItem(atPath: store.path, toPath: moved)
    for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: store.path + suffix) }
    try fill(store)
    let salvage = try Salvage(from: moved, into: store.folder.path)
    let after = try rows("act", store)
    #expect(after.count >= before.count - 20 && !after.isEmpty, "\(salvage)")
  }

  @Test func whoeverActedMeanwhileIsNotPutBehind() throws {
    let store = try acted()
    let aside = try damage("act", store)
    try fill(store)
    _ = try store.analyst("eve").annotate(ClusterID(rawValue: 1), "meanwhile")
    let before = try rows("act", store)
    let problem = failure { () throws(ArchiveError) in _ = try Salvage(from: aside, into: store.folder.path) }
    guard case .ownActs(_, number: 1) = problem else {
      Issue.record("\(String(describing: problem))")
      return
    }
    #expect(try rows("act", store) == before && rows("silence", store).isEmpty)
  }

  @Test func anotherStoresActsAreRefused() throws {
    let other = try acted("store-2")
    let store = try Store()
    _ = try store.writer()
    let problem = failure { () throws(ArchiveError) in _ = try Salvage(from: other.path, into: store.folder.path) }
    guard case .otherStore(_, found: "store-2", expected: "store-1") = problem else {
      Issue.record("\(String(describing: problem))")
      return
    }
    let missing = failure { () throws(ArchiveError) in _ = try Salvage(from: store.folder.path("none"), into: store.folder.path) }
    guard case .missing = missing else {
      Issue.record("\(String(describing: missing))")
      return
    }
  }

  /// What was thrown away of the quarantine goes again.
  @Test func whatWasThrownAwayDoesNotComeBack() throws {
    let old = try acted()
    let store = try Store()
    _ = try store.writer()
    try store.execute(
      """
      INSERT INTO producer VALUES (0, 'p', 'e', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
      INSERT INTO quarantine (number, code, member, message, producer, sequence, received_at, journal_position, journal_row, is_whole, raw)
      VALUES (1, 'c', 'm', 'm', 0, 1, 1, 7, 3, 1, '{}'), (2, 'c', 'm', 'm', 0, 1, 1, 7, 4, 1, '{}')
      """)
    _ = try Salvage(from: old.path, into: store.folder.path)
    #expect(try Connection(path: store.path, mode: .readOnly).integer("SELECT sum(number) FROM quarantine") == 2)
  }
}
