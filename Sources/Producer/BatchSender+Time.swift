import Reports
import Wire

/// What follows from the passing of time.
extension BatchSender {
  private static let silentHeartbeats: UInt64 = 3

  /// Takes note of the time: says HELLO when it is due, pings, and begins the session anew after silence.
  package mutating func pass(to now: UInt64) {
    if phase == .established { keepUp(at: now) }
    if case .greeting(let retryAt) = phase, now >= retryAt, control == nil {
      let hello = Hello(
        producer: producer, epoch: epoch, lastSequence: sentThrough ?? offeredThrough, mediaTypes: [settings.mediaType.rawValue])
      control = .hello(hello)
    }
    if unansweredSince == nil, isAnswerDue { unansweredSince = now }
  }

  /// How long an answer has been due, nanoseconds.
  package func silence(at now: UInt64) -> UInt64 { unansweredSince.map { now - $0 } ?? 0 }

  /// Whether more silence has passed than `giveUpMilliseconds` allows.
  package func isPatienceOver(at now: UInt64) -> Bool {
    guard let limit = settings.giveUpMilliseconds else { return false }
    return silence(at: now) >= limit * 1_000_000
  }

  /// When `pass` has something to do next although nothing is heard; nil for never.
  package var nextDeadline: UInt64? {
    var deadlines: [UInt64] = []
    switch phase {
    case .greeting(let retryAt): if control == nil { deadlines.append(retryAt) }
    case .established:
      if transmittedCount > 0 { deadlines.append(waitingSince + acknowledgementWait) }
      if let pausedUntil { deadlines.append(pausedUntil) }
      if let unansweredSince { deadlines.append(unansweredSince + Self.silentHeartbeats * heartbeat) }
      if control == nil { deadlines.append(max(lastHeardAt, lastPingAt) + heartbeat) }
    case .over: return nil
    }
    if let limit = settings.giveUpMilliseconds, let unansweredSince { deadlines.append(unansweredSince + limit * 1_000_000) }
    return deadlines.min()
  }

  private var isAnswerDue: Bool {
    guard phase == .established else { return phase != .over }
    return transmittedCount > 0 || lastPingAt > lastHeardAt
  }

  private mutating func keepUp(at now: UInt64) {
    if let time = pausedUntil, now >= time { pausedUntil = nil }
    if transmittedCount > 0, now >= waitingSince + acknowledgementWait {
      let longest = settings.acknowledgementMilliseconds * 8_000_000
      acknowledgementWait = min(acknowledgementWait * 2, longest)
      return greet(at: now)
    }
    if silence(at: now) >= Self.silentHeartbeats * heartbeat { return greet(at: now) }
    if control == nil, now >= max(lastHeardAt, lastPingAt) + heartbeat {
      control = .ping
      lastPingAt = now
    }
  }
}
