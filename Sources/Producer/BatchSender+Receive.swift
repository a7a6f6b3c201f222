import Reports
package import Wire

/// What the aggregator says, and what follows from it.
extension BatchSender {
  /// Takes note of a message.
  /// - Throws: `ProducerError` where the session cannot be mended.
  package mutating func receive(_ message: WireMessage, at now: UInt64) throws(ProducerError) {
    guard phase != .over else { return }
    lastHeardAt = now
    unansweredSince = nil
    switch message {
    case .welcome(let welcome): try begin(welcome, at: now)
    case .ack(let ack): try acknowledge(ack, at: now)
    case .busy(let retryMilliseconds): pause(milliseconds: retryMilliseconds, at: now)
    case .ping: if control == nil, phase == .established { control = .pong(nil) }
    case .pong(let credit): if let credit { self.credit = credit }
    case .bye: greet(at: now + greetingWait)
    case .error(let error): try mend(error, at: now)
    case .hello, .put:
      throw .unintelligible(WireError(.unexpectedVerb, "\(message.verb)".uppercased() + " is sent by producers, not to them"))
    }
  }

  /// Begins the session anew with a HELLO at the given time. Every batch that is held after what WELCOME then says will be sent
  /// again.
  mutating func greet(at time: UInt64) {
    phase = .greeting(retryAt: time)
    control = nil
    rewind(to: 0)
  }

  private mutating func begin(_ welcome: Welcome, at now: UInt64) throws(ProducerError) {
    // A second WELCOME answers a HELLO that was repeated before the first one came.
    guard case .greeting = phase else { return }
    guard welcome.mediaType == settings.mediaType else {
      throw .unintelligible(WireError(.outOfRange, "WELCOME mediaType: \(welcome.mediaType.rawValue) was not offered"))
    }
    guard welcome.resumeAfter >= settledThrough else {
      throw .forgotten(acknowledged: settledThrough, resumeAfter: welcome.resumeAfter)
    }
    if let sent = sentThrough, welcome.resumeAfter > sent {
      throw .rolledBack(lastSent: sent, resumeAfter: welcome.resumeAfter)
    }
    phase = .established
    control = nil
    greetingWait = settings.greetingMilliseconds * 1_000_000
    heartbeat = welcome.heartbeatMilliseconds * 1_000_000
    lastPingAt = now
    credit = welcome.credit
    limits = welcome.limits
    pausedUntil = nil
    mendedGap = nil
    rewind(to: 0)
    durableThrough = max(durableThrough, welcome.resumeAfter)
    settle(through: min(welcome.resumeAfter, offeredThrough), naming: nil)
    sayByeIfDue()
  }

  private mutating func acknowledge(_ ack: Ack, at now: UInt64) throws(ProducerError) {
    guard ack.epoch == epoch else { return }
    guard ack.throughSequence <= max(offeredThrough, durableThrough) else {
      let message = "ACK throughSequence: \(ack.throughSequence), but only \(offeredThrough) were sent"
      throw .unintelligible(WireError(.outOfRange, message))
    }
    credit = ack.credit
    guard ack.throughSequence > settledThrough else { return }
    waitingSince = now
    acknowledgementWait = settings.acknowledgementMilliseconds * 1_000_000
    mendedGap = nil
    settle(through: min(ack.throughSequence, offeredThrough), naming: ack.exceptions)
  }

  /// BUSY does not say which PUT was not taken: whatever is not acknowledged when the wait is over is sent again.
  private mutating func pause(milliseconds: UInt64, at now: UInt64) {
    guard phase == .established else { return }
    let wait = milliseconds * 1_000_000
    pausedUntil = now + wait + jitter(wait)
    mendedGap = nil
    rewind(to: 0)
  }

  private mutating func mend(_ error: WireError, at now: UInt64) throws(ProducerError) {
    switch error.knownCode {
    case .helloRequired, .wrongEpoch:
      // Every message that was under way brings the same answer; the first is enough.
      if phase == .established { greet(at: now) }
    case .sequenceGap:
      guard phase == .established else { return }
      guard let expected = error.expectedSequence, expected > settledThrough else { return greet(at: now) }
      guard mendedGap != expected, pausedUntil == nil else { return }
      mendedGap = expected
      rewind(to: batches.prefix { $0.put.lastSequence < expected }.count)
    case .sessionSuperseded:
      throw .epochInUse(error.message)
    default:
      throw .refused(error)
    }
  }
}
