import Configuration
import Engine
import Journal
import Reports
import Service
import TestSupport
import Testing

@Suite struct StartTests {
  private static let identity = StoreIdentity(
    journalID: StoreID(high: 1, low: 2), identityKey: SipHash.Key(first: 3, second: 4),
    reporterKey: SipHash.Key(first: 5, second: 6))

  private func open(_ journal: FaultyStorage, _ summaries: FaultyStorage) throws -> Pipeline {
    let fileSystem = try #require(FaultyFileSystem(summaries))
    let configuration = Configuration(profile: .storm)
    let store = try OpenStore(
      layout: StoreLayout(directory: ""), identity: Self.identity, lock: nil, storage: journal, snapshots: FaultyStorage(),
      fileSystem: fileSystem.name,
      segmentByteCount: 1 << 20, configuration: configuration)
    return try Pipeline(store: store, configuration: configuration, driver: .caller)
  }

  /// A start folded what the page cache showed into the summaries before it synced it: where that sync failed, they were ahead of the
  /// journal, and the store was refused from then on.
  @Test func aSyncThatFailsAtTheStartDoesNotLeaveSummariesAheadOfTheJournal() throws {
    let (journal, summaries) = (FaultyStorage(), FaultyStorage())
    do {
      let pipeline = try open(journal, summaries)
      pipeline.append(
        pipeline.makePassage(
          producer: Array("p".utf8), epoch: Epoch(high: 1, low: 1), firstSequence: 1, receivedAt: Timestamp(microseconds: 1)))
      #expect(try pipeline.flush())
    }
    // Killed with a record that only the page cache has.
    let cached = journal.restart()
    cached.faults.remainingSyncs = 0
    #expect(throws: ServiceError.self) { _ = try open(cached, summaries) }
    var random = SeededGenerator(seed: 1)
    #expect(throws: Never.self) { _ = try open(cached.crash(&random), summaries) }
  }
}
