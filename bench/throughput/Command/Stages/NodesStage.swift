import Engine

/// What an event costs an engine that holds many live nodes: at a place that it has not heard of, and once more at one that it has; under one
/// keyword, and under two, where each place is two nodes.
enum NodesStage {
  /// Events that are told once more at most, in an order in which no two neighbours follow each other.
  private static let againCount = 500_000
  /// Events between two drains.
  private static let drainCount = 65_536
  /// Prime, so that steps of it reach every place.
  private static let step = 7_368_787

  static func run(nodeCount: Int, into report: inout BenchReport) {
    run("nodes", placeCount: nodeCount, into: &report) { .apart($0) }
    run("nodes, two keywords", placeCount: nodeCount / 2, into: &report) { .paired($0) }
  }

  private static func run(
    _ name: String, placeCount: Int, into report: inout BenchReport, _ place: (Int) -> RowFeed.Place
  ) {
    let before = Usage.heldByteCount
    var feed = RowFeed()
    var engine = Engine(settings: BenchStore.engineSettings)
    let new = tell(placeCount, &feed, &engine, place)
    let heldByteCount = MemoryStage.held(engine) - engine.census.identityByteCount - before
    let againCount = min(placeCount, againCount)
    let again = tell(againCount, &feed, &engine) { place($0 * step % placeCount) }
    let nodeCount = engine.census.liveNodeCount
    report.add(Figure(name, "CPU at a new place", "ns/event", new.cpuNanoseconds(per: placeCount)))
    report.add(Figure(name, "CPU at a known place", "ns/event", again.cpuNanoseconds(per: againCount)))
    report.add(Figure(name, "memory", "bytes/node", Double(heldByteCount) / Double(max(1, nodeCount))))
    report.add(Figure(name, "live nodes", "nodes", Double(nodeCount)))
  }

  private static func tell(
    _ count: Int, _ feed: inout RowFeed, _ engine: inout Engine, _ place: (Int) -> RowFeed.Place
  ) -> Usage {
    var sum = Usage()
    for start in stride(from: 0, to: count, by: drainCount) {
      sum = sum + feed.tell(&engine, count: min(drainCount, count - start)) { place(start + $0) }
      sum = sum + Usage.of { _ = engine.drain() }
    }
    return sum
  }
}
