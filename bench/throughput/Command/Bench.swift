import CBench
import Glibc
import Platform
import Reports

/// Runs the stages that are asked for, one after the other.
struct Bench {
  /// Events of a batch, as producers send them by default.
  private static let batchSize = 256
  /// Of the stream, the part that is sent one event a message.
  private static let singleShare = 10
  /// Event time of the first stream of the oracle at most: the twin of θ knows no season.
  private static let firstHours = 6.0
  /// Event time of the second.
  private static let oracleHours = 72.0

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
    let (entryCount, nodeCount, seed) = (command.entryCount, command.nodeCount, command.stream.seed)
    // As the service has it.
    Allocator.returnLargeBlocks()
    // Before anything else: what others have given back would be taken for nothing. Always the same bytes.
    if has(.memory) {
      try progress("memory")
      try MemoryStage.run(entryCount: entryCount, nodeCount: nodeCount, into: &report)
    }
    // Those of `separate` make their own.
    let separate: Set<Command.Stage> = [.single, .hostile, .oracle, .memory, .nodes, .soak]
    let isNeeded = !separate.isSuperset(of: command.stages)
    try progress("making \(isNeeded ? command.stream.eventCount : Self.batchSize) events")
    let stream = EventStream(command.stream, prefix: isNeeded ? nil : Self.batchSize)
    state(stream)
    let puts = Puts(stream, batchSize: Self.batchSize)
    if has(.receive) {
      try rounds("receive", progress) { report, _ in try ReceiveStage.run(puts, name: "receive", into: &report) }
    }
    if has(.decode) || has(.journal) || has(.engine) || has(.archive) { try alone(stream, progress) }
    if has(.deduplicate) {
      try rounds("deduplicate", progress) { report, _ in
        try DeduplicateStage.run(entryCount: entryCount, seed: seed, into: &report)
      }
    }
    if has(.path) {
      try rounds("path", progress) { report, folder in
        try PathStage.run(puts, folder: folder, name: "path", hasLatency: true, into: &report)
      }
    }
    if has(.replay) {
      try rounds("replay", progress) { report, folder in try ReplayStage.run(stream, folder: folder, into: &report) }
    }
    if has(.single) { try single(progress) }
    if has(.hostile) { try hostile(progress) }
    if has(.oracle) { try oracle(progress) }
    if has(.nodes) {
      try rounds("nodes", progress) { report, _ in NodesStage.run(nodeCount: nodeCount, into: &report) }
    }
    if has(.soak) {
      try progress("soak")
      try SoakStage.run(command.stream, windowCount: command.windowCount, into: &report)
    }
    report.add(Figure("process", "peak memory", "MiB", Double(cbench_peak_bytes()) / 0x1p20))
    let differing = report.disagreements
    try BenchFailure.unless(
      differing.isEmpty, "\(differing.joined(separator: ", ")) differ from stage to stage:\n\(report.markdown)")
    return report
  }

  /// Has a stage measure itself and its floor, one after the other, several times: what else runs on the machine weighs on both.
  ///
  /// - Parameter stage: told what to report to, and a new folder.
  private mutating func rounds(
    _ name: String, _ progress: (String) throws -> Void, _ stage: (inout BenchReport, String) throws -> Void
  ) throws {
    var reports: [BenchReport] = []
    for round in 1...command.roundCount {
      try progress(command.roundCount == 1 ? name : "\(name), round \(round) of \(command.roundCount)")
      let folder = "\(folder)/\(name)-\(round)"
      try FileSystem.makeDirectories(folder)
      var report = BenchReport()
      try stage(&report, folder)
      reports.append(report)
    }
    report.add(mediansOf: reports)
  }

  /// The stages that follow each other without a socket.
  private mutating func alone(_ stream: EventStream, _ progress: (String) throws -> Void) throws {
    var batches: [ReportBatch] = []
    try rounds("decode", progress) { report, _ in
      batches = try DecodeStage.run(stream, batchSize: Self.batchSize, name: "decode", into: &report).batches
    }
    if command.stages.contains(.decode) {
      var varied = command.stream
      varied.layout = .varied
      varied.eventCount = max(1, varied.eventCount / 4)
      let stream = EventStream(varied)
      try rounds("decode, varied layouts", progress) { report, _ in
        _ = try DecodeStage.run(stream, batchSize: Self.batchSize, name: "decode, varied layouts", into: &report)
      }
      try compare(varied, progress)
    }
    var positions: [Range<UInt64>] = []
    try rounds("journal", progress) { report, folder in
      positions = try JournalStage.run(batches, folder: folder, into: &report)
    }
    if command.stages.contains(.engine) {
      try rounds("engine", progress) { report, _ in try EngineStage.run(batches, positions, name: "engine", into: &report) }
    }
    if command.stages.contains(.archive) {
      try rounds("archive", progress) { report, folder in
        try ArchiveStage.run(batches, positions, folder: folder, into: &report)
      }
    }
  }

  /// Decodes what is harder to read, each time beside what is not.
  private mutating func compare(_ settings: StreamSettings, _ progress: (String) throws -> Void) throws {
    var (normal, many, malformed) = (settings, settings, settings)
    normal.layout = .repeated
    many.layout = .many
    malformed.layout = .repeated
    malformed.malformedPerMille = 100
    let stream = EventStream(normal)
    for (name, other) in [("decode, 256 layouts", EventStream(many)), ("decode, malformed", EventStream(malformed))] {
      try rounds(name, progress) { report, _ in
        var own = BenchReport()
        let normal = try DecodeStage.run(stream, batchSize: Self.batchSize, name: "decode", into: &own)
        try DecodeStage.compare(
          other, batchSize: Self.batchSize, name: name, normal: normal.nanosecondsPerEvent, into: &report)
      }
    }
  }

  /// Each kind of hostile events beside normal ones, at the stream's density.
  private mutating func hostile(_ progress: (String) throws -> Void) throws {
    let variants = HostileStage.variants(command.stream.shortened(to: command.hostileCount))
    try rounds("hostile", progress) { report, folder in try HostileStage.run(variants, folder: folder, into: &report) }
    HostileStage.sumUp(&report)
  }

  /// The first events of the stream, no more than a quarter of a day, and as many over three days, in which bins close and θ leaves its floor, some come late and some
  /// say otherwise than before. Once: it is no measure of time.
  private mutating func oracle(_ progress: (String) throws -> Void) throws {
    let count = command.oracleCount
    let first = min(count, Int(Double(command.stream.eventCount) * min(1, Self.firstHours / command.stream.hours)))
    var long = command.stream
    (long.eventCount, long.hours) = (count, Self.oracleHours)
    (long.latePerMille, long.conflictPerMille) = (20, 20)
    for (name, stream, hasSeason) in [
      ("the first events", EventStream(command.stream, prefix: max(1, first)), true),
      ("three days", EventStream(long), false),
    ] {
      try progress("oracle, \(name)")
      try OracleStage.run(
        stream, name: name, hasSeason: hasSeason, isCanary: command.isCanary, folder: "\(folder)/\(name)", into: &report)
    }
  }

  private mutating func single(_ progress: (String) throws -> Void) throws {
    var settings = command.stream
    settings.eventCount = max(1, settings.eventCount / Self.singleShare)
    settings.hours /= Double(Self.singleShare)
    let puts = Puts(EventStream(settings), batchSize: 1)
    // Its own stream, so that its hashes are compared with nobody's.
    try rounds("single", progress) { report, folder in
      var own = BenchReport()
      try PathStage.run(puts, folder: folder, name: "path, one event a message", hasLatency: false, into: &own)
      for figure in own.figures { report.add(figure) }
    }
  }

  private mutating func state(_ stream: EventStream) {
    let settings = command.stream
    let byteCount = stream.byteCount / stream.count
    report.facts = [
      (
        "stream",
        "\(settings.eventCount) events of \(byteCount) bytes, seed \(settings.seed), \(settings.skew.rawValue), over \(settings.hours) hours"
      ),
      ("batches", "\(Self.batchSize) events"),
      ("rounds", "\(command.roundCount), a stage and its floor by turns; medians"),
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
