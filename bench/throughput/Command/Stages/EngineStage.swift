import CBench
import Engine
import Reports
import Study
import Wire

/// Batches → verdicts and summaries, beside as many random cache lines as an event cannot do without.
enum EngineStage {
  /// One line for the identity, and for each of two keywords one for the slot of its node and one for the node.
  private static let lineCount = 5

  static func run(_ batches: [ReportBatch], _ positions: [Range<UInt64>], name: String, into report: inout BenchReport) throws {
    let before = Usage.heldByteCount
    var engine = Engine(settings: BenchStore.engineSettings)
    var fold = Fold()
    var steady = Usage()
    var drains = Usage()
    var verdicts: [Verdict] = []
    for (index, batch) in batches.enumerated() {
      let usage = Usage.of { engine.apply(batch, at: positions[index], into: &verdicts) }
      if index >= batches.count / 2 { steady = steady + usage }
      for verdict in verdicts { fold.add(EventException(sequence: 1, verdict)) }
      if index % ArchiveStage.drainCount == ArchiveStage.drainCount - 1 {
        let usage = Usage.of { _ = engine.drain() }
        if index >= batches.count / 2 { drains = drains + usage }
      }
    }
    let count = batches[(batches.count / 2)...].reduce(0) { $0 + $1.count }
    let heldByteCount = max(1 << 20, MemoryStage.held(engine) - before)
    report.add(name, steady, of: count, floor: ("\(lineCount) random cache lines", floor(count, heldByteCount)))
    report.add(Figure(name, "drains", "ns/event", drains.cpuNanoseconds(per: count)))
    let census = engine.census
    report.add(Figure(name, "live nodes", "nodes", Double(census.liveNodeCount)))
    report.add(Figure(name, "series", "series", Double(census.seriesCount)))
    report.add("verdicts", name, fold.value)
  }

  private static func floor(_ eventCount: Int, _ byteCount: Int) -> Usage {
    var table = [UInt8](repeating: 1, count: byteCount)
    var random = Random(seed: 1)
    var indices = [UInt32](repeating: 0, count: lineCount * 256)
    var usage = Usage()
    for _ in 0..<eventCount / 256 {
      for index in indices.indices { indices[index] = UInt32(truncatingIfNeeded: random.next()) }
      usage =
        usage
        + Usage.of {
          unsafe table.withUnsafeMutableBufferPointer { bytes in
            _ = unsafe cbench_touch(bytes.baseAddress, bytes.count / 64, indices, indices.count)
          }
        }
    }
    return usage
  }
}
