import Archive
import Engine
import Reports
import SQLite
import Testing

/// What is applied is what is read, against the twin.
@Suite struct RoundTripTests {
  @Test(arguments: 0..<24 as Range<UInt64>)
  func theStoreEqualsItsTwin(seed: UInt64) throws {
    let store = try Store()
    var generator = ChangesGenerator(seed: seed)
    var twin = Twin()
    var writer = try store.writer()
    for round in 0..<40 {
      let changes = generator.next()
      try writer.apply(changes, sample: Twin.sample)
      twin.apply(changes)
      if round % 8 == 7 { try expectEqual(store, twin, "seed \(seed), round \(round)") }
      // Opened anew, it goes on.
      if round % 16 == 15 { writer = try store.writer() }
      #expect(writer.position == twin.position)
    }
  }

  @Test func rebuildEmptiesEverythingAndStartsAgain() throws {
    let (store, twin, _) = try Store.filled(seed: 5)
    var writer = try store.writer()
    try writer.rebuild(settingsFingerprint: "settings-2")
    #expect(writer.position == 0)
    #expect(writer.settingsFingerprint == "settings-2")
    try expectEqual(store, Twin(), "rebuilt")
    for table in ["keyword", "cluster_cell", "cluster_sample", "cluster_merge"] {
      let rows = try Connection(path: store.path, mode: .readOnly).integer("SELECT count(*) FROM \(table)")
      #expect(rows == 0, "\(table)")
    }
    // The same changes give the same store.
    var generator = ChangesGenerator(seed: 5)
    for _ in 0..<30 { try writer.apply(generator.next(), sample: Twin.sample) }
    try expectEqual(store, twin, "replayed")
    let meta = try store.reader().meta()
    #expect(meta.settingsFingerprint == "settings-2")
    #expect(meta.storeID == "store-1")
  }

  private func expectEqual(_ store: Store, _ twin: Twin, _ comment: Comment) throws {
    let reader = try store.reader()
    let meta = try reader.meta()
    #expect(meta.position == twin.position, comment)
    #expect(meta.watermark == twin.watermark, comment)
    let sources = try reader.sources()
    #expect(sources == twin.sources.values.sorted { $0.name.lexicographicallyPrecedes($1.name) }, comment)
    let producers = try reader.producers()
    #expect(
      producers == twin.producers.values.sorted { $0.key < $1.key }, comment)
    let rollups = try reader.rollups(RollupFilter())
    #expect(rollups.map(\.line) == twin.rollupLines(), comment)
    var filter = ClusterFilter()
    let recent = try reader.clusters(filter)
    try expect(recent, say: twin.recent, twin, comment)
    filter.order = .largest
    let largest = try reader.clusters(filter)
    try expect(largest, say: twin.largest, twin, comment)
    for summary in twin.recent {
      guard let detail = try reader.cluster(summary.id.description) else {
        Issue.record("\(summary.id) is missing, \(comment)")
        continue
      }
      #expect(detail.row.says(summary, keyword: twin.keyword(summary.keyword)), comment)
      #expect(detail.cells == summary.cells, comment)
      let expected = summary.samples.compactMap { reference in Twin.sample(reference).map { (reference.time, $0) } }
      #expect(detail.samples.map(\.reportedAt) == expected.map(\.0), comment)
      #expect(detail.samples.map { Array($0.text.utf8) } == expected.map(\.1.text), comment)
      #expect(detail.samples.map { Array($0.source.utf8) } == expected.map(\.1.source), comment)
      #expect(detail.samples.map { Array($0.reportID.utf8) } == expected.map(\.1.id), comment)
    }
  }

  private func expect(_ rows: [ClusterRow], say summaries: [ClusterSummary], _ twin: Twin, _ comment: Comment) throws {
    #expect(rows.map(\.id) == summaries.map(\.id), comment)
    for (row, summary) in zip(rows, summaries) { #expect(row.says(summary, keyword: twin.keyword(summary.keyword)), comment) }
  }
}

extension ProducerLedger {
  /// Sorts as the name's bytes and then the epoch; a name here is a letter and a digit.
  fileprivate var key: String { "\(String(decoding: name, as: UTF8.self)) \(epoch)" }
}
