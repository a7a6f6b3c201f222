package import Configuration
import Decode
import Engine
import Journal
package import Platform
import Reports
import Wire
import ZeroMQ

/// The receiving side of docs/wire.md on the calling thread: it owns the ROUTER, decodes, hands batches to the pipeline and
/// acknowledges them when they come back.
package struct Intake: ~Copyable {
  /// Whose cursor it is: a producer's name and epoch.
  struct ProducerKey: Hashable {
    var name: [UInt8]
    var epoch: Epoch

    init(name: [UInt8], epoch: Epoch) {
      self.name = name
      self.epoch = epoch
    }

    init(_ identity: Session.Identity) { self.init(name: Array(identity.producer.utf8), epoch: identity.epoch) }
  }

  /// A batch that was taken and is not answered yet.
  struct Pending {
    var route: [UInt8]
    var key: ProducerKey
    var lastSequence: UInt64
    var firstSequence: UInt64
  }

  struct Connection {
    var session = Session()
    var lastHeardAtNanoseconds: UInt64
  }

  /// Messages taken in a row before acknowledgements are looked after.
  private static let burstCount = 64
  private static let connectionLimit = 16_384
  private static let stallRetryMilliseconds: UInt64 = 500

  private let configuration: Configuration
  private let context: Context
  private let socket: Socket
  private let pipeline: Pipeline
  private var decoder: Decoder
  private var receiver = FrameReceiver()
  private var connections: [[UInt8]: Connection] = [:]
  private var cursors: [ProducerKey: UInt64] = [:]
  /// The connection of every session: an epoch has one at a time.
  private var owners: [ProducerKey: [UInt8]] = [:]
  private var pending: [Pending] = []
  private var pendingHead = 0
  private var complaints = Complaints()
  private var isStalled = false

  /// Where it listens, with the port in digits.
  package let endpoint: String

  /// Binds the endpoint.
  ///
  /// - Throws: `ServiceError` where the port is in use or the address is not on this machine.
  package init(pipeline: Pipeline, identity: StoreIdentity, configuration: Configuration) throws(ServiceError) {
    try Self.requireLoopback(configuration.service.endpoint)
    let context = try ServiceError.wrapping { try Context() }
    let socket = try ServiceError.wrapping { try Socket(.router, in: context) }
    let bound = try ServiceError.wrapping {
      try socket.setRouterMandatory(true)
      try socket.setMaximumMessage(byteCount: Int64(Limits.batchByteCount))
      // Of one peer: what libzmq may hold before the peer's own sending stops.
      try socket.setReceiveHighWaterMark(messageCount: 32)
      try socket.setLinger(milliseconds: 1_000)
      try socket.bind(to: configuration.service.endpoint)
      return try socket.lastEndpoint()
    }
    let decoder = try ServiceError.wrapping { try Decoder(identity: identity, configuration: configuration) }
    self.configuration = configuration
    self.pipeline = pipeline
    self.context = context
    self.socket = socket
    self.decoder = decoder
    endpoint = bound
    for ledger in pipeline.cursors {
      cursors[ProducerKey(name: ledger.name, epoch: ledger.epoch)] = ledger.throughSequence
    }
  }

  /// Nobody is asked who they are yet, so nobody from outside may come.
  private static func requireLoopback(_ endpoint: String) throws(ServiceError) {
    let isLocal = ["tcp://127.", "ipc://"].contains { endpoint.hasPrefix($0) }
    guard isLocal else {
      throw ServiceError(
        "\(endpoint): only loopback (tcp://127.…) and ipc:// endpoints are served while producers cannot be authenticated; use tcp://127.0.0.1:PORT"
      )
    }
  }

  /// Serves until a signal asks it to stop, then answers what was taken.
  package mutating func run(signals: borrowing SignalSet) throws(ServiceError) {
    var poller = Poller()
    let input = poller.add(socket, for: .readable)
    // Only wakes the loop: every turn collects what is settled anyway.
    _ = poller.add(fileDescriptor: pipeline.descriptor, for: .readable)
    let signal = poller.add(fileDescriptor: signals.descriptor, for: .readable)
    var isStopping = false
    while !isStopping || pipeline.underWayCount > 0 && !pipeline.isStalled {
      poller.setEvents(isStopping || pipeline.isFull ? [] : .readable, at: input)
      _ = try ServiceError.wrapping { try poller.wait(milliseconds: isStopping || pipeline.isStalled ? 100 : 500) }
      if poller.ready(at: signal).contains(.readable) { isStopping = try stops(signals) || isStopping }
      acknowledge()
      if !isStopping { try receive() }
      try advance()
      if let fault = pipeline.fault { throw fault }
      forgetSilentConnections()
      complaints.report()
    }
    acknowledge()
    for route in connections.keys where connections[route]?.session.identity != nil { reply(.bye, to: route) }
  }

  private func stops(_ signals: borrowing SignalSet) throws(ServiceError) -> Bool {
    try ServiceError.wrapping {
      while let signal = try signals.next() {
        if signal == .terminate || signal == .interrupt { return true }
      }
      return false
    }
  }

  /// Writes what was taken; where the disk is full, says so once and tries again at the next turn.
  private mutating func advance() throws(ServiceError) {
    let isWritten = try pipeline.flush()
    let wasStalled = isStalled
    isStalled = !isWritten
    if isStalled, !wasStalled {
      Log.write(.error, "the disk is full: nothing is acknowledged until there is space; producers are told to wait")
    } else if wasStalled, !isStalled {
      Log.write(.info, "the journal can be written again")
    }
  }

  // MARK: Receiving

  private mutating func receive() throws(ServiceError) {
    for _ in 0..<Self.burstCount where !pipeline.isFull {
      let isThere = try ServiceError.wrapping { try receiver.receive(from: socket) }
      guard isThere else { return }
      try handle()
    }
  }

  /// Handles the message in `receiver`.
  private mutating func handle() throws(ServiceError) {
    let route = receiver.route
    let message: WireMessage
    do {
      message = try receiver.decode()
    } catch {
      complaints.note(error.code, error.message)
      reply(.error(error), to: route)
      return
    }
    let now = Clock.monotonicNanoseconds()
    if connections[route] == nil, connections.count >= Self.connectionLimit { forgetSilentConnections(atOnce: true) }
    var connection = connections[route] ?? Connection(lastHeardAtNanoseconds: now)
    connection.lastHeardAtNanoseconds = now
    let before = connection.session
    if case .hello(let hello) = message, let error = refusal(of: hello) {
      complaints.note(error.code, error.message)
      reply(.error(error), to: route)
      return
    }
    let answer = connection.session.receive(message, cursor: cursor(for: message, connection.session), terms: terms)
    switch answer {
    case .take:
      if let error = try take(message, connection.session, route) {
        // As if it had not come: its sequences are still to be sent.
        connection.session = before
        complaints.note(error.code, error.message)
        guard reply(.error(error), to: route) else { return }
      }
    case .reply(let response):
      if case .welcome = response, let identity = connection.session.identity {
        claim(identity, after: before.identity, for: route)
      }
      if case .error(let error) = response, error.knownCode != .helloRequired { complaints.note(error.code, error.message) }
      guard reply(response, to: route) else { return }
    case .close:
      release(before.identity, of: route)
      connections[route] = nil
      return
    case .none: break
    }
    connections[route] = connection
  }

  /// Gives an epoch to the connection that has greeted last. One that had it before and is still there belongs to another process,
  /// with a copy of the outbox: it is told. (A producer that connected again has left its old connection, which is told in vain.)
  private mutating func claim(_ identity: Session.Identity, after previous: Session.Identity?, for route: [UInt8]) {
    release(previous, of: route)
    let other = owners.updateValue(route, forKey: ProducerKey(identity))
    guard let other, other != route, connections[other] != nil else { return }
    let error = WireError(
      .sessionSuperseded, "another connection has said HELLO as \(identity.producer) with epoch \(identity.epoch)")
    complaints.note(error.code, error.message)
    reply(.error(error), to: other)
    connections[other] = nil
  }

  private mutating func release(_ identity: Session.Identity?, of route: [UInt8]) {
    guard let key = identity.map(ProducerKey.init), owners[key] == route else { return }
    owners[key] = nil
  }

  private func refusal(of hello: Hello) -> WireError? {
    let key = ProducerKey(name: Array(hello.producer.utf8), epoch: hello.epoch)
    guard cursors[key] == nil, cursors.count >= Limits.distinctProducerCount else { return nil }
    return WireError(
      .tooManyProducers,
      "HELLO: \(Limits.distinctProducerCount) producers and epochs are known; keep an outbox's epoch across runs")
  }

  private func cursor(for message: WireMessage, _ session: Session) -> UInt64 {
    if case .hello(let hello) = message {
      return cursors[ProducerKey(name: Array(hello.producer.utf8), epoch: hello.epoch)] ?? 0
    }
    guard let identity = session.identity else { return 0 }
    return cursors[ProducerKey(name: Array(identity.producer.utf8), epoch: identity.epoch)] ?? 0
  }

  private var terms: Session.Terms {
    Session.Terms(
      credit: Credit(
        events: UInt64(configuration.service.creditEvents), bytes: UInt64(configuration.service.creditMebibytes) << 20),
      heartbeatMilliseconds: UInt64(configuration.service.heartbeatMilliseconds),
      busyMilliseconds: pipeline.isStalled ? Self.stallRetryMilliseconds : nil)
  }

  /// Decodes a PUT and gives it to the pipeline; an error where its body is not what its header says.
  private mutating func take(_ message: WireMessage, _ session: Session, _ route: [UInt8]) throws(ServiceError) -> WireError? {
    guard case .put(let put) = message, let identity = session.identity else { return nil }
    let key = ProducerKey(name: Array(identity.producer.utf8), epoch: identity.epoch)
    var batch = ReportBatch(
      producer: key.name, epoch: key.epoch, firstSequence: put.firstSequence,
      receivedAt: Timestamp(microseconds: Clock.wallMicroseconds()))
    do {
      try receiver.decodeBody(with: &decoder, identity.mediaType, expectedCount: put.count, into: &batch)
    } catch {
      return WireError(.malformedBody, "PUT body: \(error)")
    }
    guard batch.count == put.count else {
      return WireError(.countMismatch, "PUT count: the header says \(put.count) events, the body holds \(batch.count)")
    }
    pipeline.append(batch)
    if cursors[key] == nil { cursors[key] = 0 }
    pending.append(Pending(route: route, key: key, lastSequence: put.lastSequence, firstSequence: put.firstSequence))
    return nil
  }

  // MARK: Answering

  /// Sends what has become durable and judged: one cumulative ACK a connection, with every event that was not accepted.
  private mutating func acknowledge() {
    var order: [[UInt8]] = []
    var acks: [[UInt8]: (ack: Ack, judgedThrough: UInt64)] = [:]
    for settled in pipeline.settled() {
      let answered = pending[pendingHead]
      pendingHead += 1
      let cursor = max(cursors[answered.key] ?? 0, answered.lastSequence)
      cursors[answered.key] = cursor
      let earlier = acks.removeValue(forKey: answered.route)
      if earlier == nil { order.append(answered.route) }
      if let earlier, earlier.ack.epoch != answered.key.epoch { send(earlier.ack, to: answered.route) }
      var current: (ack: Ack, judgedThrough: UInt64) =
        earlier.flatMap { $0.ack.epoch == answered.key.epoch ? $0 : nil }
        ?? (Ack(epoch: answered.key.epoch, throughSequence: 0, credit: terms.credit), 0)
      for (row, verdict) in settled.verdicts.enumerated() {
        let sequence = answered.firstSequence + UInt64(row)
        // A batch that was sent twice is answered once.
        if sequence > current.judgedThrough, let exception = EventException(sequence: sequence, verdict) {
          current.ack.exceptions.append(exception)
        }
      }
      current.judgedThrough = max(current.judgedThrough, answered.lastSequence)
      current.ack.throughSequence = cursor
      acks[answered.route] = current
    }
    if pendingHead > 1_024 {
      pending.removeFirst(pendingHead)
      pendingHead = 0
    }
    for route in order {
      if let last = acks[route] { send(last.ack, to: route) }
    }
  }

  private mutating func send(_ ack: Ack, to route: [UInt8]) {
    for part in ack.split() { reply(.ack(part), to: route) }
  }

  /// Sends without waiting; false where it cannot be sent. A producer that is gone or reads nothing loses its session, not its
  /// reports: HELLO tells it where to go on.
  @discardableResult
  private mutating func reply(_ message: WireMessage, to route: [UInt8]) -> Bool {
    do {
      if try socket.send([route] + message.frames) == .sent { return true }
    } catch {
      Log.write(.warning, "an answer could not be sent", ["reason": "\(error)"])
    }
    connections[route] = nil
    return false
  }

  /// Drops the sessions of producers that have been silent for ten heartbeats.
  private mutating func forgetSilentConnections(atOnce: Bool = false) {
    let limit = UInt64(configuration.service.heartbeatMilliseconds) * 10 * 1_000_000
    let now = Clock.monotonicNanoseconds()
    guard atOnce || complaints.isDue(now) else { return }
    connections = connections.filter { now - $0.value.lastHeardAtNanoseconds < limit }
    owners = owners.filter { connections[$0.value] != nil }
  }
}
