import Decode
import Engine
import Platform
import Reports

/// What the engine holds, and what an event costs it, window after window: a stream that is made as it is read, and so may be long.
enum SoakStage {
  private static let batchSize = 256
  /// Batches between two drains.
  private static let drainCount = 16

  /// - Parameters:
  ///   - window: the stream of one window; the others go on behind it in the same way.
  static func run(_ window: StreamSettings, windowCount: Int, into report: inout BenchReport) throws {
    var settings = window
    settings.eventCount *= windowCount
    settings.hours *= Double(windowCount)
    var feed = EventFeed(settings)
    var decoder = try BenchStore.decoder()
    let before = Usage.heldByteCount
    var engine = Engine(settings: BenchStore.engineSettings)
    var (body, position, held) = ([UInt8](), UInt64(0), [Int]())
    for number in 1...windowCount {
      var usage = Usage()
      for start in stride(from: 0, to: window.eventCount, by: batchSize) {
        let count = min(batchSize, window.eventCount - start)
        body.removeAll(keepingCapacity: true)
        for _ in 0..<count { feed.append(to: &body) }
        var batch = BenchStore.batch(at: (number - 1) * window.eventCount + start)
        try decoder.decode(body.span, format: .ndjson, expectedCount: count, into: &batch)
        usage = usage + Usage.of { _ = engine.apply(batch, at: position..<position + 1) }
        position += 1
        if position.isMultiple(of: UInt64(drainCount)) { usage = usage + Usage.of { _ = engine.drain() } }
      }
      usage = usage + Usage.of { _ = engine.drain() }
      held.append(MemoryStage.held(engine) - before)
      report.add(Figure("soak", "CPU in window \(number)", "ns/event", usage.cpuNanoseconds(per: window.eventCount)))
      report.add(Figure("soak", "memory after window \(number)", "MiB", Double(held[number - 1]) / 0x1p20))
    }
    let level = held.dropFirst()
    if let most = level.max(), let least = level.min() {
      report.add(Figure("soak", "most memory by least, from window 2 on", "times", Double(most) / Double(max(1, least))))
    }
  }
}
