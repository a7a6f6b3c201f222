import Engine
import Reports

/// What the engine holds of a full table of identities, of a live node and of a series.
enum MemoryStage {
  private static let batchSize = 4_096
  private static let hourMicroseconds: Int64 = 3_600_000_000

  /// - Parameters:
  ///   - entryCount: identities that are remembered.
  ///   - nodeCount: live nodes, and as many series behind them.
  static func run(entryCount: Int, nodeCount: Int, into report: inout BenchReport) throws {
    let empty = Usage.heldByteCount
    var feed = Feed()
    var engine = Engine(settings: BenchStore.engineSettings)
    // The table of identities is reserved beside the allocator's memory.
    let base = Usage.heldByteCount + engine.census.identityByteCount
    feed.tell(&engine, count: entryCount) { _, _ in nil }
    let entries = Usage.heldByteCount + engine.census.identityByteCount
    report.add(Figure("memory", "an engine that knows nothing", "MiB", Double(base - empty) / 0x1p20))
    report.add(
      Figure("memory", "identity", "bytes/entry", Double(entries - base) / Double(engine.census.identityCount)))
    let keywordCount = 200
    func place(_ number: Int) -> Feed.Place {
      // A square of cells for each keyword, one report a cell, further apart than a cell is wide.
      let (keyword, cell) = (number % keywordCount, number / keywordCount)
      return Feed.Place(
        keyword: keyword, latitudeE7: Int32(400_000_000 + cell / 128 * 200_000),
        longitudeE7: Int32(-700_000_000 + cell % 128 * 200_000))
    }
    // Each place tells of itself in one hour, and again three days later: by then the first nodes are series.
    for hour in 0..<2 as Range<Int64> {
      feed.time += hour * 72 * hourMicroseconds
      feed.tell(&engine, count: nodeCount) { number, _ in place(number) }
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

  /// Reports made as rows, without JSON.
  private struct Feed {
    struct Place {
      var keyword: Int
      var latitudeE7: Int32
      var longitudeE7: Int32
    }

    var time = EventStream.start * 1_000_000
    private var serial = 0
    private var position: UInt64 = 0

    mutating func tell(_ engine: inout Engine, count: Int, place: (_ number: Int, _ serial: Int) -> Place?) {
      for start in stride(from: 0, to: count, by: batchSize) {
        var batch = BenchStore.batch(at: serial)
        for number in start..<min(start + batchSize, count) {
          let source = batch.store("/bench".utf8)
          let place = place(number, serial)
          if let place { batch.keywords.append(batch.store("topic \(place.keyword)".utf8)) }
          batch.appendReport(
            time: Timestamp(microseconds: time),
            place: place.map { Coordinate(latitudeE7: $0.latitudeE7, longitudeE7: $0.longitudeE7) }, accuracyMeters: 0,
            reporter: UInt64(serial) + 1, source: source, id: batch.store("\(serial)".utf8), subject: .empty, text: .empty)
          serial += 1
        }
        _ = engine.apply(batch, at: position..<position + 1)
        position += 1
      }
    }
  }
}
