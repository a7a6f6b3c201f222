import CBench
import Glibc
import Platform

/// Runs the stages that are asked for, one after the other.
struct Bench {
  /// Events of a batch, as producers send them by default.
  private static let batchSize = 256
  /// Of the stream, the part that is sent one event a message.
  private static let singleShare = 10

  let command: Command
  let folder: String
  private var report = BenchReport()

  init(_ command: Command, folder: String) {
    self.command = command
    self.folder = folder
  }

  /// - Parameter progress: told what begins.
  mutating func run(progress: (String) throws -> Void) throws -> BenchReport {
    func has(_ stage: Command.Stage) -> Bool { command.stages.contains(stage) }
    try progress("making \(command.stream.eventCount) events")
    let stream = EventStream(command.stream)
    state(stream)
    let puts = Puts(stream, batchSize: Self.batchSize)
    if has(.receive) {
      try progress("receive")
      try ReceiveStage.run(puts, name: "receive", into: &report)
    }
    if has(.decode) || has(.journal) || has(.engine) || has(.archive) { try alone(stream, progress) }
    if has(.deduplicate) {
      try progress("deduplicate")
      try DeduplicateStage.run(entryCount: command.entryCount, seed: command.stream.seed, into: &report)
    }
    if has(.path) {
      try progress("path")
      try PathStage.run(puts, folder: folder, name: "path", hasLatency: true, into: &report)
    }
    if has(.replay) {
      try progress("replay")
      try ReplayStage.run(stream, folder: folder, into: &report)
    }
    if has(.single) { try single(progress) }
    if has(.memory) {
      try progress("memory")
      try MemoryStage.run(entryCount: command.entryCount, nodeCount: command.nodeCount, into: &report)
    }
    report.add(Figure("process", "peak memory", "MiB", Double(cbench_peak_bytes()) / 0x1p20))
    let differing = report.disagreements
    try BenchFailure.unless(
      differing.isEmpty, "\(differing.joined(separator: ", ")) differ from stage to stage:\n\(report.markdown)")
    return report
  }

  /// The stages that follow each other without a socket.
  private mutating func alone(_ stream: EventStream, _ progress: (String) throws -> Void) throws {
    try progress("decode")
    let decoded = try DecodeStage.run(stream, batchSize: Self.batchSize, name: "decode", into: &report)
    let batches = decoded.batches
    if command.stages.contains(.decode) {
      var varied = command.stream
      varied.layout = .varied
      varied.eventCount = max(1, varied.eventCount / 4)
      _ = try DecodeStage.run(EventStream(varied), batchSize: Self.batchSize, name: "decode, varied layouts", into: &report)
      var other = varied
      other.layout = .many
      try DecodeStage.compare(
        EventStream(other), batchSize: Self.batchSize, name: "decode, 256 layouts", normal: decoded.nanosecondsPerEvent,
        into: &report)
      other.layout = .repeated
      other.malformedPerMille = 100
      try DecodeStage.compare(
        EventStream(other), batchSize: Self.batchSize, name: "decode, malformed", normal: decoded.nanosecondsPerEvent,
        into: &report)
    }
    try progress("journal")
    let positions = try JournalStage.run(batches, folder: folder, into: &report)
    if command.stages.contains(.engine) {
      try progress("engine")
      try EngineStage.run(batches, positions, name: "engine", into: &report)
    }
    if command.stages.contains(.archive) {
      try progress("archive")
      try ArchiveStage.run(batches, positions, folder: folder, into: &report)
    }
  }

  private mutating func single(_ progress: (String) throws -> Void) throws {
    try progress("single")
    var settings = command.stream
    settings.eventCount = max(1, settings.eventCount / Self.singleShare)
    settings.hours /= Double(Self.singleShare)
    let puts = Puts(EventStream(settings), batchSize: 1)
    // Its own stream, so that its hashes are compared with nobody's.
    var own = BenchReport()
    try PathStage.run(puts, folder: folder, name: "path, one event a message", hasLatency: false, into: &own)
    for figure in own.figures { report.add(figure) }
  }

  private mutating func state(_ stream: EventStream) {
    let settings = command.stream
    let byteCount = stream.byteCount / stream.count
    report.facts = [
      (
        "stream",
        "\(stream.count) events of \(byteCount) bytes, seed \(settings.seed), \(settings.skew.rawValue), over \(Int(settings.hours)) hours"
      ),
      ("batches", "\(Self.batchSize) events"),
      ("optimised", "\(Self.isOptimised)"),
      ("allocations", cbench_counts_allocations() != 0 ? "counted" : "not counted"),
      ("cores", "\(sysconf(Int32(_SC_NPROCESSORS_ONLN)))"),
    ]
  }

  private static var isOptimised: Bool {
    #if DEBUG
      false
    #else
      true
    #endif
  }
}
