import CBench
import Engine

/// What the engine holds of a full table of identities, of a live node and of a series.
enum MemoryStage {
  private static let hourMicroseconds: Int64 = 3_600_000_000
  /// When each place tells of itself: first to be a series, and two hours in a row three days later, so that both nodes live.
  private static let hours: [Int64] = [0, 72, 1]

  /// - Parameters:
  ///   - entryCount: identities that are remembered, those of the nodes included.
  ///   - nodeCount: live nodes, two a place, and about as many series behind them.
  static func run(entryCount: Int, nodeCount: Int, into report: inout BenchReport) throws {
    let placeCount = nodeCount / 2
    let empty = (held: Usage.heldByteCount, resident: Int(cbench_resident_bytes()))
    var feed = RowFeed()
    var engine = Engine(settings: BenchStore.engineSettings)
    let base = held(engine)
    feed.tell(&engine, count: max(0, entryCount - hours.count * placeCount)) { _ in nil }
    let before = held(engine) - engine.census.identityByteCount
    for hour in hours {
      feed.time += hour * hourMicroseconds
      feed.tell(&engine, count: placeCount) { .apart($0) }
      _ = engine.drain()
    }
    let census = engine.census
    let full = held(engine)
    let resident = Int(cbench_resident_bytes()) - empty.resident
    let (live, series, identities) = (census.liveNodeCount, census.seriesCount, census.identityCount)
    report.add(Figure("memory", "an engine that knows nothing", "MiB", Double(base - empty.held) / 0x1p20))
    report.add(
      Figure("memory", "identity", "bytes/entry", Double(census.identityByteCount) / Double(max(1, identities))))
    report.add(Figure("memory", "series", "bytes/series", Double(census.seriesByteCount) / Double(max(1, series))))
    report.add(
      Figure(
        "memory", "live node", "bytes/node",
        Double(full - census.identityByteCount - before - census.seriesByteCount) / Double(max(1, live))))
    report.add(Figure("memory", "identities", "entries", Double(identities)))
    report.add(Figure("memory", "live nodes", "nodes", Double(live)))
    report.add(Figure("memory", "series held", "series", Double(series)))
    report.add(Figure("memory", "all of it", "MiB", Double(full - empty.held) / 0x1p20))
    report.add(Figure("memory", "resident", "MiB", Double(resident) / 0x1p20))
    withExtendedLifetime(engine) {}
  }

  /// Bytes that the calling thread has taken and not given back, with the tables of its engine: they stand beside the allocator's memory.
  static func held(_ engine: borrowing Engine) -> Int { Usage.heldByteCount + engine.census.tableByteCount }
}
