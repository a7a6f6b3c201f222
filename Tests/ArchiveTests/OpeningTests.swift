import Archive
import Engine
import Foundation
import Reports
import SQLite
import TestSupport
import Testing

/// New, old, foreign, damaged and unreadable files.
@Suite struct OpeningTests {
  @Test func anEmptyFolderGetsAStore() throws {
    let store = try Store()
    let writer = try store.writer("fresh", fingerprint: "f")
    #expect(writer.position == 0)
    #expect(writer.settingsFingerprint == "f")
    let connection = try Connection(path: store.path, mode: .readOnly)
    let marks = (try connection.applicationID(), try connection.userVersion())
    #expect(marks == (0x5443_5331, 6))
    let mode = try connection.prepare("PRAGMA journal_mode")
    _ = try mode.step()
    #expect(mode.text(0) == "wal")
    let meta = try store.reader().meta()
    #expect(meta == (try store.reader().meta()))
    #expect(meta.storeID == "fresh" && meta.position == 0 && meta.watermark == nil)
    let strict = try connection.integer(
      "SELECT count(*) FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite%' AND NOT strict"
    )
    #expect(strict == 0)
    let problems = try connection.integer("SELECT count(*) FROM pragma_foreign_key_check")
    #expect(problems == 0)
  }

  @Test func anEmptyFileBecomesAStore() throws {
    let store = try Store()
    try Data().write(to: URL(fileURLWithPath: store.path))
    _ = try store.writer()
    _ = try store.reader().meta()
  }

  private func check(
    _ comment: Comment, writes: Bool = true, says phrase: String, _ matches: (ArchiveError) -> Bool,
    prepare: (Store) throws -> Void
  ) throws {
    let store = try Store()
    try prepare(store)
    let content = try? Data(contentsOf: URL(fileURLWithPath: store.path))
    var errors = [failure { () throws(ArchiveError) in _ = try store.reader().meta() }]
    if writes { errors.append(failure { () throws(ArchiveError) in _ = try store.writer() }) }
    for error in errors {
      #expect(error.map(matches) == true, "\(comment): \(String(describing: error))")
      #expect(error?.description.contains(phrase) == true, "\(comment): \(String(describing: error))")
      #expect(error?.description.contains("summaries.sqlite") == true, comment)
    }
    #expect((try? Data(contentsOf: URL(fileURLWithPath: store.path))) == content, "\(comment): the file was changed")
  }

  @Test func whatIsNoStoreIsRefusedAndLeftAlone() throws {
    try check("missing", writes: false, says: "start the aggregator") {
      if case .missing = $0 { true } else { false }
    } prepare: { _ in
    }
    try check("empty", writes: false, says: "not a Tocsin store") {
      if case .notAStore = $0 { true } else { false }
    } prepare: {
      try Data().write(to: URL(fileURLWithPath: $0.path))
    }
    try check("garbage", says: "not a Tocsin store") {
      if case .notAStore = $0 { true } else { false }
    } prepare: {
      try Data(repeating: 0x5a, count: 8_192).write(to: URL(fileURLWithPath: $0.path))
    }
    try check("another program's", says: "not a Tocsin store") {
      if case .notAStore = $0 { true } else { false }
    } prepare: {
      try $0.execute("PRAGMA application_id = 1196444487; CREATE TABLE t (a)")
    }
    try check("unmarked", says: "not a Tocsin store") {
      if case .notAStore = $0 { true } else { false }
    } prepare: {
      try $0.execute("CREATE TABLE t (a)")
    }
    try check("newer", says: "schema version 7 is newer than version 6") {
      if case .newerSchema(_, 7, 6) = $0 { true } else { false }
    } prepare: {
      try $0.execute("PRAGMA application_id = 0x54435331; PRAGMA user_version = 7; CREATE TABLE t (a)")
    }
    try check("without a version", says: "not a Tocsin store") {
      if case .notAStore = $0 { true } else { false }
    } prepare: {
      try $0.execute("PRAGMA application_id = 0x54435331; CREATE TABLE t (a)")
    }
  }

  @Test func aMissingFolderIsSaid() throws {
    let folder = try TemporaryFolder()
    let missing = "\(folder.path)/none"
    for error in [
      failure { () throws(ArchiveError) in _ = try ArchiveReader(folder: missing) },
      failure { () throws(ArchiveError) in
        _ = try ArchiveWriter(folder: missing, storeID: "s", settingsFingerprint: "f")
      },
    ] {
      guard case .missing(let path) = error else {
        Issue.record("\(String(describing: error))")
        continue
      }
      #expect(path.hasPrefix(missing))
    }
  }

  @Test func anotherStoresFileIsRefused() throws {
    let store = try Store()
    _ = try store.writer("one")
    let error = failure { () throws(ArchiveError) in _ = try store.writer("two") }
    guard case .otherStore(_, "one", "two") = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(error?.description.contains("belongs to store one") == true)
  }

  /// Whatever is damaged, the answer is an error or rows, never a crash.
  @Test(arguments: 0..<48 as Range<UInt64>)
  func aDamagedFileNeverCrashes(seed: UInt64) throws {
    let (store, _, _) = try Store.filled(seed: seed, rounds: 12)
    var random = SeededGenerator(seed: seed)
    var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: store.path)))
    switch seed % 3 {
    case 0: bytes.removeLast(Int.random(in: 1..<bytes.count, using: &random))
    case 1:
      for _ in 0..<40 { bytes[Int.random(in: 100..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random) }
    default:
      let page = Int.random(in: 1..<bytes.count / 4_096, using: &random) * 4_096
      for index in page..<page + 4_096 { bytes[index] = UInt8.random(in: 0...255, using: &random) }
    }
    try Data(bytes).write(to: URL(fileURLWithPath: store.path))
    do throws(ArchiveError) {
      let reader = try store.reader()
      var filter = ClusterFilter()
      let rows = try reader.clusters(filter)
      filter.order = .largest
      filter.keywordWords = ["fire"]
      _ = try reader.clusters(filter)
      _ = try (reader.sources(), reader.producers(), reader.rollups(RollupFilter()))
      for row in rows { _ = try reader.cluster(row.id.description) }
      _ = try (reader.outages(), reader.calibrations())
      for row in try reader.incidents(filter) { _ = try reader.find(row.summary.id.description) }
      for row in try reader.episodes(filter) { _ = try reader.find(row.summary.id.description) }
    } catch {
      #expect(error.description.contains("summaries.sqlite"), "seed \(seed)")
    }
    do throws(ArchiveError) {
      var writer = try store.writer()
      var generator = ChangesGenerator(seed: seed + 1)
      var changes = generator.next()
      changes.throughPosition = 1 << 40
      try writer.apply(changes, sample: Twin.sample)
    } catch {
      #expect(!error.description.isEmpty, "seed \(seed)")
    }
  }

  @Test func aRowOfAnotherKindIsNoCrash() throws {
    let (store, _, _) = try Store.filled(seed: 1)
    try store.execute(
      """
      INSERT INTO keyword VALUES (-5, 'minus');
      INSERT INTO cluster VALUES ('not an id', 0, 0, 0, 'open', 1e300, -1e300, 9e999, -9e999, 0, 0, -1, -1, -1, -1, -1, -1, 9e999, NULL, -1, NULL, 'none');
      INSERT INTO cluster VALUES ('0000000000000', -5, 0, 0, 'open', 1e300, -1e300, 9e999, -9e999, 0, 0, -1, -1, -1, -1, -1, -1, 9e999, NULL, -1, NULL, 'none');
      INSERT INTO rollup_hourly VALUES (-5, 99999999999, 5, -1, -1);
      INSERT INTO source VALUES (-5, 'minus', -1, -1, -1, -1, -1, NULL, 'nobody', -1, -1, -1, -1, -1);
      INSERT INTO incident VALUES ('0000000000001', 'no id', -1, 'open', 0, 0, 0, 0, 1e300, -1e300, 9e999, -9e999, 0, 0, 1, -1,
        -1, NULL, 9e999, NULL, -9e999, -1, NULL, NULL, NULL, NULL, NULL, 'none');
      INSERT INTO incident VALUES ('0000000000002', '0000000000003', 9999999999, 'open', 0, 0, 0, 0, NULL, NULL, NULL, NULL, NULL,
        NULL, 1, -1, -1, NULL, 9e999, NULL, -9e999, -1, NULL, NULL, NULL, NULL, NULL, 'none');
      INSERT INTO episode SELECT '0000000000003', '0000000000002', -5, 'closed', 0, 0, 0, 0, NULL, 5, 6, NULL, NULL, NULL, -1, -1,
        -1, -1, -1, -1, NULL, NULL, NULL, NULL, -1, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, -1;
      INSERT INTO episode_window VALUES ('0000000000003', 0, 1, 1e300, 0, 0, 0, NULL, 0, 0, -9, 0, -1, NULL, NULL, NULL, NULL, -1,
        -1, NULL, NULL, 0);
      INSERT INTO episode_keyword VALUES ('0000000000003', -5);
      INSERT INTO calibration VALUES (-5, 0, 1, NULL, NULL, NULL, NULL, NULL, -1, -1, -1)
      """)
    let reader = try store.reader()
    let rows = try reader.clusters(ClusterFilter())
    #expect(rows.contains { $0.id.rawValue == 0 && $0.reportCount == 0 && $0.location.latitudeE7 == .max })
    var near = ClusterFilter()
    near.near = .init(center: Coordinate(latitudeE7: 0, longitudeE7: 0), radiusMeters: 1e9)
    _ = try reader.clusters(near)
    _ = try (reader.sources(), reader.rollups(RollupFilter()))
    #expect(try reader.cluster("not an id") == nil)
    var all = ClusterFilter()
    all.includesExplained = true
    #expect(try reader.incidents(all).contains { $0.summary.id.rawValue == 2 })
    #expect(try reader.episodes(ClusterFilter()).contains { $0.summary.significance.expected.isNaN })
    for id in ["0000000000002", "0000000000003"] { _ = try reader.find(id) }
    _ = try (reader.calibrations(), reader.outages())
  }

  /// A folder that its reader may not write: what a mounted copy is.
  @Test func aFolderThatIsReadOnlyIsRead() throws {
    let (store, twin, _) = try Store.filled(seed: 2)
    try FileManager.default.setAttributes([.posixPermissions: 0o555], ofItemAtPath: store.folder.path)
    try asNobody {
      let reader = try store.reader()
      let rows = try reader.clusters(ClusterFilter())
      #expect(rows.map(\.id) == twin.recent.map(\.id))
    }
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: store.folder.path)
    #expect(try FileManager.default.contentsOfDirectory(atPath: store.folder.path) == ["summaries.sqlite"])
  }

  /// A writer of another user is at work: its log is there to be read.
  @Test func aFolderThatIsReadOnlyIsReadWhileAWriterHasIt() throws {
    let (store, twin, generator) = try Store.filled(seed: 3)
    var (later, next) = (twin, generator)
    var writer = try store.writer()
    let changes = next.next()
    try writer.apply(changes, sample: Twin.sample)
    later.apply(changes)
    try FileManager.default.setAttributes([.posixPermissions: 0o555], ofItemAtPath: store.folder.path)
    try asNobody {
      let reader = try store.reader()
      let meta = try reader.meta()
      #expect(meta.position == later.position)
    }
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: store.folder.path)
    #expect(writer.position == later.position)
  }

  /// Without its index nobody could read the log there, and without the log the file is not the whole store.
  @Test func aLogThatCannotBeReadIsSaid() throws {
    let store = try Store()
    let copy = try Store()
    let writer = try store.writer()
    #expect(writer.position == 0)
    for suffix in ["", "-wal"] {
      try FileManager.default.copyItem(atPath: store.path + suffix, toPath: copy.path + suffix)
    }
    try FileManager.default.setAttributes([.posixPermissions: 0o555], ofItemAtPath: copy.folder.path)
    try asNobody {
      let error = failure { () throws(ArchiveError) in _ = try copy.reader().meta() }
      guard case .unreadable = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(error?.description.contains("copy the folder to a writable place") == true)
    }
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: copy.folder.path)
    #expect(try copy.reader().meta().storeID == "store-1")
  }

  @Test func aFileThatMayNotBeReadIsSaid() throws {
    let (store, _, _) = try Store.filled(seed: 4, rounds: 1)
    try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: store.path)
    try asNobody {
      let error = failure { () throws(ArchiveError) in _ = try store.reader() }
      guard case .unreadable = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(error?.description.contains("let this user read") == true)
    }
  }
}
