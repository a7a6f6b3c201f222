import Configuration
import Platform
import Reports

/// Everything from the socket to the ACK and the summaries, beside the bare path and beside libzmq's own receive.
enum PathStage {
  /// - Parameters:
  ///   - hasLatency: whether a further store is sent a part of the stream at half of that rate.
  ///   - name: what the figures are said of.
  static func run(
    _ puts: Puts, folder: String, name: String, hasLatency: Bool, into report: inout BenchReport
  ) throws {
    let bare = try BarePath.run(puts, folder: folder)
    let receive = try ReceiveStage.bare(puts)
    let full = try serve(puts, folder: "\(folder)/\(name)", eventsPerSecond: nil)
    let count = puts.stream.count
    report.add(name, full.usage, of: count, floor: ("bare path", bare))
    report.add(
      Figure(
        name, "CPU over libzmq", "ns/event", full.usage.cpuNanoseconds(per: count),
        floor: ("libzmq receive", receive.cpuNanoseconds(per: count))))
    for (thread, usage) in full.threads.sorted(by: { $0.key < $1.key }) {
      report.add(Figure(name, "CPU of \(thread)", "ns/event", usage.cpuNanoseconds(per: count)))
      report.add(Figure(name, "allocations of \(thread)", "per event", usage.allocations(per: count)))
    }
    report.add(Figure(name, "all is stored after the last ACK", "ms", Double(full.storingNanoseconds) / 1e6))
    report.add(Figure(name, "rate until all is stored", "events/s", full.untilStored.perSecond(count)))
    report.add(Figure(name, "CPU until all is stored", "ns/event", full.untilStored.cpuNanoseconds(per: count)))
    for (thread, usage) in full.threadsUntilStored.sorted(by: { $0.key < $1.key }) {
      report.add(Figure(name, "CPU of \(thread) until all is stored", "ns/event", usage.cpuNanoseconds(per: count)))
      report.add(Figure(name, "allocations of \(thread) until all is stored", "per event", usage.allocations(per: count)))
    }
    report.add(Figure(name, "the service has ended after the last ACK", "ms", Double(full.endingNanoseconds) / 1e6))
    report.add(Figure(name, "batches sent again", "batches", Double(full.resentCount)))
    add(full.latencies, name, "at full load", to: &report)
    report.add("verdicts", name, full.fold.value)
    report.add("summaries", name, try Fold.summaries(inFolder: "\(folder)/\(name)"))
    guard hasLatency else { return }
    let half = try serve(puts, folder: "\(folder)/\(name)-half", eventsPerSecond: full.usage.perSecond(count) / 2)
    add(half.latencies, name, "at half load", to: &report)
    // At half load little is under way: what comes after the half of the ACKs is the second half of what came.
    for (thread, usage) in half.steadyThreads.sorted(by: { $0.key < $1.key }) {
      report.add(
        Figure(
          name, "allocations of \(thread) in the second half at half load", "per event",
          usage.allocations(per: half.steadyCount)))
    }
  }

  /// What came of sending everything to a service.
  struct Served {
    /// Until the last ACK.
    var usage: Usage
    var threads: [String: Usage]
    /// Those since half of the ACKs were there, when what is used again is there, too, and how many events came behind these.
    var steadyThreads: [String: Usage]
    var steadyCount: Int
    var latencies: [UInt64]
    var resentCount: Int
    var fold: Fold
    var refusedCount: Int
    /// From the first event until the last summary was stored: all threads, and those that go on after the last ACK.
    var untilStored: Usage
    var threadsUntilStored: [String: Usage]
    /// From the last ACK until the last summary was stored.
    var storingNanoseconds: UInt64
    /// From the last ACK until the side tables were told what a second allows, the last snapshot was written and the service had ended.
    var endingNanoseconds: UInt64
  }

  /// Sends everything to a service on a new store in a folder, and waits until all of it is stored.
  ///
  /// - Parameter eventsPerSecond: how fast; nil for as fast as the credit allows.
  static func serve(
    _ puts: Puts, folder: String, configuration: Configuration = BenchStore.configuration, eventsPerSecond: Double?
  ) throws -> Served {
    let service = try ServiceThread(folder: folder, configuration: configuration)
    var load = try LoadGenerator(puts, endpoint: service.endpoint)
    try load.greet()
    let (before, eachBefore) = (service.threads.usage, service.threads.usages)
    var (eachHalfway, halfCount) = (eachBefore, 0)
    let group = service.threads
    let fold = try load.run(eventsPerSecond: eventsPerSecond) { count in (eachHalfway, halfCount) = (group.usages, count) }
    let usage = service.threads.usage.since(before)
    let threads = service.threads.usageByName(since: eachBefore)
    let steadyThreads = service.threads.usageByName(since: eachHalfway)
    let eachAtEnd = service.threads.usages
    let end = Clock.monotonicNanoseconds()
    try service.stopWhenStored()
    // Some threads have ended by now: of those it is what they had used at the last ACK.
    let untilStored = service.threads.usage(since: before, notBelow: eachAtEnd)
    let threadsUntilStored = service.threads.usageByName(since: eachBefore).filter { ["archive", "engine"].contains($0.key) }
    let storedAt = Clock.monotonicNanoseconds()
    try service.join()
    return Served(
      usage: usage, threads: threads, steadyThreads: steadyThreads, steadyCount: puts.stream.count - halfCount,
      latencies: load.latencies, resentCount: load.resentCount, fold: fold,
      refusedCount: load.refusedCount, untilStored: untilStored, threadsUntilStored: threadsUntilStored,
      storingNanoseconds: storedAt - end,
      endingNanoseconds: Clock.monotonicNanoseconds() - end)
  }

  private static func add(_ latencies: [UInt64], _ name: String, _ load: String, to report: inout BenchReport) {
    let sorted = latencies.sorted()
    for (label, share) in [("p50", 0.5), ("p99", 0.99), ("p99.9", 0.999)] where !sorted.isEmpty {
      let index = min(sorted.count - 1, Int(Double(sorted.count) * share))
      report.add(Figure(name, "ACK \(load), \(label)", "ms", Double(sorted[index]) / 1e6))
    }
  }
}
