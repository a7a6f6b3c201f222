package import Reports

/// What an aggregator knows of one connection (one routing id), and the rules by which it answers. No I/O, no clock.
package struct Session: Equatable, Sendable {
  /// What the aggregator offers at this moment.
  package struct Terms: Equatable, Sendable {
    package var credit: Credit
    package var limits: BatchLimits
    package var heartbeatMilliseconds: UInt64
    /// Set while no batch can be taken: how long producers are to wait.
    package var busyMilliseconds: UInt64?
    /// Set while there is no room for any batch, be it one that is held already.
    package var isFull: Bool

    package init(
      credit: Credit, limits: BatchLimits = BatchLimits(), heartbeatMilliseconds: UInt64, busyMilliseconds: UInt64? = nil,
      isFull: Bool = false
    ) {
      self.credit = credit
      self.limits = limits
      self.heartbeatMilliseconds = heartbeatMilliseconds
      self.busyMilliseconds = busyMilliseconds
      self.isFull = isFull
    }
  }

  /// What is to be done.
  package enum Answer: Equatable, Sendable {
    /// Take the batch. Its first `heldCount` events lie at or below the durable cursor: they are duplicates of it.
    case take(heldCount: Int)
    /// Send this back.
    case reply(WireMessage)
    /// The producer has left; the routing id can be forgotten.
    case close
    /// Nothing.
    case none
  }

  /// What a HELLO has settled.
  package struct Identity: Equatable, Sendable {
    package var producer: String
    package var epoch: Epoch
    package var mediaType: MediaType
    /// The first sequence that this session has not received yet.
    package var nextSequence: UInt64
  }

  /// Nil before HELLO and after BYE.
  package private(set) var identity: Identity?
  /// The sequence that was asked for last: every PUT that was already under way shows the same gap, and one answer is enough.
  private var gapReportedAt: UInt64?
  /// Another connection has taken over; only another HELLO is listened to.
  package private(set) var isSuperseded = false

  package init() {}

  /// Takes note of a message and answers it.
  ///
  /// `cursor` is the last sequence such that it and all before it are durable, of the producer and epoch that a HELLO names, or
  /// otherwise of the session's; 0 where there is none. It must not lie below anything that was acknowledged.
  package mutating func receive(_ message: WireMessage, cursor: UInt64, terms: Terms) -> Answer {
    switch message {
    case .hello(let hello): greet(hello, cursor: cursor, terms: terms)
    case .put(let put): take(put, cursor: cursor, terms: terms)
    case .ping: .reply(identity == nil ? missingSession : .pong(terms.credit))
    case .pong, .error: .none
    case .bye: leave()
    case .welcome, .ack, .busy:
      .reply(.error(WireError(.unexpectedVerb, "\(message.verb)".uppercased() + " is sent by aggregators, not to them")))
    }
  }

  private static let helloRequired = WireMessage.error(
    WireError(.helloRequired, "no session for this connection: send HELLO, then go on after resumeAfter"))

  private static let superseded = WireMessage.error(
    WireError(
      .sessionSuperseded, "another connection said HELLO with this producer and epoch: an outbox has one user; take a new epoch"))

  private var missingSession: WireMessage { isSuperseded ? Self.superseded : Self.helloRequired }

  /// Ends the session because another connection goes on with its producer and epoch; what to tell this one.
  package mutating func supersede() -> WireMessage {
    identity = nil
    isSuperseded = true
    return Self.superseded
  }

  private mutating func greet(_ hello: Hello, cursor: UInt64, terms: Terms) -> Answer {
    guard hello.minorVersions.contains(0) else {
      let spoken = UInt64(FrameHeader.version)
      return .reply(
        .error(WireError(.unsupportedVersion, "HELLO minorVersions: only 0 is spoken here", supportedVersions: [spoken])))
    }
    guard let mediaType = hello.mediaTypes.lazy.compactMap(MediaType.init(rawValue:)).first else {
      let known = MediaType.allCases.map(\.rawValue).joined(separator: ", ")
      return .reply(.error(WireError(.unsupportedMediaType, "HELLO mediaTypes: read here are \(known)")))
    }
    isSuperseded = false
    // A HELLO that was repeated on its way must not forget what came after the first one.
    let isRepeated = identity?.producer == hello.producer && identity?.epoch == hello.epoch
    let nextSequence = max(cursor + 1, isRepeated ? identity?.nextSequence ?? 0 : 0)
    identity = Identity(producer: hello.producer, epoch: hello.epoch, mediaType: mediaType, nextSequence: nextSequence)
    gapReportedAt = nil
    let welcome = Welcome(
      resumeAfter: cursor, credit: terms.credit, limits: terms.limits, heartbeatMilliseconds: terms.heartbeatMilliseconds,
      mediaType: mediaType)
    return .reply(.welcome(welcome))
  }

  private mutating func take(_ put: Put, cursor: UInt64, terms: Terms) -> Answer {
    guard let identity else { return .reply(missingSession) }
    guard put.epoch == identity.epoch else {
      return .reply(.error(WireError(.wrongEpoch, "PUT epoch: \(put.epoch), but HELLO said \(identity.epoch); send HELLO again")))
    }
    let expected = max(identity.nextSequence, cursor + 1)
    guard put.firstSequence <= expected else {
      guard gapReportedAt != expected else { return .none }
      gapReportedAt = expected
      let message = "PUT firstSequence: \(put.firstSequence), but \(expected) has not come yet; go on there"
      return .reply(.error(WireError(.sequenceGap, message, expectedSequence: expected)))
    }
    // Received on this connection and not durable yet: its ACK is on the way, and to take it twice would only cost.
    guard put.lastSequence <= cursor || put.lastSequence >= identity.nextSequence else { return .none }
    let heldCount = cursor < put.firstSequence ? 0 : min(put.count, Int(cursor - put.firstSequence + 1))
    // What is held already is answered past a quota, too; where there is no room, it would add up without a bound.
    if let wait = terms.busyMilliseconds, heldCount < put.count || terms.isFull {
      // What was under way behind it is passed over: everything comes again after the wait.
      gapReportedAt = expected
      return .reply(.busy(retryMilliseconds: wait))
    }
    self.identity?.nextSequence = max(expected, put.lastSequence + 1)
    gapReportedAt = nil
    return .take(heldCount: heldCount)
  }

  private mutating func leave() -> Answer {
    identity = nil
    return .close
  }
}
