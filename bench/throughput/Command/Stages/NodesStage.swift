import Engine

/// What an event costs an engine that holds many live nodes: at a place that it has not heard of, and once more at one that it has.
enum NodesStage {
  /// Events that are told once more at most, in an order in which no two neighbours follow each other.
  private static let againCount = 500_000
  /// Events between two drains.
  private static let drainCount = 65_536
  /// Prime, so that steps of it reach every place.
  private static let step = 7_368_787

  static func run(nodeCount: Int, into report: inout BenchReport) {
    let before = Usage.heldByteCount
    var feed = RowFeed()
    var engine = Engine(settings: BenchStore.engineSettings)
    let new = tell(nodeCount, of: nodeCount, &feed, &engine) { $0 }
    let heldByteCount = Usage.heldByteCount - before
    let againCount = min(nodeCount, againCount)
    let again = tell(againCount, of: nodeCount, &feed, &engine) { $0 * step % nodeCount }
    report.add(Figure("nodes", "CPU at a new place", "ns/event", new.cpuNanoseconds(per: nodeCount)))
    report.add(Figure("nodes", "CPU at a known place", "ns/event", again.cpuNanoseconds(per: againCount)))
    report.add(Figure("nodes", "memory", "bytes/node", Double(heldByteCount) / Double(nodeCount)))
    report.add(Figure("nodes", "live nodes", "nodes", Double(engine.census.liveNodeCount)))
  }

  private static func tell(
    _ count: Int, of nodeCount: Int, _ feed: inout RowFeed, _ engine: inout Engine, _ number: (Int) -> Int
  ) -> Usage {
    var sum = Usage()
    for start in stride(from: 0, to: count, by: drainCount) {
      sum = sum + feed.tell(&engine, count: min(drainCount, count - start)) { .apart(number(start + $0)) }
      sum = sum + Usage.of { _ = engine.drain() }
    }
    return sum
  }
}
