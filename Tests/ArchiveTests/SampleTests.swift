import Archive
import Engine
import Reports
import SQLite
import TestSupport
import Testing

/// Which texts are asked for, in which order, and that each lands where it belongs.
@Suite struct SampleTests {
  private typealias Reference = ClusterSummary.SampleReference

  private static func reference(_ position: UInt64, _ row: UInt32) -> Reference {
    Reference(time: Timestamp(seconds: Int64(position) * 1_000 + Int64(row)), position: position, row: row)
  }

  private static func report(_ reference: Reference) -> (source: [UInt8], id: [UInt8], text: [UInt8]) {
    let name = "\(reference.position).\(reference.row)"
    return (Array("source \(name)".utf8), Array("id \(name)".utf8), Array("text \(name)".utf8))
  }

  /// Changes up to a position with clusters of one keyword, each with its samples.
  private static func changes(through position: UInt64, _ clusters: [(id: UInt64, samples: [Reference])]) -> Changes {
    var changes = Changes()
    changes.throughPosition = position
    changes.keywords = [.init(number: 0, text: Array("fire".utf8))]
    var generator = ChangesGenerator(seed: position)
    for (id, samples) in clusters {
      var summary = generator.summary(ClusterID(rawValue: id))
      summary.keyword = 0
      summary.samples = samples
      changes.clusters.append(summary)
    }
    return changes
  }

  private static func texts(_ store: Store, _ id: UInt64) throws -> [String]? {
    try store.reader().cluster(ClusterID(rawValue: id).description)?.samples.map(\.text)
  }

  private static func backlog(_ store: Store) throws -> [String] {
    let connection = try Connection(path: store.path, mode: .readOnly)
    let rows = try connection.prepare("SELECT kind || ' ' || id FROM side_backlog ORDER BY 1")
    var found: [String] = []
    while try rows.step() { found.append(rows.text(0) ?? "") }
    return found
  }

  @Test(arguments: 0..<16 as Range<UInt64>)
  func textsAreAskedForInTheJournalsOrder(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let store = try Store()
    var writer = try store.writer()
    var held: [UInt64: [Reference]] = [:]
    for round in 1...6 as ClosedRange<UInt64> {
      var given: [UInt64: [Reference]] = [:]
      for _ in 0..<40 {
        let references = Set((0..<Int.random(in: 0..<9, using: &random)).map { _ in UInt64.random(in: 0..<600, using: &random) })
        given[.random(in: 0..<60, using: &random)] = references.sorted().map { Self.reference($0 / 16, UInt32($0 % 16)) }
      }
      var expected: [Reference] = []
      for (id, samples) in given { expected += samples.filter { held[id]?.contains($0) != true } }
      var asked: [Reference] = []
      try writer.apply(Self.changes(through: round, given.map { ($0, $1) })) { reference in
        asked.append(reference)
        return Self.report(reference)
      }
      let order = { (a: Reference, b: Reference) in (a.position, a.row) < (b.position, b.row) }
      #expect(asked == expected.sorted(by: order))
      held.merge(given) { _, new in new }
      for (id, samples) in held {
        #expect(try Self.texts(store, id) == samples.map { "text \($0.position).\($0.row)" })
      }
    }
  }

  /// More than are held at once: they are written in several goes.
  @Test func manyTextsLandWhereTheyBelong() throws {
    let store = try Store()
    var writer = try store.writer()
    let clusters = (0..<40).map { id in
      (id: UInt64(id), samples: (0..<1_000).map { Self.reference(UInt64($0), UInt32(id)) })
    }
    try writer.apply(Self.changes(through: 1, clusters)) { Self.report($0) }
    for (id, samples) in clusters { #expect(try Self.texts(store, id) == samples.map { "text \($0.position).\($0.row)" }) }
  }

  /// Of texts that are long fewer are held.
  @Test func longTextsLandWhereTheyBelong() throws {
    let store = try Store()
    var writer = try store.writer()
    let tail = [UInt8](repeating: UInt8(ascii: "-"), count: 6 << 20)
    let clusters = (0..<3).map { id in (id: UInt64(id), samples: (0..<2).map { Self.reference(UInt64($0), UInt32(id)) }) }
    try writer.apply(Self.changes(through: 1, clusters)) { ([], [], Self.report($0).text + tail) }
    let connection = try Connection(path: store.path, mode: .readOnly)
    let rows = try connection.prepare(
      "SELECT substr(text, 1, 8) = 'text ' || journal_position || '.' || journal_row, length(text) FROM cluster_sample")
    var count = 0
    while try rows.step() {
      count += 1
      #expect(rows.integer(0) == 1 && rows.integer(1) == Int64(8 + tail.count))
    }
    #expect(count == 6)
  }

  @Test func ofSeveralSummariesOfOneIDTheLastStands() throws {
    let store = try Store()
    var writer = try store.writer()
    let (a, b, c) = (Self.reference(1, 1), Self.reference(2, 2), Self.reference(3, 3))
    var asked: [Reference] = []
    let changes = Self.changes(through: 1, [(7, [a, b]), (5, [a]), (7, [b, c]), (5, [])])
    try writer.apply(changes) { reference in
      asked.append(reference)
      return Self.report(reference)
    }
    #expect(asked == [b, c])
    #expect(try Self.texts(store, 7) == ["text 2.2", "text 3.3"])
    #expect(try Self.texts(store, 5) == [])
    #expect(try store.reader().cluster(ClusterID(rawValue: 7).description)?.row.reportCount == changes.clusters[2].reportCount)
  }

  /// What was erased is not taken for stored: it is asked for again, and left out where the journal has erased it, too.
  @Test func anErasedTextIsGoneHoweverOftenItsClusterIsStored() throws {
    let store = try Store()
    var writer = try store.writer()
    let (a, b) = (Self.reference(1, 1), Self.reference(2, 2))
    try writer.apply(Self.changes(through: 1, [(7, [a, b])])) { Self.report($0) }
    var erasure = ArchiveErasure()
    erasure.reports = [(Self.report(a).source, Self.report(a).id)]
    let count = try writer.erase(erasure)
    #expect(count.samples == 1)
    #expect(try Self.texts(store, 7) == ["text 2.2"])
    var asked: [Reference] = []
    try writer.apply(Self.changes(through: 2, [(7, [a, b])])) { reference in
      asked.append(reference)
      return nil
    }
    #expect(asked == [a])
    #expect(try Self.texts(store, 7) == ["text 2.2"])
  }

  /// One that was merged and comes again is stored whole: nothing of it is thought to be there.
  @Test func anIDThatWasMergedComesAgainWhole() throws {
    let store = try Store()
    var writer = try store.writer()
    let a = Self.reference(1, 1)
    try writer.apply(Self.changes(through: 1, [(7, [a]), (8, [])])) { Self.report($0) }
    var merged = Self.changes(through: 2, [])
    merged.merges = [.init(absorbed: ClusterID(rawValue: 7), into: ClusterID(rawValue: 8))]
    try writer.apply(merged) { Self.report($0) }
    #expect(try Self.texts(store, 7) == nil)
    let again = Self.changes(through: 3, [(7, [a])])
    try writer.apply(again) { Self.report($0) }
    #expect(try Self.texts(store, 7) == ["text 1.1"])
    #expect(try store.reader().cluster(ClusterID(rawValue: 7).description)?.cells == again.clusters[0].cells)
  }

  /// The side tables hear of an absorbed cluster where they may know of it, and only there.
  @Test func ofWhatWasNeverStoredTheSideTablesAreNotTold() throws {
    let store = try Store()
    var writer = try store.writer()
    let (stored, never, survivor) = (ClusterID(rawValue: 7), ClusterID(rawValue: 9), ClusterID(rawValue: 8))
    try writer.apply(Self.changes(through: 1, [(7, [Self.reference(1, 1)]), (8, [])])) { Self.report($0) }
    while try writer.fillSides(count: 10) == 10 {}
    #expect(try Self.backlog(store) == [])
    var merged = Self.changes(through: 2, [])
    merged.merges = [.init(absorbed: stored, into: survivor), .init(absorbed: never, into: survivor)]
    try writer.apply(merged) { Self.report($0) }
    #expect(try Self.backlog(store) == ["cluster \(stored)"])
    while try writer.fillSides(count: 10) == 10 {}
    let connection = try Connection(path: store.path, mode: .readOnly)
    #expect(try connection.integer("SELECT count(*) FROM side_cluster_text WHERE side_cluster_text MATCH 'text'") == 0)
    #expect(try connection.integer("SELECT count(*) FROM side_cluster_box") == 1)
    #expect(try connection.integer("SELECT count(*) FROM cluster_merge WHERE survivor = '\(survivor)'") == 2)
  }

  /// The writer leaves the tables' CHECKs out: whatever it writes keeps them all the same.
  @Test(arguments: 0..<8 as Range<UInt64>)
  func whatIsWrittenKeepsTheChecks(seed: UInt64) throws {
    let store = try Store.filled(seed: seed).store
    #expect(try ArchiveCheck(folder: store.folder.path).isWhole)
    // That whoever looks sees it, and which table it is.
    try store.execute("PRAGMA ignore_check_constraints = ON; UPDATE history_state SET kind = 'other' WHERE kind = 'cluster'")
    let broken = try ArchiveCheck(folder: store.folder.path).findings.filter { $0.state != .whole }
    #expect(broken.map(\.table) == ["history_state"] && broken[0].says.contains("CHECK constraint failed"), "\(broken)")
  }
}
