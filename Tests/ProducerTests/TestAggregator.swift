import Foundation
import Reports
import Synchronization
import Wire
import ZeroMQ

/// An aggregator on a real ROUTER in a thread of its own, which is killed and started again as often as it is told.
///
/// What is stored survives; what is received and not yet stored, and every session, is lost with a kill.
final class TestAggregator: Sendable {
  private struct State {
    var stored: [String: [String]] = [:]
    var faults: [String] = []
    var isStopping = false
  }

  private let state = Mutex(State())
  private let finished = DispatchSemaphore(value: 0)
  private let heartbeatMilliseconds: UInt64
  /// Whether the first PUT is answered as if another had taken the epoch.
  private let seesATwin: Bool
  let endpoint: String

  /// Binds a free port. The n-th life ends after `lives[n]` PUTs, the last one with `stop`.
  ///
  /// Unless it is to be killed, heartbeats are so slow that a machine under load does not look like a broken connection.
  init(lives: [Int] = [], heartbeatMilliseconds: UInt64? = nil, seesATwin: Bool = false) throws {
    self.seesATwin = seesATwin
    self.heartbeatMilliseconds = heartbeatMilliseconds ?? (lives.isEmpty ? 20_000 : 200)
    do {
      let context = try Context()
      let router = try Self.router(in: context, at: "tcp://127.0.0.1:*")
      endpoint = try router.lastEndpoint()
    }
    let thread = Thread { [self] in
      for life in lives + [Int.max] {
        do {
          try live(putCount: life)
        } catch {
          state.withLock { $0.faults.append("\(error)") }
        }
      }
      finished.signal()
    }
    thread.start()
  }

  /// The stored events of all epochs, and what went wrong, once the thread has ended.
  func stop() -> (stored: [[String]], faults: [String]) {
    state.withLock { $0.isStopping = true }
    finished.wait()
    return state.withLock { (Array($0.stored.values), $0.faults) }
  }

  private static func router(in context: borrowing Context, at endpoint: String) throws(ZeroMQError) -> Socket {
    let socket = try Socket(.router, in: context)
    try socket.setLinger(milliseconds: 0)
    try socket.setRouterMandatory(true)
    try socket.setMaximumMessage(byteCount: Int64(Limits.batchByteCount + Limits.headerByteCount))
    try socket.bind(to: endpoint)
    return socket
  }

  /// The port of a life before may still be closing.
  private func reopen(in context: borrowing Context) throws(ZeroMQError) -> Socket {
    for _ in 0..<1_000 {
      do {
        return try Self.router(in: context, at: endpoint)
      } catch {
        guard error.number == EADDRINUSE else { throw error }
        Thread.sleep(forTimeInterval: 0.01)
      }
    }
    return try Self.router(in: context, at: endpoint)
  }

  private func live(putCount: Int) throws {
    let context = try Context()
    let router = try reopen(in: context)
    var sessions: [[UInt8]: Session] = [:]
    var takenCount = 0
    var hasSeenTwin = !seesATwin
    var poller = Poller()
    _ = poller.add(router, for: .readable)
    while !state.withLock({ $0.isStopping }) {
      guard try poller.wait(milliseconds: 20) > 0, let frames = try Self.receive(router) else { continue }
      let replies: [WireMessage]
      do throws(WireError) {
        let message = try decode(Array(frames.dropFirst()))
        if !hasSeenTwin, case .put = message {
          hasSeenTwin = true
          sessions[frames[0]] = nil
          throw WireError(.sessionSuperseded, "another connection has said HELLO with it")
        }
        replies = answer(message, body: frames.last ?? [], session: &sessions[frames[0], default: Session()])
        if case .put = message { takenCount += 1 }
      } catch {
        replies = [.error(error)]
      }
      if takenCount >= putCount { return }
      for reply in replies { _ = try router.send([frames[0]] + reply.frames) }
    }
  }

  private static func receive(_ router: borrowing Socket) throws -> [[UInt8]]? {
    var message = Message()
    var frames: [[UInt8]] = []
    repeat {
      guard try router.receive(into: &message, blocking: !frames.isEmpty) else { return nil }
      let bytes = message.bytes
      frames.append(bytes.indices.map { bytes[$0] })
    } while message.hasMore
    return frames
  }

  private func answer(_ message: WireMessage, body: [UInt8], session: inout Session) -> [WireMessage] {
    let terms = Session.Terms(credit: Credit(events: 500, bytes: 1 << 20), heartbeatMilliseconds: heartbeatMilliseconds)
    return state.withLock { state in
      var key = session.identity.map { "\($0.producer) \($0.epoch)" } ?? ""
      if case .hello(let hello) = message { key = "\(hello.producer) \(hello.epoch)" }
      let cursor = UInt64(state.stored[key]?.count ?? 0)
      switch session.receive(message, cursor: cursor, terms: terms) {
      case .reply(let reply): return [reply]
      case .none, .close: return []
      case .take(let heldCount):
        guard case .put(let put) = message else { return [] }
        let lines = String(decoding: body, as: UTF8.self).split(separator: "\n").map(String.init)
        if lines.count != put.count { state.faults.append("\(lines.count) lines in a batch of \(put.count)") }
        state.stored[key, default: []] += lines.dropFirst(heldCount)
        let named = (0..<put.count).compactMap { index in
          let sequence = put.firstSequence + UInt64(index)
          let verdict = Simulation.verdict(Int(sequence))
          return EventException(sequence: sequence, index < heldCount ? .duplicateOfCursor : verdict)
        }
        let ack = Ack(epoch: put.epoch, throughSequence: max(cursor, put.lastSequence), credit: terms.credit, exceptions: named)
        return ack.split().map { .ack($0) }
      }
    }
  }
}
