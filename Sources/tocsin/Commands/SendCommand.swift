import Arguments
import Configuration
import Glibc
import Platform
import Producer
import Reports
import Service
import ZeroMQ

/// `tocsin send`: a file of events to an aggregator, acknowledged, with whatever has to be sent again sent again.
enum SendCommand {
  static let description = Command(
    "send", "Send events from a file to an aggregator and wait until all are acknowledged", operands: ["FILE|-"],
    flags: [
      CommonFlags.endpoint, CommonFlags.config,
      Flag("batch", "N", "Events in one batch at most; default \(Limits.defaultBatchEventCount)"),
      Flag("name", "NAME", "This producer's name in the ledger; default send"),
      Flag("key", "FILE", "This producer's secret key, as `tocsin keygen` makes it; for an aggregator that asks for keys"),
      Flag("server-key", "KEY", "The aggregator's public key, 40 characters; its log and `tocsin keygen --show` name it"),
      Flag("timeout", "SECONDS", "Give up after so long without an answer; default never"),
    ],
    examples: [
      .init("tocsin send reports.ndjson", "one CloudEvent a line"),
      .init("tocsin send reports.ndjson --name boston-311 --key boston.key --server-key 'rq:rM>}…'", "to one that asks for keys"),
      .init("tail -f reports.ndjson | tocsin send - --name city-feed", "whatever comes, as it comes"),
    ])

  /// How long a batch waits for more events when the input has none.
  private static let lingerMilliseconds: UInt64 = 20

  static func run(_ arguments: ParsedArguments) throws -> ExitCode {
    let configuration = try CommonFlags.configuration(arguments)
    let batchEventCount = try arguments.integer("batch", in: 1...Limits.batchEventCount) ?? Limits.defaultBatchEventCount
    var settings = ProducerSettings()
    settings.giveUpMilliseconds = try arguments.integer("timeout", in: 1...86_400).map { UInt64($0) * 1_000 }
    settings.credentials = try credentials(arguments)
    var input = try LineReader(path: arguments.operands[0], limit: Limits.eventByteCount)
    let progress = SendProgress(path: arguments.operands[0])
    var connection = try ProducerConnection(
      endpoint: configuration.service.endpoint, name: arguments.string("name") ?? "send",
      epoch: Epoch(high: try SecureRandom.integer(), low: try SecureRandom.integer()), settings: settings)
    connection.onException = { progress.note($0) }
    connection.onProgress = { progress.show($0) }

    var body: [UInt8] = []
    var count = 0
    func submit() throws {
      guard count > 0 else { return }
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
      progress.lineNumber += 1
      if input.line.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0d }) { continue }
      if count > 0, body.count + input.line.count + 1 > Limits.defaultBatchByteCount { try submit() }
      body += input.line
      body.append(UInt8(ascii: "\n"))
      count += 1
      progress.lines.append(progress.lineNumber)
      if count == batchEventCount { try submit() }
    }
    try submit()
    let summary = try connection.finish()
    progress.finish(summary)
    return summary.sent == 0 ? .nothingFound : .success
  }

  private static func credentials(_ arguments: ParsedArguments) throws -> CurveCredentials? {
    let expected = "a public key of 40 characters (quote it for the shell)"
    let serverKey = try arguments.value("server-key", expected: expected) { CurveKey($0) }
    switch (arguments.string("key"), serverKey) {
    case (nil, nil): return nil
    case (let path?, let serverKey?): return CurveCredentials(keys: try SecretKeyFile.read(path), serverKey: serverKey)
    case (_?, nil): throw ArgumentError("--key: needs --server-key with the aggregator's public key")
    case (nil, _?):
      throw ArgumentError("--server-key: needs --key with this producer's secret key file; `tocsin keygen` makes one")
    }
  }
}
