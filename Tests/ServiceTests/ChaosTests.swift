import Archive
import Foundation
import JSON
import TestSupport
import Testing

/// kill -9, again and again, under load. `make chaos` is the long form.
extension ServiceTests {
  @Suite struct ChaosTests {
    /// Rounds and events of each producer in each, where nobody asks for others.
    private static let rounds = Environment.count("TOCSIN_CHAOS_ROUNDS") ?? 10
    private static let eventCount = Environment.count("TOCSIN_CHAOS_EVENTS") ?? 200

    /// What the clusters of a store count, without what was made of it at the time.
    private func counts(_ store: String) throws -> [String] {
      let members = [
        "id", "keywords", "openedAt", "lastReportAt", "state", "location", "boundingBox", "reportCount", "witnessCount",
        "sourceCount",
      ]
      let list = try Tocsin.output(["list", "--kind", "cluster", "--all", "--format", "ndjson", "--store", store])
      return try list.split(separator: "\n").map { line in
        let row = try JSONValue(parsing: Array(line.utf8))
        return try members.map { "\(try #require(row[$0]))" }.joined(separator: " ")
      }.sorted()
    }

    /// What is wrong with a store that was told these lines; nothing where all is well.
    private func faults(_ chaos: Chaos) throws -> [String] {
      var faults: [String] = []
      // By what was published: each distinct event counts once, and nothing else does.
      var expected: [String: Set<String>] = [:]
      for line in chaos.lines.joined() {
        guard let event = try? JSONValue(parsing: Array(line.utf8)), event["specversion"] != nil,
          let source = event["source"]?.string, let id = event["id"]?.string
        else { continue }
        expected[source, default: []].insert(id)
      }
      let ledger = try Tocsin.output(["sources", "--format", "ndjson", "--store", chaos.store])
      for line in ledger.split(separator: "\n") {
        let row = try JSONValue(parsing: Array(line.utf8))
        guard let source = row["source"]?.string, let ids = expected.removeValue(forKey: source) else { continue }
        if row["accepted"]?.uint64 != UInt64(ids.count) { faults.append("\(ids.count) were published: \(line)") }
        if row["late"]?.uint64 != 0 { faults.append("none can be late: \(line)") }
      }
      faults += expected.keys.map { "nothing is known of \($0)" }
      // By the reports themselves, told once, in turn, to a store of their own: what is counted does not depend on the order.
      let longest = chaos.lines.map(\.count).max() ?? 0
      let inTurn = (0..<longest).flatMap { number in chaos.lines.compactMap { number < $0.count ? $0[number] : nil } }
      try Stream.write(inTurn, to: chaos.folder.path("all"))
      let calm = chaos.folder.path("calm-\(UUID().uuidString)")
      _ = try Tocsin.output(["replay", chaos.folder.path("all"), "--store", calm])
      if try counts(chaos.store) != counts(calm) { faults.append("the clusters are not those of the reports") }
      if try ArchiveReader(folder: chaos.store).rollups(RollupFilter()) != ArchiveReader(folder: calm).rollups(RollupFilter()) {
        faults.append("the roll-ups are not those of the reports")
      }
      // By the journal, folded once, without a kill: every byte.
      let copy = chaos.folder.path("copy-\(UUID().uuidString)")
      try FileManager.default.createDirectory(atPath: copy, withIntermediateDirectories: true)
      for name in ["identity", "journal"] {
        try FileManager.default.copyItem(atPath: chaos.store + "/" + name, toPath: copy + "/" + name)
      }
      _ = try Tocsin.run(["replay", "/dev/null", "--store", copy])
      if try Summaries(store: chaos.store) != Summaries(store: copy) {
        faults.append("the summaries are not those of the journal")
      }
      if try checkedLedger(store: copy) != checkedLedger(store: chaos.store) { faults.append("the ledger is not the journal's") }
      return faults
    }

    @Test func killedAgainAndAgainUnderLoadNothingIsLostOrCountsTwice() throws {
      let seed = UInt64(Environment.count("TOCSIN_CHAOS_SEED") ?? Int.random(in: 1...Int.max))
      print("chaos seed \(seed)")
      let chaos = try Chaos(seed: seed, rounds: Self.rounds, eventCount: Self.eventCount)
      let span = try chaos.calmRound()
      for _ in 0..<Self.rounds { try chaos.round(within: span) }
      try chaos.stop()
      print("chaos: \(chaos.tally), \(chaos.lines.joined().count) lines")
      #expect(chaos.tally.roundsKilledUnderLoad * 2 >= Self.rounds, "the kills came too late to prove anything; seed \(seed)")
      let faults = try faults(chaos)
      #expect(faults.isEmpty, "seed \(seed): \(faults)")
    }

    /// The canary: a store that has lost one acknowledged batch is told apart, in every way.
    @Test func aLostBatchIsTold() throws {
      // Enough of them that no batch holds all of a producer's, also where its short PUTs have joined.
      let chaos = try Chaos(seed: 5, rounds: 1, eventCount: 2_000)
      _ = try chaos.calmRound()
      try chaos.stop()
      #expect(try faults(chaos).isEmpty)
      // Its newest record goes, and what stands on it.
      let journal = chaos.store + "/journal"
      let last = try #require(
        try FileManager.default.contentsOfDirectory(atPath: journal).filter { $0.hasSuffix(".segment") }.max())
      let file = URL(filePath: journal + "/" + last)
      try Data(contentsOf: file).dropLast(100).write(to: file)
      for name in try FileManager.default.contentsOfDirectory(atPath: chaos.store) where name.hasPrefix("summaries") {
        try FileManager.default.removeItem(atPath: chaos.store + "/" + name)
      }
      try FileManager.default.removeItem(atPath: chaos.store + "/snapshots")
      _ = try Tocsin.run(["replay", "/dev/null", "--store", chaos.store])
      let faults = try faults(chaos)
      #expect(faults.contains { $0.contains("were published") }, "\(faults)")
      #expect(faults.contains("the roll-ups are not those of the reports"), "\(faults)")
    }
  }
}
