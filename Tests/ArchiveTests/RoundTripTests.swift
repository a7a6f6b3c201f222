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
    let connection = try Connection(path: store.path, mode: .readOnly)
    // Everything but what the store is, how its profiles are called, and what analysts did (`AuditTests`).
    let names = try connection.prepare(
      """
      SELECT name FROM pragma_table_list
      WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite%'
        AND name NOT IN ('meta', 'profile', 'history_state', 'retention', 'act', 'incident_join', 'silence', 'silence_corner')
      """)
    var tableCount = 0
    while try names.step() {
      let table = names.text(0) ?? ""
      #expect(try connection.integer("SELECT count(*) FROM \(table)") == 0, "\(table)")
      tableCount += 1
    }
    #expect(tableCount == 27)
    #expect(try store.reader().retention().allSatisfy { $0.completeSince == nil && $0.days != nil })
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
    try expectDetectionEqual(reader, twin, comment)
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
      let near = summary.samples.filter { Twin.sample($0) != nil }.map(\.nearDuplicateCount)
      #expect(detail.samples.map(\.nearDuplicateCount) == near, comment)
      let episode = summary.episode.flatMap { twin.episodes[$0] }
      #expect(detail.row.alertedAt == episode?.alertedAt && detail.row.firstSeenAt == episode?.firstSeenAt, comment)
    }
  }

  private func expectDetectionEqual(_ reader: borrowing ArchiveReader, _ twin: Twin, _ comment: Comment) throws {
    var filter = ClusterFilter()
    filter.includesExplained = true
    let episodes = try reader.episodes(filter)
    #expect(episodes.map(\.summary.id) == twin.recentEpisodes.map(\.id), comment)
    for (row, summary) in zip(episodes, twin.recentEpisodes) {
      var listed = summary
      (listed.windows, listed.cells, listed.bins, listed.samples) = (Array(summary.windows.prefix(1)), [], [], [])
      #expect(row.summary == listed, comment)
      let keywords = ([summary.keyword] + summary.otherKeywords).map(twin.keyword)
      #expect(row.keywords == keywords, comment)
      guard case .found(.episode(let detail)) = try reader.find(summary.id.description) else {
        Issue.record("\(summary.id) is missing, \(comment)")
        continue
      }
      var whole = summary
      whole.samples = summary.samples.filter { Twin.sample($0) != nil }
      #expect(detail.row.summary == whole, comment)
      #expect(detail.row.keywords == keywords, comment)
      #expect(detail.samples.map(\.nearDuplicateCount) == whole.samples.map(\.nearDuplicateCount), comment)
      #expect(detail.samples.map { Array($0.text.utf8) } == whole.samples.compactMap { Twin.sample($0)?.text }, comment)
      #expect(detail.incident?.summary == twin.incidents[summary.incident], comment)
      #expect(detail.clusters.map(\.id) == twin.largest.filter { $0.episode == summary.id }.map(\.id), comment)
    }
    let incidents = try reader.incidents(filter)
    #expect(incidents.map(\.summary) == twin.recentIncidents, comment)
    for row in incidents {
      let best = twin.episodes[row.summary.best]
      #expect(row.keywords == row.summary.keywords.map(twin.keyword), comment)
      #expect(row.witnessCount == best?.witnessCount ?? 0 && row.sourceCount == best?.sourceCount ?? 0, comment)
      #expect(row.bestWindow == best?.windows.first, comment)
      guard case .found(.incident(let detail)) = try reader.find(row.summary.id.description) else {
        Issue.record("\(row.summary.id) is missing, \(comment)")
        continue
      }
      let own = twin.episodes.values.filter { $0.incident == row.summary.id }
      let expected = Twin.strongest(own) { ($0.significance, $0.openedAt, $0.id) }.map(\.id)
      #expect(detail.episodes.map(\.summary.id) == expected, comment)
      #expect(
        detail.episodes.map(\.summary.otherKeywords) == expected.map { twin.episodes[$0]?.otherKeywords ?? [] }, comment)
      #expect(detail.best?.row.summary.id == best?.id, comment)
    }
    let outages = try reader.outages()
    let expected = twin.outages.sorted { ($1.startedAt, $0.source) < ($0.startedAt, $1.source) }
    #expect(outages.map(\.outage).sorted { ($1.startedAt, $0.source) < ($0.startedAt, $1.source) } == expected, comment)
    #expect(outages.allSatisfy { $0.source.utf8.elementsEqual(twin.sources[$0.outage.source]?.name ?? []) }, comment)
    let calibrations = try reader.calibrations()
    #expect(calibrations.map(\.summary) == twin.calibrations.values.sorted { $0.profile < $1.profile }, comment)
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
