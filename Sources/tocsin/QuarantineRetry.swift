import Archive
import Arguments
import Engine
import Platform
import Reports
import Service
import TocsinProducer
import Wire
import ZeroMQ

/// Sends refused events again: over the wire where an aggregator has the store, else as `replay` would.
enum QuarantineRetry {
  struct Outcome {
    var accepted: UInt64 = 0
    var duplicate: UInt64 = 0
    var late: UInt64 = 0
    var rejected: UInt64 = 0
    /// The first events that were refused once more.
    var refusals: [(number: UInt64, says: String)] = []
  }

  private static let refusalCount = 10

  static func run(_ rows: [QuarantineRow], directory: String, _ arguments: ParsedArguments) throws -> Outcome {
    let lines = rows.map { line($0) }
    switch try StoreOwner(directory: directory) {
    case .nobody: return try replay(lines, rows, directory: directory, arguments)
    case .aggregator(let noted, let process):
      guard let endpoint = arguments.string("endpoint") ?? noted else {
        let who = process.map { "process \($0)" } ?? "another process"
        throw ArgumentError(
          "\(directory): \(who) writes this store and does not listen; wait until it is done, or name --endpoint")
      }
      return try send(lines, rows, to: endpoint, try CommonFlags.credentials(arguments))
    }
  }

  /// The event in one line: white space between its parts may hold line feeds, its strings hold none.
  private static func line(_ row: QuarantineRow) -> [UInt8] {
    row.raw.utf8.map { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") ? UInt8(ascii: " ") : $0 }
  }

  private static func replay(
    _ lines: [[UInt8]], _ rows: [QuarantineRow], directory: String, _ arguments: ParsedArguments
  ) throws -> Outcome {
    let configuration = try CommonFlags.configuration(arguments)
    try StoreOwner.requireSameSettings(directory: directory, configuration)
    let store = try OpenStore(directory: directory, configuration: configuration)
    ServeCommand.report(store.report)
    let identity = store.identity
    let pipeline = try Pipeline(store: store, configuration: configuration)
    let summary: Replay.Summary
    do {
      var replay = try Replay(
        pipeline: pipeline, identity: identity, configuration: configuration, producer: Quarantine.producerName)
      summary = try replay.run(lines)
    } catch {
      try? pipeline.finish()
      throw error
    }
    try pipeline.finish()
    var outcome = Outcome()
    let ledger = summary.ledger
    (outcome.accepted, outcome.duplicate, outcome.late) = (ledger.accepted, ledger.duplicate, ledger.late)
    outcome.rejected = ledger.rejected
    outcome.refusals = summary.refusals.map {
      (rows[$0.line - 1].number, "\($0.rejection.code): \($0.rejection.fullMessage)")
    }
    return outcome
  }

  private static func send(
    _ lines: [[UInt8]], _ rows: [QuarantineRow], to endpoint: String, _ credentials: CurveCredentials?
  ) throws -> Outcome {
    var settings = ProducerSettings()
    settings.credentials = credentials
    settings.giveUpMilliseconds = 30_000
    var connection = try ProducerConnection(
      endpoint: endpoint, name: String(decoding: Quarantine.producerName, as: UTF8.self),
      epoch: Epoch(high: try SecureRandom.integer(), low: try SecureRandom.integer()), settings: settings)
    var refusals: [(number: UInt64, says: String)] = []
    connection.onException = { exception in
      guard exception.verdict == .rejected, refusals.count < refusalCount, exception.sequence <= UInt64(rows.count) else {
        return
      }
      refusals.append((rows[Int(exception.sequence) - 1].number, "\(exception.code): \(exception.detail)"))
    }
    var body: [UInt8] = []
    var count = 0
    for (index, line) in lines.enumerated() {
      body += line + [UInt8(ascii: "\n")]
      count += 1
      guard count == Limits.defaultBatchEventCount || body.count >= Limits.defaultBatchByteCount || index == lines.count - 1
      else { continue }
      try connection.send(body: body, count: count)
      body.removeAll(keepingCapacity: true)
      count = 0
    }
    let summary = try connection.finish()
    return Outcome(
      accepted: summary.accepted, duplicate: summary.duplicate, late: summary.late, rejected: summary.rejected,
      refusals: refusals)
  }
}
