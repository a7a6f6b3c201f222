import Engine

/// What the engine holds of a full table of identities, of a live node and of a series.
enum MemoryStage {
  private static let hourMicroseconds: Int64 = 3_600_000_000

  /// - Parameters:
  ///   - entryCount: identities that are remembered.
  ///   - nodeCount: live nodes, and as many series behind them.
  static func run(entryCount: Int, nodeCount: Int, into report: inout BenchReport) throws {
    let empty = Usage.heldByteCount
    var feed = RowFeed()
    var engine = Engine(settings: BenchStore.engineSettings)
    // The table of identities is reserved beside the allocator's memory.
    let base = Usage.heldByteCount + engine.census.identityByteCount
    feed.tell(&engine, count: entryCount) { _ in nil }
    let entries = Usage.heldByteCount + engine.census.identityByteCount
    report.add(Figure("memory", "an engine that knows nothing", "MiB", Double(base - empty) / 0x1p20))
    report.add(
      Figure("memory", "identity", "bytes/entry", Double(entries - base) / Double(engine.census.identityCount)))
    // Each place tells of itself in one hour, and again three days later: by then the first nodes are series.
    for hour in 0..<2 as Range<Int64> {
      feed.time += hour * 72 * hourMicroseconds
      feed.tell(&engine, count: nodeCount) { .apart($0) }
      _ = engine.drain()
    }
    let census = engine.census
    let full = Usage.heldByteCount + census.identityByteCount
    let (live, series) = (census.liveNodeCount, census.seriesCount)
    report.add(Figure("memory", "series", "bytes/series", Double(census.seriesByteCount) / Double(max(1, series))))
    report.add(
      Figure("memory", "live node", "bytes/node", Double(full - entries - census.seriesByteCount) / Double(max(1, live))))
    report.add(Figure("memory", "identities", "entries", Double(census.identityCount)))
    report.add(Figure("memory", "live nodes", "nodes", Double(live)))
    report.add(Figure("memory", "series held", "series", Double(series)))
    report.add(Figure("memory", "all of it", "MiB", Double(full - empty) / 0x1p20))
  }
}
