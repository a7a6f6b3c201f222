import Arguments
import Configuration
import Glibc
import Platform
import Reports
import Service
import TocsinProducer
import Wire
import ZeroMQ

/// `tocsin send`: a file of events to an aggregator, acknowledged, with whatever has to be sent again sent again.
enum SendCommand {
  static let description = Command(
    "send", "Send events from a file to an aggregator and wait until all are acknowledged", operands: ["FILE|-"],
    flags: [
      Flag("to", "ENDPOINT", "The same as --endpoint"), CommonFlags.endpoint, CommonFlags.config,
      Flag("outbox", "DIR", "Keep events here until they are acknowledged; `send` may be killed and started again"),
      Flag("outbox-limit", "MEBIBYTES", "What the outbox may have on the disk; reading waits when it is full; default 256"),
      Flag("renew", nil, "Set aside what is damaged in the outbox, and send what is left under a new epoch"),
      Flag("batch", "N", "Events in one batch at most; default \(Limits.defaultBatchEventCount)"),
      Flag("name", "NAME", "This producer's name in the ledger; default send"), CommonFlags.key, CommonFlags.serverKey,
      Flag("rate", "N", "Send no more than so many events a second in the long run; default as fast as they are taken"),
      Flag("timings", nil, "Say how long batches waited for their acknowledgement, from when each was due"),
      Flag("timeout", "SECONDS", "Give up after so long without an answer; default never"),
    ],
    examples: [
      .init("tocsin send reports.ndjson", "one CloudEvent a line"),
      .init("tocsin send reports.ndjson --name boston-311 --key boston.key --server-key 'rq:rM>}…'", "to one that asks for keys"),
      .init("tail -f reports.ndjson | tocsin send - --name city-feed", "whatever comes, as it comes"),
      .init("tocsin send reports.ndjson --outbox ./outbox", "go on behind what the outbox has taken of the file"),
    ])

  /// How long a batch waits for more events when the input has none.
  private static let lingerMilliseconds: UInt64 = 20

  static func run(_ arguments: ParsedArguments) throws -> ExitCode {
    if arguments.string("to") != nil, arguments.string("endpoint") != nil {
      throw ArgumentError("--to: the same as --endpoint; give one of them")
    }
    let configuration = try CommonFlags.configuration(arguments)
    let batchEventCount = try arguments.integer("batch", in: 1...Limits.batchEventCount) ?? Limits.defaultBatchEventCount
    var settings = ProducerSettings()
    settings.giveUpMilliseconds = try arguments.integer("timeout", in: 1...86_400).map { UInt64($0) * 1_000 }
    settings.credentials = try CommonFlags.credentials(arguments)
    settings.batchEventCount = batchEventCount
    settings.renewsEpoch = arguments.has("renew")
    settings.outboxByteCount = (try arguments.integer("outbox-limit", in: 1...1 << 20) ?? 256) << 20
    var input = try LineReader(path: arguments.operands[0], limit: Limits.eventByteCount)
    var pace = Pace(eventsPerSecond: try arguments.integer("rate", in: 1...10_000_000))
    if let directory = arguments.string("outbox") {
      guard !arguments.has("timings") else {
        throw ArgumentError("--timings: looks at batches that are sent at once; an outbox sends what it holds when it can")
      }
      let outlet = Outlet(
        endpoint: configuration.service.endpoint, name: arguments.string("name") ?? "send", directory: directory,
        settings: settings)
      return try run(&input, path: arguments.operands[0], into: outlet, &pace)
    }
    for flag in ["outbox-limit", "renew"] where arguments.has(flag) {
      throw ArgumentError("--\(flag): says what to do with an outbox, but --outbox does not name one")
    }
    let progress = SendProgress(path: arguments.operands[0])
    var connection = try ProducerConnection(
      endpoint: configuration.service.endpoint, name: arguments.string("name") ?? "send",
      epoch: Epoch(high: try SecureRandom.integer(), low: try SecureRandom.integer()), settings: settings)
    connection.onException = { exception in
      guard exception.verdict == .rejected else { return }
      progress.note(event: exception.sequence, code: exception.code, detail: exception.detail)
    }
    connection.onProgress = { progress.show($0) }
    let times = arguments.has("timings") ? AcknowledgementTimes() : nil
    // What a connection takes to come about is no wait of a batch.
    if times != nil { try connection.waitForSession() }
    if let times { connection.onSettlement = { times.acknowledge(through: $0.sequences.upperBound) } }

    var body: [UInt8] = []
    var count = 0
    var lineNumber = 0
    var eventCount: UInt64 = 0
    func submit() throws {
      guard count > 0 else { return }
      let (dueAt, wait) = pace.next(count)
      if wait > 0 { try connection.wait(milliseconds: wait) }
      times?.note(through: eventCount, dueAt: dueAt)
      try connection.send(body: body, count: count)
      body.removeAll(keepingCapacity: true)
      count = 0
    }
    while true {
      if !input.hasLine {
        // Nothing to read at once: what is gathered must not wait for it, and the session must stay alive.
        if count > 0, try !connection.wait(forReadable: input.rawDescriptor, milliseconds: lingerMilliseconds) { try submit() }
        if count == 0 { _ = try connection.wait(forReadable: input.rawDescriptor) }
      }
      guard try input.next() else { break }
      lineNumber += 1
      if isBlank(input.line) { continue }
      if count > 0, body.count + input.line.count + 1 > Limits.defaultBatchByteCount { try submit() }
      body += input.line
      body.append(UInt8(ascii: "\n"))
      count += 1
      eventCount += 1
      progress.read(event: eventCount, line: lineNumber)
      if count == batchEventCount { try submit() }
    }
    try submit()
    let summary = try connection.finish()
    progress.finish(summary)
    if let times { progress.say(times.text) }
    return summary.sent == 0 ? .nothingFound : .success
  }

  static func isBlank(_ line: [UInt8]) -> Bool { line.allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0d } }
}
