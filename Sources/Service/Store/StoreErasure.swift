package import Archive
package import Configuration
import Engine
import Journal
import Platform
import Reports

/// Erases what reports say from a store: from its journal, summaries and snapshots. Their places, times and keywords stay, and what they
/// have counted.
package struct StoreErasure: Sendable {
  /// A refused event by where it stands, for one whose source or id could not be read.
  package typealias Place = ArchiveErasure.Place

  package struct Summary: Equatable, Sendable {
    /// Rows of the journal: every time that such a report came.
    package var arrivals = 0
    /// Segments of the journal that were written anew.
    package var segments = 0
    package var found = ArchiveErasure.Count()
    /// Ids that the journal does not hold.
    package var unknownIDs: [[UInt8]] = []
    package var isNothing: Bool { arrivals == 0 && found.isNothing }
  }

  /// Reports by source and id.
  package var reports: [(source: [UInt8], id: [UInt8])] = []
  package var places: [Place] = []

  package init() {}

  /// Erases them, or says what there is to erase.
  ///
  /// The journal comes last: where this is broken off, the same once more finds everything again. What comes of these reports later is
  /// erased before it is journalled.
  ///
  /// - Parameters:
  ///   - configuration: That which the store is kept with.
  ///   - isPreview: Nothing is changed.
  ///   - progress: Told what is being done, in words.
  /// - Throws: where another process writes the store, it is damaged, or it is kept with other settings.
  /// - Complexity: O(bytes of the journal and of the summaries).
  package func run(
    directory: String, configuration: Configuration, isPreview: Bool, progress: (String) -> Void = { _ in }
  ) throws(ServiceError) -> Summary {
    let layout = StoreLayout(directory: directory)
    guard FileSystem.exists(layout.identity), FileSystem.exists(layout.summaries) else {
      throw ServiceError("\(directory): holds no store; name the folder that `serve` or `replay` was given with --store")
    }
    let kept = try ServiceError.wrapping { try ArchiveReader(folder: directory).meta().settingsFingerprint }
    guard kept == configuration.fingerprint else {
      throw ServiceError("\(directory): is kept with other settings, which would make it anew; name their file with --config")
    }
    progress("opening the store")
    var store = try OpenStore(directory: directory, configuration: configuration)
    return try ServiceError.wrapping {
      progress("looking through the journal")
      let hits = try look(through: &store)
      var erasure = ArchiveErasure()
      erasure.reports = reports
      erasure.places = hits.rows.flatMap { position, rows in rows.map { Place(position: position, row: UInt32($0)) } } + places
      erasure.keywords = try hits.keywords(only: store.archive, store.engine)
      var summary = Summary(arrivals: hits.rows.values.reduce(0) { $0 + $1.count })
      summary.unknownIDs = reports.map(\.id).filter { !hits.ids.contains($0) }
      summary.found = try store.archive.preview(erasure)
      if isPreview || summary.isNothing { return summary }
      if !reports.isEmpty {
        for (source, id) in reports { store.erased.add(source: source, id: id, at: Self.now) }
        try store.erased.save(store.storage)
      }
      summary.found = try store.archive.erase(erasure, progress: progress)
      progress("taking down the engine")
      try takeDown(&store, erasure.keywords)
      progress("writing the journal anew")
      summary.segments = try rewrite(hits.rows, store)
      return summary
    }
  }

  private static var now: Timestamp { Timestamp(microseconds: Clock.wallMicroseconds()) }

  // MARK: Steps

  /// What there is of the reports in a journal.
  private struct Hits {
    /// Rows by the position of their record.
    var rows: [UInt64: [Int]] = [:]
    /// Words that were taken from texts, with how many of the rows have them.
    var words: [[UInt8]: Int] = [:]
    var ids: Set<[UInt8]> = []

    /// The keywords that nobody else has used.
    func keywords(only archive: borrowing ArchiveSink, _ engine: borrowing Engine) throws -> [(number: UInt32, name: String)] {
      var counts: [UInt32: Int] = [:]
      for (word, count) in words { if let number = engine.keyword(word[...]) { counts[number, default: 0] += count } }
      return try counts.filter { try !archive.hasCounted(keyword: $0.key, moreThan: $0.value) }.keys.sorted()
        .map { ($0, "erased-\($0)") }
    }
  }

  private func look(through store: inout OpenStore) throws -> Hits {
    var hits = Hits()
    let wanted = Set(places)
    var list = ErasureList(empty: store.identity.identityKey)
    for (source, id) in reports { list.add(source: source, id: id, at: Self.now) }
    var reader = JournalReader(
      storage: store.storage, store: store.identity.journalID, from: try Journal.segmentStarts(in: store.storage).first ?? 0)
    while let (batch, range) = try reader.next() {
      var rows = Set(list.rows(of: batch))
      for row in 0..<batch.count where wanted.contains(Place(position: range.lowerBound, row: UInt32(row))) { rows.insert(row) }
      if rows.isEmpty { continue }
      hits.rows[range.lowerBound] = rows.sorted()
      for row in rows { hits.ids.insert(Array(batch.arena[batch.ids[row].range])) }
      for row in rows where batch.flags[row].contains(.termsFromText) {
        for slice in batch.keywords[batch.keywordRange(row)] { hits.words[Array(batch.arena[slice.range]), default: 0] += 1 }
      }
    }
    return hits
  }

  /// Has the engine forget words, and leaves a snapshot of it in place of all others: those could tell the words.
  private func takeDown(_ store: inout OpenStore, _ keywords: [(number: UInt32, name: String)]) throws {
    for (number, name) in keywords { store.engine.forget(keyword: number, callingIt: name) }
    // The summaries know the names already.
    _ = store.engine.drain()
    guard store.engine.position > 0 else { return }
    try store.layout.synchronizeSummaries()
    let pending = try store.snapshots.begin(&store.engine, mayFork: false)
    try store.snapshots.commit(pending)
    try store.snapshots.removeAll(but: pending.header.position)
  }

  private func rewrite(_ rows: [UInt64: [Int]], _ store: borrowing OpenStore) throws -> Int {
    let starts = try Journal.segmentStarts(in: store.storage)
    var count = 0
    for (index, start) in starts.enumerated() {
      let end = index + 1 < starts.count ? starts[index + 1] : .max
      guard rows.keys.contains(where: { $0 >= start && $0 < end }) else { continue }
      let changed = try Journal.rewriteSegment(store.storage, store: store.identity.journalID, at: start) { range, batch in
        guard let erased = rows[range.lowerBound] else { return nil }
        var batch = batch
        return Engine.erase(&batch, erased, key: store.identity.identityKey) > 0 ? batch : nil
      }
      if changed > 0 { count += 1 }
    }
    return count
  }
}
