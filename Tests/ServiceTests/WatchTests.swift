import Archive
import Engine
import Foundation
import JSON
import Reports
import TestSupport
import Testing

/// What is told while a store changes, is away, and is another one.
extension ServiceTests {
  @Suite struct WatchTests {
    private struct Watcher {
      let folder: TemporaryFolder
      let child: Child

      init(_ arguments: [String]) throws {
        folder = try TemporaryFolder()
        child = try Child(
          [Tocsin.binary.path, "watch", "--for", "2m"] + arguments, output: folder.path("out"), errors: folder.path("errors"))
        try wait("watching", in: "errors")
      }

      func lines() -> [String] {
        ((try? String(contentsOfFile: folder.path("out"), encoding: .utf8)) ?? "").split(separator: "\n").map(String.init)
      }

      /// Waits until a file holds a text.
      func wait(_ text: String, in name: String) throws {
        for _ in 0..<600 {
          if ((try? String(contentsOfFile: folder.path(name), encoding: .utf8)) ?? "").contains(text) { return }
          usleep(100_000)
        }
        Issue.record("\(name) does not come to hold \(text)")
      }
    }

    private func write(_ store: String, _ position: UInt64, _ incidents: [IncidentSummary]) throws {
      var writer = try ArchiveWriter(
        folder: store, storeID: "made-up", settingsFingerprint: "cluster.cellMeters=1000.0\n", profileNames: ["city", "storm"])
      var changes = Changes()
      changes.throughPosition = position
      changes.incidents = incidents
      try writer.apply(changes) { _ in nil }
    }

    @Test func changesAreToldOnceAcrossRestarts() throws {
      let store = try DetectionStore()
      let watcher = try Watcher(["--store", store.path, "--format", "ndjson"])
      var fresh = DetectionStore.incident(ClusterID(rawValue: 0x4111_0000_0000_0001))
      fresh.alertedAt = nil
      func next(_ change: String, _ position: UInt64, _ edit: (inout IncidentSummary) -> Void) throws {
        edit(&fresh)
        let count = watcher.lines().count
        try write(store.path, position, [fresh])
        for _ in 0..<600 where watcher.lines().count == count { usleep(100_000) }
        #expect(
          watcher.lines().last?.hasPrefix("{\"change\":\"\(change)\",\"id\":\"\(fresh.id)\"") ?? false, "\(watcher.lines())")
      }
      try next("new", 10) { _ in }
      try next("grown", 11) { $0.significance = DetectionStore.significance(40, 3.1, 2_000, 50, 1) }
      try next("alerted", 12) { $0.alertedAt = DetectionStore.time(5) }
      try next("closed", 13) { $0.isClosed = true }
      try next("reopened", 14) { $0.isClosed = false }
      // The store is away, and comes again as another one: rebuilt, or from a backup.
      let file = store.path + "/summaries.sqlite"
      try FileManager.default.moveItem(atPath: file, toPath: file + ".away")
      try watcher.wait("waiting", in: "errors")
      try FileManager.default.moveItem(atPath: file + ".away", toPath: file)
      try watcher.wait("is there again", in: "errors")
      try next("closed", 15) { $0.isClosed = true }
      watcher.child.signal(SIGKILL)
      watcher.child.wait()
      // Nothing was told twice, and nothing of what was there at first.
      #expect(watcher.lines().count == 6, "\(watcher.lines())")
      // The members are those of `list`, behind what has changed.
      let list = try JSONValue(
        parsing: Array(Tocsin.output(["list", "--limit", "1", "--format", "ndjson", "--store", store.path]).utf8))
      let told = try JSONValue(parsing: Array(watcher.lines()[0].utf8))
      #expect(told.object?.map(\.name) == ["change"] + (list.object?.map(\.name) ?? []))
    }

    @Test func whatIsMergedOrGoneIsToldAndTheEndIsClean() throws {
      let store = try DetectionStore()
      let watcher = try Watcher(["--store", store.path, "--all"])
      var writer = try ArchiveWriter(
        folder: store.path, storeID: "made-up", settingsFingerprint: "cluster.cellMeters=1000.0\n",
        profileNames: ["city", "storm"])
      var changes = Changes()
      changes.throughPosition = 10
      changes.incidentMerges = [.init(absorbed: DetectionStore.explained, into: DetectionStore.incident)]
      try writer.apply(changes) { _ in nil }
      try watcher.wait("merged    \(DetectionStore.explained)  into \(DetectionStore.incident)", in: "out")
      watcher.child.signal(SIGKILL)
      watcher.child.wait()
      let since = try Tocsin.run(["watch", "--since", "2015-01-01", "--for", "1s", "--store", store.path])
      #expect(since.status == 0 && since.output.contains("alerted   \(DetectionStore.incident)  gas smell"), "\(since.output)")
      #expect(try Tocsin.run(["watch", "--for", "1s", "--store", store.path]).status == 1)
      #expect(try Tocsin.run(["watch", "--store", "/nowhere"]).status == 2)
      #expect(try Tocsin.run(["watch", "--every", "0s", "--store", store.path]).status == 2)
      let interrupted = try PseudoTerminal.run(["watch", "--store", store.path], typed: "\u{3}", after: "watching")
      #expect(interrupted.status == 130, "\(interrupted.output)")
    }
  }
}
