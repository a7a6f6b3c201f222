import Archive
import Engine
import Foundation
import Reports
import SQLite
import Synchronization
import TestSupport
import Testing

/// That what analysts did stays: whatever is tried on the audit, and when the summaries are made anew.
@Suite struct AuditTests {
  @Test func nothingOfTheAuditCanBeChanged() throws {
    let store = try Store.holding([incident(1)])
    _ = try store.analyst().acknowledge(ClusterID(rawValue: 1), note: "seen")
    let before = try store.reader().acts()
    for sql in [
      "UPDATE act SET analyst = 'eve'", "UPDATE act SET number = 9", "DELETE FROM act", "DELETE FROM act WHERE number = 1",
      "INSERT OR REPLACE INTO act VALUES (1, 1, 'eve', 'annotate', 'incident', 'x', NULL, NULL)",
      "REPLACE INTO act SELECT number, 0, 'eve', verb, kind, id, object, note FROM act",
      "INSERT INTO act VALUES (1, 1, 'eve', 'annotate', 'incident', 'x', NULL, NULL) ON CONFLICT DO UPDATE SET analyst = 'eve'",
    ] {
      do throws(SQLiteError) {
        try store.execute(sql)
        Issue.record("\(sql) was done")
      } catch {
        #expect(error.kind == .constraint && error.message.contains("only added to"), "\(sql): \(error)")
      }
    }
    #expect(try store.reader().acts() == before && before.map(\.note) == ["seen"])
    // The canary: an addition is taken.
    try store.execute("INSERT INTO act VALUES (2, 1, 'eve', 'annotate', 'incident', 'x', NULL, NULL)")
    #expect(try store.reader().acts().count == 2)
  }

  @Test func actsSurviveARebuild() throws {
    let store = try Store.holding([incident(1), incident(2), incident(3)])
    let analyst = try store.analyst()
    _ = try analyst.acknowledge(ClusterID(rawValue: 1))
    _ = try analyst.assign(ClusterID(rawValue: 2), to: "mo")
    _ = try analyst.merge(ClusterID(rawValue: 3), into: ClusterID(rawValue: 1), reason: "same")
    var silence = Silence(startsAt: hour(0), endsAt: hour(9), idleMicroseconds: 3_600_000_000, reason: "works")
    silence.keywordWords = ["leak"]
    silence.area = .polygon([
      try AreaRing([(0, 0), (0, 9_000_000), (9_000_000, 0)].map { Coordinate(latitudeE7: $0.0, longitudeE7: $0.1) })
    ])
    _ = try analyst.begin(silence)
    let acts = try store.reader().acts()
    let silences = try store.reader().silences(ActFilter()).map(\.silence)
    var writer = try store.writer()
    try writer.rebuild(settingsFingerprint: "settings-2")
    #expect(try store.reader().acts() == acts && acts.count == 4)
    #expect(try store.reader().silences(ActFilter()).map(\.silence) == silences && silences.count == 1)
    #expect(try store.reader().liveIncidents(of: [ClusterID(rawValue: 1)]).isEmpty)
    // The same incidents come back but one: what was done counts as before, and what is of the lost one joins nothing.
    var changes = Changes()
    changes.throughPosition = 1
    changes.keywords = [.init(number: 0, text: Array("gas leak".utf8))]
    changes.incidents = [incident(2), incident(3)]
    try writer.apply(changes, sample: Twin.sample)
    let rows = try store.reader().incidents(ClusterFilter(), ActFilter()).rows
    #expect(rows.map(\.summary.id.rawValue) == [2, 3])
    #expect(rows.map(\.acts.assigned?.object) == ["mo", nil] && rows.allSatisfy { $0.acts.head == nil })
    try writer.store([incident(1)])
    #expect(try store.reader().incidents(ClusterFilter(), ActFilter()).rows.map(\.summary.id.rawValue) == [1, 2])
  }

  @Test func actsAreLookedUpByIndex() throws {
    let plan = try Store.holding([incident(1)]).reader().planOfActs()
    #expect(plan.contains { $0.contains("act_by_id") } && plan.contains { $0.contains("incident_merge_by_survivor") }, "\(plan)")
    #expect(!plan.contains { $0.hasPrefix("SCAN a") || $0.hasPrefix("SCAN m") || $0.hasPrefix("SCAN i") }, "\(plan)")
  }

  @Test func whoMayNotWriteIsTold() throws {
    let store = try Store.holding([incident(1)])
    // Nobody may read them all, but write none.
    for (name, mode) in [("", 0o755), ("/summaries.sqlite", 0o444)] {
      try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: store.folder.path + name)
    }
    let writer = try store.writer()
    for suffix in ["-wal", "-shm"] {
      try FileManager.default.setAttributes([.posixPermissions: 0o444], ofItemAtPath: store.path + suffix)
    }
    try asNobody {
      let error = failure { () throws(ArchiveError) in _ = try store.analyst().acknowledge(ClusterID(rawValue: 1)) }
      guard case .unwritable = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(error?.description.contains("let this user write") == true)
    }
    #expect(writer.position == 1)
    #expect(try store.reader().acts().isEmpty)
  }

  /// Two analysts act while the store is written as fast as it goes: nobody is turned away, nothing is lost.
  @Test func analystsActBesideAWriter() throws {
    let ids = (1...8).map { ClusterID(rawValue: $0) }
    let store = try Store.holding(ids.map { incident($0.rawValue) })
    let folder = store.folder.path
    let running = Atomic(2)
    let failures = Mutex<[String]>([])
    let group = DispatchGroup()
    for who in 0..<2 {
      group.enter()
      Thread {
        do {
          for step in 0..<25 {
            let analyst = try ActWriter(folder: folder, analyst: "analyst \(who)", at: hour(Double(step)))
            let outcome = try analyst.annotate(ids[step % ids.count], "\(step)")
            let rows = try ArchiveReader(folder: folder).incidents(ClusterFilter(), ActFilter()).rows
            if outcome == .gone || rows.count < ids.count { failures.withLock { $0.append("\(outcome), \(rows.count)") } }
          }
        } catch {
          failures.withLock { $0.append("\(error)") }
        }
        running.subtract(1, ordering: .relaxed)
        group.leave()
      }.start()
    }
    var writer = try store.writer()
    var count = 0
    while running.load(ordering: .relaxed) > 0 {
      try writer.store((1...40).map { incident(UInt64($0 + count % 3 * 1_000), to: Double(2 + count % 5)) })
      count += 1
      // Beside the analysts, not in their place: there are two processors.
      Thread.sleep(forTimeInterval: 0.002)
    }
    group.wait()
    #expect(failures.withLock { $0 } == [] && count > 1)
    let acts = try store.reader().acts()
    #expect(acts.map(\.number) == Array(1...50))
    for who in 0..<2 {
      #expect(acts.filter { $0.analyst == "analyst \(who)" }.map(\.note) == (0..<25).map { "\($0)" })
    }
  }
}
