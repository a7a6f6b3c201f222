import Configuration
import Engine
import Platform
import Reports
import Wire
import ZeroMQ

/// What goes out.
extension Intake where Gate: ~Copyable {
  /// Sends what has become durable and judged: one cumulative ACK a connection, with every event that was not accepted.
  mutating func acknowledge() {
    ackCount = 0
    pipeline.collect()
    while let settled = pipeline.nextSettled() {
      defer { pipeline.recycle(settled) }
      let answered = pending[pendingHead]
      pendingHead += 1
      settle(answered)
      if Log.isOn(.debug) { Self.log(settled, answered) }
      // A note is nobody's batch.
      if settled.verdicts.isEmpty { continue }
      let cursor = max(cursors[answered.key] ?? 0, answered.lastSequence)
      if let last = announced[answered.key], last <= cursor { announced[answered.key] = nil }
      cursors[answered.key] = cursor
      if let index = ackIndex(for: answered) { acks[index].add(settled.verdicts, of: answered) }
    }
    if pendingHead > 1_024 || pendingHead == pending.count {
      pending.removeFirst(pendingHead)
      pendingHead = 0
    }
    for index in 0..<ackCount {
      send(index)
      acks[index].release()
    }
  }

  /// Which of `acks` a batch's verdicts go into; nil where its connection is not there any more.
  private mutating func ackIndex(for answered: PendingBatch) -> Int? {
    guard var connection = connections[answered.route] else { return nil }
    let (index, turn) = connection.answering
    if turn == turnCount, index < ackCount {
      if acks[index].ack.epoch != answered.key.epoch {
        send(index)
        acks[index].begin(answered)
      }
      return index
    }
    connection.answering = (ackCount, turnCount)
    connections[answered.route] = connection
    if ackCount < acks.count { acks[ackCount].begin(answered) } else { acks.append(PendingAck(answered)) }
    ackCount += 1
    return ackCount - 1
  }

  /// One line a batch: its id leads from the producer to the journal.
  private static func log(_ settled: Passage, _ batch: PendingBatch) {
    var ledger = Ledger()
    for verdict in settled.verdicts { ledger.count(verdict) }
    let name = String(decoding: batch.key.name, as: UTF8.self)
    Log.write(
      .debug, "batch settled",
      [
        "batch": "\(name)/\(batch.key.epoch)/\(batch.firstSequence)", "position": settled.range.lowerBound,
        "events": settled.verdicts.count, "accepted": ledger.accepted, "duplicate": ledger.duplicate, "late": ledger.late,
        "rejected": ledger.rejected,
      ])
  }

  private mutating func settle(_ answered: PendingBatch) {
    guard var connection = connections[answered.route], connection.number == answered.sessionNumber else {
      // `forget` has taken care of the session.
      return pool.settleForgotten(answered.load)
    }
    pool.settle(answered.load, outstanding: &connection.outstanding)
    connections[answered.route] = connection
  }

  private mutating func send(_ index: Int) {
    let route = acks[index].route
    // Nobody is there, or somebody who is not listened to any more.
    guard var connection = connections[route], let identity = connection.session.identity else { return }
    let credit = credit(of: connection)
    acks[index].ack.credit = credit
    var acknowledged: UInt64 = 0
    if acks[index].ack.epoch == identity.epoch {
      acknowledged = connection.acknowledgedThrough
      acks[index].ack.throughSequence = max(acks[index].ack.throughSequence, acknowledged)
      connection.acknowledgedThrough = acks[index].ack.throughSequence
    }
    if acks[index].ack.exceptions.count <= WireLimits.exceptionCount {
      guard reply(.ack(acks[index].ack), to: route) else { return }
    } else {
      for part in acks[index].ack.split(after: acknowledged) { guard reply(.ack(part), to: route) else { return } }
    }
    note(credit, to: &connection)
    connections[route] = connection
  }

  /// Remembers who was told to have no credit.
  mutating func note(_ credit: Credit, to connection: inout PeerConnection) {
    let isStarved = credit.events == 0 || credit.bytes == 0
    if isStarved != connection.isStarved { starvedCount += isStarved ? 1 : -1 }
    connection.isStarved = isStarved
  }

  /// Tells those who wait for credit that there is some: they have nothing under way whose ACK would say it.
  mutating func tellStarved() {
    guard starvedCount > 0, pool.isRoomy, !pipeline.isStalled else { return }
    for route in routes {
      guard var connection = connections[route], connection.isStarved else { continue }
      let credit = credit(of: connection)
      guard reply(.pong(credit), to: route) else { continue }
      note(credit, to: &connection)
      connections[route] = connection
    }
  }

  /// Whoever has a session, in an order that no hash has a hand in: one seed is to be one schedule.
  var routes: [[UInt8]] { connections.keys.sorted { $0.lexicographicallyPrecedes($1) } }

  /// Sends without waiting; false where it cannot be sent. A producer that is gone or reads nothing loses its session, not its
  /// reports: HELLO tells it where to go on.
  @discardableResult
  mutating func reply(_ message: WireMessage, to route: [UInt8]) -> Bool {
    var outcome = Socket.Outcome.unroutable
    do {
      outcome = try entrance.send(message, to: route)
      if outcome == .sent { return true }
    } catch {
      Log.write(.warning, "an answer could not be sent", ["reason": "\(error)"])
    }
    // It is there and reads nothing: what ZeroMQ holds for it goes with the connection.
    if outcome == .wouldBlock, let descriptor = connections[route]?.descriptor {
      complaints.note("reads-nothing", "a producer does not take its answers; its connection was closed")
      entrance.hangUp(descriptor)
    }
    forget(route)
    return false
  }

  /// Forgets a session; what of it is under way is still judged and stored.
  mutating func forget(_ route: [UInt8]) {
    guard let connection = connections.removeValue(forKey: route) else { return }
    if connection.isStarved { starvedCount -= 1 }
    pool.forget(outstanding: connection.outstanding)
    guard let identity = connection.session.identity else { return }
    let key = ProducerKey(name: Array(identity.producer.utf8), epoch: identity.epoch)
    if owners[key] == route { owners[key] = nil }
  }

  /// Asks producers that were silent for three heartbeats, and gives up those that were for ten.
  mutating func lookAfterSilentConnections() {
    let heartbeat = UInt64(configuration.service.heartbeatMilliseconds) * 1_000_000
    let now = now.monotonicNanoseconds
    guard complaints.isDue else { return }
    for route in routes {
      guard let connection = connections[route] else { continue }
      let silence = now - connection.lastHeardAtNanoseconds
      if silence >= 10 * heartbeat {
        giveUp(route, connection)
      } else if silence >= 3 * heartbeat, now - connection.lastPingedAtNanoseconds >= heartbeat, reply(.ping, to: route) {
        connections[route]?.lastPingedAtNanoseconds = now
      }
    }
  }

  private mutating func giveUp(_ route: [UInt8], _ connection: PeerConnection) {
    let who = connection.session.identity?.producer ?? "a producer whose session was taken over"
    complaints.note("silent-session", "\(who) was silent for ten heartbeats; its connection was closed")
    if let descriptor = connection.descriptor { entrance.hangUp(descriptor) }
    forget(route)
  }

  /// Keeps no more sessions than twice the connections there may be: those of connections that broke are among them for a while.
  mutating func boundConnections() {
    guard connections.count >= 2 * configuration.service.connections else { return }
    let oldest = connections.min {
      ($0.value.lastHeardAtNanoseconds, $0.value.number) < ($1.value.lastHeardAtNanoseconds, $1.value.number)
    }
    if let oldest { forget(oldest.key) }
  }
}
