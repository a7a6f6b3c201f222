import Reports
import TestSupport
import Wire

/// What these tests draw at random.
extension SeededGenerator {
  mutating func text(_ byteCount: ClosedRange<Int>) -> String {
    let alphabet = Array("aé\"\\/z0 -ß雪")
    var text = ""
    let target = Int.random(in: byteCount, using: &self)
    while text.utf8.count < target {
      let character = alphabet.randomElement(using: &self) ?? "a"
      text.append(text.utf8.count + character.utf8.count <= target ? character : "a")
    }
    return text
  }

  mutating func epoch() -> Epoch { Epoch(high: next(), low: next()) }

  mutating func sequence() -> UInt64 {
    switch next() % 4 {
    case 0: 1
    case 1: WireLimits.sequence - UInt64(Limits.batchEventCount)
    default: UInt64.random(in: 1...1_000_000, using: &self)
    }
  }

  mutating func credit() -> Credit { Credit(events: next() % 10_000, bytes: next() % (1 << 30)) }

  /// Some message of the protocol and, for PUT, its body.
  mutating func message() -> (WireMessage, [UInt8]) {
    switch Verb.allCases.randomElement(using: &self) ?? .ping {
    case .hello:
      var hello = Hello(producer: text(1...Limits.producerByteCount), epoch: epoch(), lastSequence: sequence())
      hello.mediaTypes = (0...Int(next() % 3)).map { _ in text(1...WireLimits.nameByteCount) }
      hello.minorVersions = (0...next() % 4).map { $0 }
      return (.hello(hello), [])
    case .welcome:
      let limits = BatchLimits(batchEvents: next() % 5_000, batchBytes: next() % 5_000_000, eventBytes: next() % 70_000)
      let welcome = Welcome(
        resumeAfter: sequence(), credit: credit(), limits: limits,
        heartbeatMilliseconds: UInt64.random(in: WireLimits.heartbeatMilliseconds, using: &self),
        mediaType: MediaType.allCases.randomElement(using: &self) ?? .ndjson, minorVersion: next() % 256)
      return (.welcome(welcome), [])
    case .put:
      let body = (0..<Int(next() % 2_000)).map { _ in UInt8(truncatingIfNeeded: next()) }
      let count = Int.random(in: 1...Limits.batchEventCount, using: &self)
      return (.put(Put(epoch: epoch(), firstSequence: sequence(), count: count, body: body.span)), body)
    case .ack:
      return (.ack(ack()), [])
    case .busy: return (.busy(retryMilliseconds: UInt64.random(in: WireLimits.retryMilliseconds, using: &self)), [])
    case .ping: return (.ping, [])
    case .pong: return (.pong(next() % 2 == 0 ? nil : credit()), [])
    case .bye: return (.bye, [])
    case .error:
      var error = WireError(ErrorCode.allCases.randomElement(using: &self) ?? .badMagic, text(0...WireLimits.messageByteCount))
      if next() % 2 == 0 { error.supportedVersions = [1, 2] }
      if next() % 2 == 0 { error.expectedSequence = sequence() }
      return (.error(error), [])
    }
  }

  mutating func verdict() -> Verdict {
    switch next() % 5 {
    case 0: .accepted
    case 1: .duplicateOfCursor
    case 2: .duplicateOfIdentity
    case 3: .late
    default: .rejected(Rejection.allCases.randomElement(using: &self) ?? .conflict)
    }
  }

  /// An ACK that names up to `WireLimits.exceptionCount` of the events before it.
  private mutating func ack() -> Ack {
    let through = sequence() + 1_000
    let first = through - UInt64(WireLimits.exceptionCount) + 1
    let exceptions = (first...through).compactMap { EventException(sequence: $0, verdict()) }
    return Ack(epoch: epoch(), throughSequence: through, credit: credit(), exceptions: exceptions)
  }
}
