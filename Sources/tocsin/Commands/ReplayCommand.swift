import Arguments
import Configuration
import Engine
import Platform
import Reports
import Service

/// `tocsin replay`: a file of events straight into a store, with no daemon and no port.
enum ReplayCommand {
  static let description = Command(
    "replay", "Read events from a file into a store: the same fold, without sockets", operands: ["FILE|-"],
    flags: [
      CommonFlags.store, CommonFlags.config, CommonFlags.profile, CommonFlags.rebuild,
      Flag("timings", nil, "Say what each stage cost"),
    ] + CommonFlags.logging,
    examples: [
      .init("tocsin replay reports.ndjson --store ./store", "one CloudEvent a line"),
      .init("zcat reports.ndjson.gz | tocsin replay - --store ./store", "from a pipe"),
    ])

  static func run(_ arguments: ParsedArguments) throws -> ExitCode {
    CommonFlags.configureLog(arguments)
    let configuration = try CommonFlags.configuration(arguments)
    let path = arguments.operands[0]
    var input = try LineReader(path: path, limit: Limits.eventByteCount)
    let started = Clock.monotonicNanoseconds()
    let store = try OpenStore(
      directory: try CommonFlags.storeDirectory(arguments), configuration: configuration,
      acceptsLoss: arguments.has("rebuild"))
    ServeCommand.report(store.report)
    let identity = store.identity
    // A pipe may go on for days, and people search meanwhile.
    let pipeline = try Pipeline(store: store, configuration: configuration, fillsSidesMeanwhile: input.byteCount == nil)
    let summary: Replay.Summary
    do {
      var replay = try Replay(pipeline: pipeline, identity: identity, configuration: configuration)
      let progress = ProgressLine("replay")
      let byteCount = input.byteCount
      summary = try replay.run(&input) { done, count in
        progress.show(byteCount.map { Double(done) / Double(max(1, $0)) }, UInt64(count))
      }
    } catch {
      try? pipeline.finish()
      throw error
    }
    try pipeline.finish(fillsSides: true)
    let wallNanoseconds = Clock.monotonicNanoseconds() - started
    for refusal in summary.refusals {
      Output.complain("\(path):\(refusal.line): \(refusal.rejection.code): \(refusal.rejection.fullMessage)")
    }
    let ledger = summary.ledger
    Output.complain(
      "received \(ledger.received): accepted \(ledger.accepted), duplicate \(ledger.duplicate), late \(ledger.late), "
        + "rejected \(ledger.rejected)")
    if ledger.late > ledger.accepted {
      Output.complain("most events lie before what the store has already seen; use another --store for older files")
    }
    if arguments.has("timings") {
      complain(
        [("read, decode, journal", Int(ledger.received), summary.readNanoseconds)] + pipeline.timings, wallNanoseconds,
        Int(ledger.received))
    }
    return ledger.received == 0 ? .nothingFound : .success
  }

  private static func complain(_ stages: [(String, Int, UInt64)], _ wallNanoseconds: UInt64, _ eventCount: Int) {
    guard eventCount > 0 else { return }
    for (stage, _, nanoseconds) in stages {
      Output.complain("\(stage): \(nanoseconds / UInt64(eventCount)) ns of CPU an event")
    }
    Output.complain("wall: \(wallNanoseconds / 1_000_000) ms, \(UInt64(eventCount) * 1_000_000_000 / wallNanoseconds) events/s")
  }
}
