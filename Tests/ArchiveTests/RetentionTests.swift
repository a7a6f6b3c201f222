import Archive
import Engine
import Reports
import SQLite
import TestSupport
import Testing

/// What is kept follows from the watermark alone: a store that lets go is one that kept everything, looked through by the rule.
@Suite struct RetentionTests {
  private static let limits = RetentionLimits(textDays: 4, countDays: 7, summaryDays: 12)
  /// More than any stream here spans.
  private static let everything = RetentionLimits(textDays: 30_000, countDays: 30_000, summaryDays: 30_000)

  private func steps(seed: UInt64, count: Int) -> [Changes] {
    var generator = LifeGenerator(seed: seed)
    return (0..<count).map { _ in generator.next() }
  }

  private static func sample(_ reference: ClusterSummary.SampleReference) -> (source: [UInt8], id: [UInt8], text: [UInt8])? {
    (Array("/s".utf8), Array("\(reference.row)".utf8), Array("said\(reference.position)x\(reference.row)".utf8))
  }

  private func write(
    _ sets: [Changes], _ limits: RetentionLimits, _ store: Store? = nil, fillsSides: Bool = false
  ) throws -> Store {
    let store = try store ?? Store()
    var writer = try ArchiveWriter(
      folder: store.folder.path, storeID: "store-1", settingsFingerprint: "s", retention: limits)
    for changes in sets {
      try writer.apply(changes) { _ in
        RefusedEvent(source: [], id: [], time: nil, raw: Array("{}".utf8))
      } sample: {
        Self.sample($0)
      }
      if fillsSides { _ = try writer.fillSides(count: 3) }
    }
    if fillsSides { while try writer.fillSides(count: 50) == 50 {} }
    return store
  }

  /// The steps as fewer drains would have given them.
  private func cut(_ steps: [Changes], _ random: inout SeededGenerator, in count: Int) -> [Changes] {
    var sets: [Changes] = []
    var isOpen = false
    for step in steps {
      if isOpen, let last = sets.popLast() { sets.append(last.followed(by: step)) } else { sets.append(step) }
      isOpen = Int.random(in: 0..<count, using: &random) > 0
    }
    return sets
  }

  // MARK: The oracle

  private typealias Row = [String: String]

  private static let tables = [
    "cluster", "cluster_cell", "cluster_sample", "cluster_merge", "episode", "episode_keyword", "episode_window", "episode_cell",
    "episode_bin", "episode_sample", "incident", "incident_keyword", "incident_merge", "rollup_hourly", "quarantine",
  ]

  private func rows(_ table: String, _ connection: borrowing Connection) throws -> [Row] {
    let columns = try connection.prepare("SELECT name FROM pragma_table_info('\(table)')")
    var names: [String] = []
    while try columns.step() { names.append(columns.text(0) ?? "") }
    let select = try connection.prepare("SELECT * FROM \(table)")
    var rows: [Row] = []
    while try select.step() {
      rows.append(Dictionary(uniqueKeysWithValues: names.indices.map { (names[$0], select.text(Int32($0)) ?? "-") }))
    }
    return rows
  }

  private func content(_ store: Store) throws -> [String: [Row]] {
    let connection = try Connection(path: store.path, mode: .readOnly)
    return Dictionary(uniqueKeysWithValues: try Self.tables.map { ($0, try rows($0, connection)) })
  }

  /// In words, to be compared.
  private func said(_ content: [String: [Row]]) -> [String: Set<String>] {
    content.mapValues { Set($0.map { $0.sorted { $0.key < $1.key }.map { "\($0)=\($1)" }.joined(separator: " ") }) }
  }

  /// What the rule leaves of everything.
  private func kept(_ all: [String: [Row]], at watermark: Timestamp, _ limits: RetentionLimits) -> [String: [Row]] {
    let today = Int64((Double(watermark.microseconds) / 86_400e6).rounded(.down))
    func bound(_ days: Int) -> Int64 { (today - Int64(days)) * 86_400_000_000 }
    func number(_ row: Row, _ column: String) -> Int64 { Int64(row[column] ?? "") ?? 0 }
    func isOver(_ row: Row) -> Bool { row["state"] == "closed" && number(row, "last_report_at") < bound(limits.summaryDays) }
    let clusters = Set((all["cluster"] ?? []).filter { !isOver($0) }.map { $0["id"] ?? "" })
    // What is named by what stays, stays.
    var incidents = Set((all["incident"] ?? []).filter { !isOver($0) }.map { $0["id"] ?? "" })
    let named = Set((all["cluster"] ?? []).filter { clusters.contains($0["id"] ?? "") }.map { $0["episode"] ?? "" })
    for episode in all["episode"] ?? [] where named.contains(episode["id"] ?? "") { incidents.insert(episode["incident"] ?? "") }
    var count = 0
    while count != incidents.count {
      count = incidents.count
      for row in all["incident"] ?? [] where incidents.contains(row["id"] ?? "") && row["explained_by"] != "-" {
        incidents.insert(row["explained_by"] ?? "")
      }
    }
    let episodes = Set((all["episode"] ?? []).filter { incidents.contains($0["incident"] ?? "") }.map { $0["id"] ?? "" })
    let allIDs = (
      clusters: Set((all["cluster"] ?? []).map { $0["id"] ?? "" }), incidents: Set((all["incident"] ?? []).map { $0["id"] ?? "" })
    )
    func isKept(_ table: String, _ row: Row) -> Bool {
      switch table {
      case "cluster": return clusters.contains(row["id"] ?? "")
      case "episode": return episodes.contains(row["id"] ?? "")
      case "incident": return incidents.contains(row["id"] ?? "")
      case "rollup_hourly": return (number(row, "hour") + 1) * 3_600_000_000 > bound(limits.countDays)
      case "quarantine": return number(row, "received_at") >= bound(limits.textDays)
      case "cluster_merge", "incident_merge":
        let (there, ids) = table == "cluster_merge" ? (allIDs.clusters, clusters) : (allIDs.incidents, incidents)
        var id = row["survivor"] ?? ""
        while !there.contains(id) {
          guard let next = all[table]?.first(where: { $0["absorbed"] == id })?["survivor"] else { return true }
          id = next
        }
        return ids.contains(id)
      default:
        if table.hasSuffix("_sample"), number(row, "reported_at") < bound(limits.textDays) { return false }
        for (parent, ids) in [("cluster", clusters), ("episode", episodes), ("incident", incidents)]
        where table.hasPrefix(parent + "_") { return ids.contains(row[parent] ?? "") }
        return false
      }
    }
    return Dictionary(uniqueKeysWithValues: all.map { table, rows in (table, rows.filter { isKept(table, $0) }) })
  }

  /// Rows of days and totals that the hours do not add up to, and the other way round.
  private func strays(_ store: Store) throws -> Int64 {
    let hours = "SELECT keyword, (hour - 23 * (hour < 0)) / 24 AS day, report_count AS r, witness_count AS w FROM rollup_hourly"
    let days = "SELECT keyword, day, sum(r), sum(w) FROM (\(hours)) GROUP BY 1, 2"
    let totals = "SELECT keyword, sum(r), sum(w), min(day), max(day) FROM (\(hours)) GROUP BY 1"
    let connection = try Connection(path: store.path, mode: .readOnly)
    return try [(days, "rollup_daily"), (totals, "rollup_total")].reduce(0) { sum, pair in
      let (ours, theirs) = (pair.0, "SELECT * FROM \(pair.1)")
      let count = try connection.integer(
        "SELECT (SELECT count(*) FROM (\(ours) EXCEPT \(theirs))) + (SELECT count(*) FROM (\(theirs) EXCEPT \(ours)))")
      return sum + (count ?? 0)
    }
  }

  // MARK: Tests

  /// However drains fall, at every end, the store is what the rule leaves of one that kept everything.
  @Test(arguments: 0..<3 as Range<UInt64>)
  func whatIsKeptFollowsFromTheWatermarkAlone(seed: UInt64) throws {
    let steps = steps(seed: seed, count: 70 + Int(seed) * 20)
    let watermark = try #require(steps.last?.watermark)
    var random = SeededGenerator(seed: seed &+ 7)
    let all = try content(write(steps, Self.everything))
    let expected = said(kept(all, at: watermark, Self.limits))
    for sets in [steps, cut(steps, &random, in: 5), cut(steps, &random, in: 1_000)] {
      let store = try write(sets, Self.limits)
      let found = try said(content(store))
      for table in Self.tables {
        #expect(found[table] == expected[table], "seed \(seed), \(sets.count) sets, \(table)")
      }
      #expect(try strays(store) == 0, "seed \(seed), \(sets.count) sets: days and totals are not what the hours add up to")
      let check = try ArchiveCheck(folder: store.folder.path)
      #expect(check.isWhole, "seed \(seed), \(sets.count) sets: \(check.findings.filter { $0.state != .whole })")
    }
    // Each rule has left something and taken something away.
    for table in Self.tables where seed > 1 && table != "incident_merge" && table != "cluster_merge" {
      let (before, after) = (all[table]?.count ?? 0, expected[table]?.count ?? 0)
      #expect(after > 0 && after < before, "seed \(seed): \(table) \(before) → \(after) is trivial")
    }
    // The canary: where nothing is let go of, the comparison fails.
    #expect(said(all) != expected, "seed \(seed)")
  }

  /// Limits that are lowered hold at the next opening, before anything comes.
  @Test(arguments: [1] as [UInt64])
  func lowerLimitsHoldAtOnce(seed: UInt64) throws {
    let steps = steps(seed: seed, count: 100)
    let store = try write(steps, Self.everything)
    let all = try content(store)
    #expect(try store.reader().retention().map(\.days) == [30_000, 30_000, 30_000])
    _ = try write([], Self.limits, store)
    let watermark = try #require(steps.last?.watermark)
    #expect(try said(content(store)) == said(kept(all, at: watermark, Self.limits)), "seed \(seed)")
    let day = watermark.microseconds / 86_400_000_000
    let extents = try store.reader().retention()
    #expect(extents.map(\.days) == [4, 7, 12])
    #expect(extents.map(\.completeSince) == [4, 7, 12].map { Timestamp(seconds: (day - $0) * 86_400) })
    // What is gone does not come back with higher ones, nor does the store say so.
    _ = try write([], Self.everything, store)
    #expect(try store.reader().retention().map(\.completeSince) == extents.map(\.completeSince))
  }

  /// No search finds a word of a text whose time is over, whether the side tables know yet or not; nor what is gone.
  @Test(arguments: [1] as [UInt64])
  func nothingThatIsGoneIsFound(seed: UInt64) throws {
    let steps = steps(seed: seed, count: 100)
    let all = try content(write(steps, Self.everything))
    for fillsSides in [false, true] {
      let store = try write(steps, Self.limits, fillsSides: fillsSides)
      let reader = try store.reader()
      let left = try content(store)
      var counts = (found: 0, gone: 0)
      for (kind, table) in [(SummaryKind.cluster, "cluster_sample"), (.episode, "episode_sample")] {
        let every = all[table] ?? []
        for row in stride(from: 0, to: every.count, by: max(1, every.count / 25)).map({ every[$0] }) {
          let holders = Set((left[table] ?? []).filter { $0["text"] == row["text"] }.compactMap { $0[kind.rawValue] })
          let found = try reader.ids(of: kind, saying: [row["text"] ?? ""])
          #expect(Set(found.map(\.description)) == holders, "seed \(seed), \(row)")
          if holders.isEmpty { counts.gone += 1 } else { counts.found += 1 }
        }
      }
      #expect(counts.found > 0 && counts.gone > 20, "seed \(seed): trivial")
      guard fillsSides else { continue }
      let connection = try Connection(path: store.path, mode: .readOnly)
      #expect(try connection.integer("SELECT count(*) FROM side_backlog") == 0)
      for kind in SummaryKind.allCases {
        let boxes = try connection.integer("SELECT count(*) FROM side_\(kind.rawValue)_box")
        #expect(
          try boxes == connection.integer("SELECT count(*) FROM \(kind.rawValue) WHERE west IS NOT NULL"), "seed \(seed), \(kind)"
        )
      }
    }
  }

  /// The side tables hold the same, to the letter, whether they were told step by step or at the end.
  @Test(arguments: 0..<2 as Range<UInt64>)
  func upkeepBringsTheSideTablesToTheSame(seed: UInt64) throws {
    let steps = steps(seed: seed, count: 100)
    var random = SeededGenerator(seed: seed)
    func sides(_ store: Store) throws -> [String] {
      let connection = try Connection(path: store.path, mode: .readOnly)
      var lines: [String] = []
      for table in ["side_cluster_text", "side_episode_text", "side_cluster_box", "side_episode_box", "side_incident_box"] {
        let key = table.hasSuffix("text") ? "rowid" : "number"
        let select = try connection.prepare("SELECT \(key), * FROM \(table) ORDER BY 1")
        while try select.step() { lines.append(table + (0..<3).map { " " + (select.text($0) ?? "-") }.joined()) }
      }
      return lines
    }
    let stepwise = try write(steps, Self.limits, fillsSides: true)
    let atOnce = try write(cut(steps, &random, in: 30), Self.limits)
    _ = try write([], Self.limits, atOnce, fillsSides: true)
    #expect(try sides(stepwise) == sides(atOnce), "seed \(seed)")
    #expect(try sides(stepwise).count > 20)
  }

  @Test func whatIsOpenStaysHoweverOld() throws {
    let days: Int64 = 400
    var generator = ChangesGenerator(seed: 5)
    var summary = generator.summary(ClusterID(rawValue: 1))
    (summary.keyword, summary.isClosed, summary.episode) = (0, false, nil)
    (summary.openedAt, summary.lastReportAt) = (Timestamp(seconds: 0), Timestamp(seconds: 1))
    var changes = Changes()
    changes.keywords = [.init(number: 0, text: Array("fire".utf8))]
    changes.clusters = [summary]
    (changes.throughPosition, changes.watermark) = (1, Timestamp(seconds: days * 86_400))
    var closed = Changes()
    summary.isClosed = true
    closed.clusters = [summary]
    (closed.throughPosition, closed.watermark) = (2, changes.watermark)
    let store = try write([changes], Self.limits)
    #expect(try store.reader().cluster(summary.id.description) != nil)
    // Once it is closed it goes, though the bound stands where it stood.
    _ = try write([closed], Self.limits, store)
    #expect(try store.reader().cluster(summary.id.description) == nil)
  }

  /// Texts that are over are not asked for again, however often the engine names them.
  @Test func textsThatAreOverAreNotRead() throws {
    var generator = ChangesGenerator(seed: 5)
    var summary = generator.summary(ClusterID(rawValue: 1))
    (summary.keyword, summary.isClosed, summary.episode) = (0, false, nil)
    let day = Timestamp(seconds: 10 * 86_400 + 5)
    let bound = Timestamp(seconds: 6 * 86_400)
    summary.samples = [-1, 0, 1].map {
      .init(time: Timestamp(microseconds: bound.microseconds + $0), position: 1, row: UInt32(2 + $0))
    }
    var changes = Changes()
    changes.keywords = [.init(number: 0, text: Array("fire".utf8))]
    changes.clusters = [summary]
    let store = try Store()
    var writer = try ArchiveWriter(
      folder: store.folder.path, storeID: "store-1", settingsFingerprint: "s", retention: Self.limits)
    var asked: [UInt32] = []
    for position in 1...3 as ClosedRange<UInt64> {
      (changes.throughPosition, changes.watermark) = (position, day)
      try writer.apply(changes) { reference in
        asked.append(reference.row)
        return Self.sample(reference)
      }
    }
    #expect(asked == [2, 3])
  }
}
