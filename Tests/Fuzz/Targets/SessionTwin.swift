import Reports
import Wire

/// A session beside sets of sequences: what was received and what is durable of each producer and epoch.
struct SessionTwin {
  private struct Outbox: Hashable {
    var producer: String
    var epoch: Epoch
  }

  private static let terms = Session.Terms(credit: Credit(events: 8_192, bytes: 1 << 20), heartbeatMilliseconds: 500)

  private var session = Session()
  private var outbox: Outbox?
  /// The greatest sequence such that it and all before it have come, and have become durable.
  private var taken: [Outbox: UInt64] = [:]
  private var durable: [Outbox: UInt64] = [:]

  /// Everything that was taken becomes durable.
  mutating func synchronize() { durable = taken }

  /// Has the session answer a message; what it sends back.
  mutating func receive(_ message: WireMessage) throws -> [WireMessage] {
    var asked = outbox
    if case .hello(let hello) = message { asked = Outbox(producer: hello.producer, epoch: hello.epoch) }
    let cursor = asked.flatMap { durable[$0] } ?? 0
    let answer = session.receive(message, cursor: cursor, terms: Self.terms)
    switch (message, answer) {
    case (.hello, .reply(.welcome(let welcome))):
      try require(welcome.resumeAfter == cursor, "\(welcome) of what is durable through \(cursor)")
      // What had not become durable is sent again, and counts from there.
      if let asked, asked != outbox { taken[asked] = cursor }
      outbox = asked
    case (.put(let put), .take(let heldCount)):
      try check(put, heldCount: heldCount, cursor: cursor)
    case (.put(let put), .reply(.error(let error))):
      if error.knownCode == .sequenceGap { try checkGap(put, error, cursor: cursor) }
      if error.knownCode == .helloRequired { try require(outbox == nil, "HELLO is asked for again") }
    case (.bye, .close): outbox = nil
    case (_, .take), (_, .close): throw Violation("\(message) is answered by \(answer)")
    default: break
    }
    if case .reply(let reply) = answer { return [reply] }
    return []
  }

  /// Nothing is taken that leaves a hole, and what is held is counted.
  private mutating func check(_ put: Put, heldCount: Int, cursor: UInt64) throws {
    guard let outbox else { throw Violation("\(put) is taken before HELLO") }
    try require(put.epoch == outbox.epoch, "\(put) is taken of another epoch than \(outbox.epoch)")
    let through = max(taken[outbox] ?? 0, cursor)
    try require(put.firstSequence <= through + 1, "\(put) is taken where all through \(through) had come")
    let held = (0..<UInt64(put.count)).count { put.firstSequence + $0 <= cursor }
    try require(heldCount == held, "\(put): \(heldCount) are said to be held of \(held)")
    taken[outbox] = max(through, put.lastSequence)
  }

  private func checkGap(_ put: Put, _ error: WireError, cursor: UInt64) throws {
    guard let outbox else { throw Violation("a gap before HELLO") }
    let through = max(taken[outbox] ?? 0, cursor)
    try require(
      error.expectedSequence == through + 1 && put.firstSequence > through + 1,
      "\(put) is called a gap (\(error)), and all through \(through) had come")
  }
}
