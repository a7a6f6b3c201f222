import Configuration
import Platform
import Reports
import Wire
import ZeroMQ

/// What goes out.
extension Intake {
  /// Sends what has become durable and judged: one cumulative ACK a connection, with every event that was not accepted.
  mutating func acknowledge() {
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
  mutating func reply(_ message: WireMessage, to route: [UInt8]) -> Bool {
    do {
      if try entrance.router.send([route] + message.frames) == .sent { return true }
    } catch {
      Log.write(.warning, "an answer could not be sent", ["reason": "\(error)"])
    }
    connections[route] = nil
    return false
  }

  /// Drops the sessions of producers that have been silent for ten heartbeats.
  mutating func forgetSilentConnections(atOnce: Bool = false) {
    let limit = UInt64(configuration.service.heartbeatMilliseconds) * 10 * 1_000_000
    let now = Clock.monotonicNanoseconds()
    guard atOnce || complaints.isDue(now) else { return }
    connections = connections.filter { now - $0.value.lastHeardAtNanoseconds < limit }
  }
}
