import Configuration
import Decode
import Platform
import Reports
import Wire
import ZeroMQ

/// What comes in.
extension Intake {
  /// Messages taken in a row before acknowledgements are looked after, and handshakes before messages.
  private static let burstCount = 64
  private static let connectionLimit = 16_384
  private static let stallRetryMilliseconds: UInt64 = 500

  mutating func receive() throws(ServiceError) {
    for _ in 0..<Self.burstCount where !pipeline.isFull {
      let isThere = try ServiceError.wrapping { try receiver.receive(from: entrance.router) }
      guard isThere else { return }
      try handle()
    }
  }

  /// Handles the message in `receiver`.
  private mutating func handle() throws(ServiceError) {
    let route = receiver.route
    let key = receiver.key
    guard let member = admit(key, route) else { return }
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
    connection.key = key
    connection.descriptor = receiver.connection
    let before = connection.session
    if case .hello(let hello) = message, let error = refusal(of: hello, by: member) {
      complaints.note(error.code, error.message)
      reply(.error(error), to: route)
      return
    }
    let answer = connection.session.receive(message, cursor: cursor(for: message, connection.session), terms: terms)
    switch answer {
    case .take:
      if let error = try take(message, connection.session, route, member) {
        // As if it had not come: its sequences are still to be sent.
        connection.session = before
        complaints.note(error.code, error.message)
        guard reply(.error(error), to: route) else { return }
      }
    case .reply(let response):
      if case .error(let error) = response, error.knownCode != .helloRequired { complaints.note(error.code, error.message) }
      guard reply(response, to: route) else { return }
    case .close:
      connections[route] = nil
      return
    case .none: break
    }
    connections[route] = connection
  }

  /// Whose key it is. On every message, for the handshake was perhaps long ago, and libzmq asks nobody where it is told wrong.
  ///
  /// - Returns: `.some(nil)` where nobody is asked, and nil where the message is not to be looked at.
  private mutating func admit(_ key: CurveKey?, _ route: [UInt8]) -> KeyRing.Member?? {
    guard entrance.publicKey != nil else { return .some(nil) }
    if let key, let member = keyRing[key] { return member }
    let who = key.map { "the key \($0)" } ?? "a connection without a key"
    complaints.note(ErrorCode.keyNotAllowed.rawValue, "\(who) may not send")
    connections[route] = nil
    if let descriptor = receiver.connection { Socket.hangUp(descriptor) }
    return nil
  }

  /// Answers those who connect, and counts those who fail to say who they are.
  mutating func greet() throws(ServiceError) {
    try ServiceError.wrapping {
      for _ in 0..<Self.burstCount {
        guard let answer = try entrance.authenticator.answer() else { break }
        if let refusal = answer { complaints.explain(refusal) }
      }
      while let event = try entrance.monitor.next() { note(event) }
    }
  }

  private mutating func note(_ event: SocketMonitor.Event) {
    switch event {
    case .accepted(let descriptor):
      openDescriptors.insert(descriptor)
      guard openDescriptors.count > configuration.service.connections else { return }
      complaints.note("too-many-connections", "more than \(configuration.service.connections) connections at once")
      Socket.hangUp(descriptor)
    case .disconnected(let descriptor): openDescriptors.remove(descriptor)
    case .authenticated: break
    case .failed(let failure): complaints.note(failure)
    }
  }

  private func refusal(of hello: Hello, by member: KeyRing.Member?) -> WireError? {
    if let member, !member.owns(hello.producer) {
      return WireError(
        .producerNotAllowed, "HELLO producer: this key is that of \(member.name), which may be followed by a slash and more")
    }
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

  var terms: Session.Terms {
    Session.Terms(
      credit: Credit(
        events: UInt64(configuration.service.creditEvents), bytes: UInt64(configuration.service.creditMebibytes) << 20),
      heartbeatMilliseconds: UInt64(configuration.service.heartbeatMilliseconds),
      busyMilliseconds: pipeline.isStalled ? Self.stallRetryMilliseconds : nil)
  }

  /// Decodes a PUT and gives it to the pipeline; an error where its body is not what its header says.
  private mutating func take(
    _ message: WireMessage, _ session: Session, _ route: [UInt8], _ member: KeyRing.Member?
  ) throws(ServiceError) -> WireError? {
    guard case .put(let put) = message, let identity = session.identity else { return nil }
    let key = ProducerKey(name: Array(identity.producer.utf8), epoch: identity.epoch)
    var batch = ReportBatch(
      producer: key.name, epoch: key.epoch, firstSequence: put.firstSequence,
      receivedAt: Timestamp(microseconds: Clock.wallMicroseconds()))
    do {
      try receiver.decodeBody(
        with: &decoder, identity.mediaType, expectedCount: put.count, scope: member?.scope ?? .all, into: &batch)
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
}
