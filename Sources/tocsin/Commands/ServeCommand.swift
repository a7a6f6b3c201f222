import Arguments
import Configuration
import Glibc
import Platform
import Service

/// `tocsin serve`: the aggregator itself.
enum ServeCommand {
  static let description = Command(
    "serve", "Receive report events over ZeroMQ and keep the store",
    flags: [CommonFlags.store, CommonFlags.endpoint, CommonFlags.config, CommonFlags.profile, CommonFlags.rebuild]
      + CommonFlags.logging,
    examples: [
      .init("tocsin serve", "listen on tcp://127.0.0.1:7737, keep the default store"),
      .init("tocsin serve --store /srv/tocsin --config tocsin.toml", "with a store and settings of your own"),
      .init("tocsin serve --endpoint 'tcp://127.0.0.1:*'", "on a free port; the log says which"),
    ])

  static func run(_ arguments: ParsedArguments) throws -> ExitCode {
    CommonFlags.configureLog(arguments)
    // Before any thread starts: all of them must leave the signals to the one that reads them.
    let signals = try SignalSet()
    let manager = ServiceManager(environment: Environment.value, processIdentifier: getpid())
    let configuration = try CommonFlags.configuration(arguments)
    try checkDescriptors(configuration.service.connections)
    let directory = try CommonFlags.storeDirectory(arguments)
    var opening = OpeningProgress()
    let store = try OpenStore(
      directory: directory, configuration: configuration, acceptsLoss: arguments.has("rebuild")
    ) { opening.report($0, to: manager) }
    report(store.report)
    let layout = store.layout
    let identity = store.identity
    let pipeline = try Pipeline(store: store, configuration: configuration)
    do {
      var intake = try Intake(pipeline: pipeline, identity: identity, configuration: configuration)
      try EndpointNote.write(intake.endpoint, layout)
      Log.write(
        .info, "listening",
        [
          "endpoint": intake.endpoint, "store": directory, "pid": getpid(), "version": Tocsin.version,
          "key": intake.publicKey ?? "none",
        ])
      try intake.run(signals: signals, manager: manager) {
        guard arguments.has("config") else {
          throw ArgumentError("there is no file to read anew: serve was started without --config")
        }
        let new = try CommonFlags.configuration(arguments)
        try checkDescriptors(new.service.connections)
        return new
      }
    } catch {
      // Whatever is already durable goes to the summaries; the first fault is the one to tell.
      try? pipeline.finish()
      throw error
    }
    try EndpointNote.clear(layout)
    try pipeline.finish()
    Log.write(.info, "stopped", ["store": directory])
    return .success
  }

  /// Each connection takes a descriptor, and for a moment so does each that is too many; files and sockets of our own take the rest.
  private static func checkDescriptors(_ connections: Int) throws {
    let (limit, needed) = (try Descriptor.raiseLimit(), 2 * connections + 128)
    guard limit >= needed else {
      throw ServiceError(
        "service.connections is \(connections), for which \(needed) descriptors are needed, and this process may have \(limit); "
          + "raise the limit (`ulimit -Hn`, or LimitNOFILE= of the unit) or lower service.connections")
    }
  }

  static func report(_ report: OpenStore.Report) {
    for reason in report.passedOver { Log.write(.warning, "a snapshot cannot be used", ["reason": reason]) }
    if let reason = report.rebuilt { Log.write(.warning, "made the summaries anew from the journal", ["reason": reason]) }
    if report.recoveredRecordCount > 0 || report.snapshotPosition != nil {
      Log.write(
        .info, "recovered",
        [
          "batches": report.recoveredRecordCount, "events": report.recoveredEventCount,
          "snapshot": report.snapshotPosition.map { "\($0)" } ?? "none",
        ])
    }
  }
}
