package import Configuration
package import Platform
import ZeroMQ

/// The intake at a ROUTER, with the clocks of the system.
extension Intake where Gate == Entrance {
  /// Handshakes answered in a row before messages are.
  private static var handshakeCount: Int { 64 }

  /// Where it listens, with the port in digits.
  package var endpoint: String { entrance.endpoint }
  /// The key that producers must know; nil where nobody is asked for theirs.
  package var publicKey: String? { entrance.publicKey?.description }

  /// Opens the endpoint; with a secret key only after it was seen to refuse a stranger.
  ///
  /// - Throws: `ServiceError` where the port is in use, the address is not on this machine or not this machine's alone without
  ///   keys, the key's file cannot be used, or a stranger gets in.
  package init(pipeline: Pipeline, identity: StoreIdentity, configuration: Configuration) throws(ServiceError) {
    var secretKeys: CurveKeyPair?
    if let path = configuration.security.secretKeyFile { secretKeys = try SecretKeyFile.read(path) }
    let keys = KeyRing(configuration.producers).keys
    let entrance = try Entrance(endpoint: configuration.service.endpoint, secretKeys: secretKeys, keys: keys)
    try self.init(
      pipeline: pipeline, identity: identity, configuration: configuration, entrance: entrance,
      refusals: pipeline.layout.refusals, at: Clock.now())
  }

  /// Serves until a signal asks it to stop, then answers what was taken.
  ///
  /// - Parameters:
  ///   - manager: who is told that it is ready, reloads, stops, and, while every stage gets on, that it is alive.
  ///   - configure: reads the configuration anew, at SIGHUP; where it throws, the old one stays in force.
  package mutating func run(
    signals: borrowing SignalSet, manager: borrowing ServiceManager, configure: () throws -> Configuration
  ) throws(ServiceError) {
    var poller = Poller()
    let input = poller.add(entrance.router, for: .readable)
    let connecting = poller.add(entrance.monitor.socket, for: .readable)
    let asking = poller.add(entrance.authenticator.socket, for: .readable)
    // Only wakes the loop: every turn collects what is settled anyway.
    _ = poller.add(fileDescriptor: pipeline.descriptor, for: .readable)
    let signal = poller.add(fileDescriptor: signals.descriptor, for: .readable)
    var heartbeat = Heartbeat(watchdogNanoseconds: manager.watchdogNanoseconds)
    var isStopping = false
    var status: Status?
    manager.tell(.ready)
    while !isStopping || !isSettled {
      tell(Clock.now())
      let isWaiting = holdsBack()
      poller.setEvents(isStopping || isWaiting ? [] : .readable, at: input)
      let patience = isWaiting ? 20 : isStopping || pipeline.isStalled ? 100 : 500
      _ = try ServiceError.wrapping { try poller.wait(milliseconds: min(patience, heartbeat.intervalMilliseconds)) }
      if poller.ready(at: signal).contains(.readable), try stops(signals, manager, configure), !isStopping {
        isStopping = true
        manager.tell(.stopping)
      }
      if !poller.ready(at: connecting).union(poller.ready(at: asking)).isEmpty { try greet() }
      try turn(at: Clock.now(), isStopping: isStopping)
      if heartbeat.isDue(at: now.monotonicNanoseconds, pipeline.pulses) { manager.tell(.watchdog) }
      let newStatus = self.status(isStopping: isStopping)
      if newStatus != status { manager.tell(.status(text(newStatus))) }
      status = newStatus
    }
    leave(at: Clock.now())
  }

  /// What it does: looked at in every turn, and put into words where it is another.
  private enum Status: Equatable {
    case listening(connectionCount: Int, shortage: String?)
    case stopping(batchCount: Int)
  }

  private func status(isStopping: Bool) -> Status {
    isStopping
      ? .stopping(batchCount: pipeline.underWayCount)
      : .listening(connectionCount: openDescriptors.count, shortage: pipeline.shortage)
  }

  /// A line for people.
  private func text(_ status: Status) -> String {
    switch status {
    case .stopping(let batchCount): "stopping: \(batchCount) batches are being stored"
    case .listening(let connectionCount, let shortage):
      "listening on \(endpoint), \(connectionCount) connections\(shortage.map { "; \($0), producers wait" } ?? "")"
    }
  }

  private mutating func stops(
    _ signals: borrowing SignalSet, _ manager: borrowing ServiceManager, _ configure: () throws -> Configuration
  ) throws(ServiceError) -> Bool {
    try ServiceError.wrapping {
      while let signal = try signals.next() {
        if signal == .terminate || signal == .interrupt { return true }
        guard signal == .hangUp else { continue }
        manager.tell(.reloading)
        reload(configure)
        manager.tell(.ready)
      }
      return false
    }
  }

  /// Answers those who connect, and counts those who fail to say who they are.
  mutating func greet() throws(ServiceError) {
    try ServiceError.wrapping {
      for _ in 0..<Self.handshakeCount {
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
      entrance.hangUp(descriptor)
    case .disconnected(let descriptor): openDescriptors.remove(descriptor)
    case .authenticated: break
    case .failed(let failure): complaints.note(failure)
    }
  }
}
