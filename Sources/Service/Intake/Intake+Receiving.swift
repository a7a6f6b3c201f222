import Configuration
import Decode
import Platform
import Reports
import Wire
import ZeroMQ

/// What comes in.
extension Intake where Gate: ~Copyable {
  /// Messages taken in a row before acknowledgements are looked after: those of one producer wait for the messages of all. More of
  /// them where they are short.
  private static var burstCount: Int { 8 }
  private static var shortBurstCount: Int { 256 }
  private static var shortBurstByteCount: Int { 256 << 10 }
  /// Events and bytes of a PUT that joins the one before of its connection, where that came in the same turn: many short batches
  /// cost much more than one. What they become together is no longer than a batch usually is.
  private static var joiningEventCount: Int { 32 }
  private static var joiningByteCount: Int { 32 << 10 }
  private static var stallRetryMilliseconds: UInt64 { 500 }
  private static var fullRetryMilliseconds: UInt64 { 250 }

  mutating func receive() throws(ServiceError) {
    var (count, byteCount) = (0, 0)
    while count < Self.burstCount || (count < Self.shortBurstCount && byteCount < Self.shortBurstByteCount) {
      if holdsBack() { return }
      let isThere = try ServiceError.wrapping { try entrance.receive(into: &receiver) }
      guard isThere else { return }
      count += 1
      byteCount += receiver.bodyByteCount
      try handle()
    }
  }

  /// Handles the message in `receiver`.
  private mutating func handle() throws(ServiceError) {
    let route = receiver.route
    let key = entrance.publicKey == nil ? nil : receiver.key
    guard let member = admit(key, route) else { return }
    let message: WireMessage
    do {
      message = try receiver.decode()
    } catch {
      complaints.note(error.code, error.message)
      reply(.error(error), to: route)
      return
    }
    let now = now.monotonicNanoseconds
    lastSessionNumber += 1
    var connection = connections[route] ?? PeerConnection(number: lastSessionNumber, lastHeardAtNanoseconds: now)
    connection.lastHeardAtNanoseconds = now
    connection.key = key
    connection.descriptor = receiver.connection
    let before = connection.session
    if case .hello(let hello) = message, let error = refusal(of: hello, by: member) {
      complaints.note(error.code, error.message)
      reply(.error(error), to: route)
      return
    }
    let offered = terms(for: connection, busyMilliseconds: wait(for: message, connection, member, now))
    let answer = connection.session.receive(message, cursor: cursor(for: message, connection), terms: offered)
    if case .hello = message { connection.producer = producerKey(connection.session) }
    switch answer {
    case .take:
      if let error = try take(message, &connection, route, member) {
        // As if it had not come: its sequences are still to be sent.
        connection.session = before
        complaints.note(error.code, error.message)
        guard reply(.error(error), to: route) else { return }
      }
    case .reply(let response):
      if case .error(let error) = response, error.knownCode != .helloRequired { complaints.note(error.code, error.message) }
      journal(message, answer: response, connection.session.identity == nil ? nil : connection.producer)
      guard reply(response, to: route) else { return }
      if case .welcome = response {
        // Not what WELCOME says: it may answer a HELLO that was repeated, to one that has gone on from the first.
        if before.identity?.epoch != connection.session.identity?.epoch { connection.acknowledgedThrough = 0 }
        takeOver(connection, before, route)
      }
      if [.welcome, .pong].contains(response.verb) { note(offered.credit, to: &connection) }
    case .close:
      forget(route)
      return
    case .none: break
    }
    // One that has not said HELLO is remembered by nothing: it may be one of very many.
    if connection.session.identity != nil || connection.session.isSuperseded { connections[route] = connection }
  }

  /// Makes a connection the one that goes on with its producer's epoch. One that did before is told so: after a break it is gone
  /// and hears nothing; where it is not gone, two use one outbox, and only the later one is listened to.
  private mutating func takeOver(_ connection: PeerConnection, _ before: Session, _ route: [UInt8]) {
    if let key = producerKey(before), owners[key] == route { owners[key] = nil }
    guard let key = producerKey(connection.session) else { return }
    if let earlier = owners.updateValue(route, forKey: key), earlier != route, var other = connections[earlier] {
      let message = other.session.supersede()
      connections[earlier] = other
      if reply(message, to: earlier) {
        let who = String(decoding: key.name, as: UTF8.self)
        complaints.note(
          ErrorCode.sessionSuperseded.rawValue, "\(who): two connections with epoch \(key.epoch); the later one goes on")
      }
    }
    boundConnections()
  }

  private func producerKey(_ session: Session) -> ProducerKey? {
    session.identity.map { ProducerKey(name: Array($0.producer.utf8), epoch: $0.epoch) }
  }

  /// How long a PUT has to wait; nil where it need not.
  private mutating func wait(
    for message: WireMessage, _ connection: PeerConnection, _ member: KeyRing.Member?, _ now: UInt64
  ) -> UInt64? {
    guard case .put(let put) = message, connection.session.identity != nil else { return nil }
    if pipeline.isStalled { return Self.stallRetryMilliseconds }
    let load = Load(events: put.count, bytes: receiver.bodyByteCount)
    if pipeline.isFull || !pool.admits(load, outstanding: connection.outstanding, limit: creditLimit(of: connection)) {
      return Self.fullRetryMilliseconds
    }
    guard let member, let wait = quotas.waitMilliseconds(member.name, at: now) else { return nil }
    complaints.note("over-quota", "\(member.name) is told to wait, for it sends more than its [[producer]] allows")
    return wait
  }

  /// Whose key it is. On every message, for the handshake was perhaps long ago, and libzmq asks nobody where it is told wrong.
  ///
  /// - Returns: `.some(nil)` where nobody is asked, and nil where the message is not to be looked at.
  private mutating func admit(_ key: CurveKey?, _ route: [UInt8]) -> KeyRing.Member?? {
    guard entrance.publicKey != nil else { return .some(nil) }
    if let key, let member = keyRing[key] { return member }
    let who = key.map { "the key \($0)" } ?? "a connection without a key"
    complaints.note(ErrorCode.keyNotAllowed.rawValue, "\(who) may not send")
    forget(route)
    if let descriptor = receiver.connection { entrance.hangUp(descriptor) }
    return nil
  }

  private func refusal(of hello: Hello, by member: KeyRing.Member?) -> WireError? {
    if let member, !member.owns(hello.producer) {
      return WireError(
        .producerNotAllowed, "HELLO producer: this key is that of \(member.name), which may be followed by a slash and more")
    }
    let key = ProducerKey(name: Array(hello.producer.utf8), epoch: hello.epoch)
    guard cursors[key] == nil else { return nil }
    let advice = "keep an outbox's epoch across runs"
    if let member, !shares.hasRoomForEpoch(of: member.name) {
      return WireError(
        .tooManyProducers, "HELLO: \(NameShares.epochLimit) producers and epochs of \(member.name) are known; \(advice)")
    }
    guard cursors.count >= Limits.distinctProducerCount else { return nil }
    return WireError(
      .tooManyProducers, "HELLO: \(Limits.distinctProducerCount) producers and epochs are known; \(advice)")
  }

  private func cursor(for message: WireMessage, _ connection: PeerConnection) -> UInt64 {
    if case .hello(let hello) = message {
      return cursors[ProducerKey(name: Array(hello.producer.utf8), epoch: hello.epoch)] ?? 0
    }
    guard connection.session.identity != nil, let key = connection.producer else { return 0 }
    return cursors[key] ?? 0
  }

  /// The most that a session is told.
  private func creditLimit(of connection: PeerConnection) -> Load {
    let limit = Load(events: configuration.service.creditEvents, bytes: configuration.service.creditMebibytes << 20)
    guard let key = connection.key, let member = keyRing[key] else { return limit }
    return limit.limited(to: quotas.creditLimit(member.name))
  }

  func credit(of connection: PeerConnection) -> Credit {
    let load = pool.grant(outstanding: connection.outstanding, limit: creditLimit(of: connection), isStalled: pipeline.isStalled)
    return Credit(events: UInt64(load.events), bytes: UInt64(load.bytes))
  }

  private func terms(for connection: PeerConnection, busyMilliseconds: UInt64?) -> Session.Terms {
    Session.Terms(
      credit: credit(of: connection), heartbeatMilliseconds: UInt64(configuration.service.heartbeatMilliseconds),
      busyMilliseconds: busyMilliseconds, isFull: pipeline.isFull || pipeline.isStalled)
  }

  /// Decodes a PUT and gives it to the pipeline; an error where its body is not what its header says.
  private mutating func take(
    _ message: WireMessage, _ connection: inout PeerConnection, _ route: [UInt8], _ member: KeyRing.Member?
  ) throws(ServiceError) -> WireError? {
    guard case .put(let put) = message, let identity = connection.session.identity, let key = connection.producer else {
      return nil
    }
    let load = Load(events: put.count, bytes: receiver.bodyByteCount)
    let joined = indexToJoin(put, load, connection)
    let passage =
      joined.map { pending[$0].passage }
      ?? pipeline.makePassage(
        producer: key.name, epoch: key.epoch, firstSequence: put.firstSequence,
        receivedAt: Timestamp(microseconds: now.wallMicroseconds))
    let mark = passage.batch.mark
    var error: WireError?
    do throws(DecodeError) {
      try shares.withShare(of: member?.name, in: &decoder) { (decoder) throws(DecodeError) in
        try receiver.decodeBody(
          with: &decoder, identity.mediaType, expectedCount: put.count, scope: member?.scope ?? .all, into: &passage.batch)
      }
      let count = passage.batch.count - mark.rowCount
      if count != put.count {
        error = WireError(.countMismatch, "PUT count: the header says \(put.count) events, the body holds \(count)")
      }
    } catch let failure {
      error = WireError(.malformedBody, "PUT body: \(failure)")
    }
    charge(error == nil ? passage : nil, from: mark, load, member)
    if let error {
      if joined == nil { pipeline.recycle(passage) } else { passage.batch.cut(to: mark) }
      return error
    }
    keep(key)
    pool.take(load, outstanding: &connection.outstanding)
    if let joined {
      pipeline.noteGrowth(byteCount: passage.batch.arena.count - mark.arenaByteCount)
      pending[joined].lastSequence = put.lastSequence
      pending[joined].load = pending[joined].load + load
      return nil
    }
    pipeline.append(passage)
    connection.growing = (pending.count, turnCount)
    pending.append(
      PendingBatch(
        passage: passage, route: route, key: key, lastSequence: put.lastSequence, firstSequence: put.firstSequence, load: load,
        sessionNumber: connection.number))
    return nil
  }

  /// The batch of this turn that a PUT goes on with, by its index in `pending`; nil where it becomes one of its own.
  private func indexToJoin(_ put: Put, _ load: Load, _ connection: PeerConnection) -> Int? {
    let (index, turn) = connection.growing
    guard turn == turnCount, index >= growableFrom, load.events <= Self.joiningEventCount, load.bytes <= Self.joiningByteCount
    else { return nil }
    let passage = pending[index].passage
    guard pending[index].lastSequence + 1 == put.firstSequence, pending[index].key == connection.producer,
      passage.rowCount + load.events <= Limits.defaultBatchEventCount,
      passage.arenaByteCount + load.bytes <= Limits.defaultBatchByteCount
    else { return nil }
    return index
  }

  /// Journals what a producer says to have sent and what it is asked for again: nothing of that may ever come. While the disk is
  /// full nothing is noted; the next HELLO says it again.
  private mutating func journal(_ message: WireMessage, answer: WireMessage, _ key: ProducerKey?) {
    guard let key, !pipeline.isFull, !pipeline.isStalled else { return }
    let cursor = cursors[key] ?? 0
    var note = ReportBatch(
      producer: key.name, epoch: key.epoch, firstSequence: cursor + 1,
      receivedAt: Timestamp(microseconds: now.wallMicroseconds))
    switch (message, answer) {
    case (.hello(let hello), .welcome): note.announcedSequence = hello.lastSequence
    case (.put(let put), .error(let error)) where error.knownCode == .sequenceGap:
      note.announcedSequence = put.lastSequence
      note.rerequestCount = 1
    default: return
    }
    guard note.rerequestCount > 0 || note.announcedSequence > max(cursor, announced[key] ?? 0) else { return }
    let passage = Passage(note)
    pipeline.append(passage)
    keep(key)
    announced[key] = max(announced[key] ?? 0, note.announcedSequence)
    // Nothing that comes after it stands before it.
    growableFrom = pending.count + 1
    pending.append(
      PendingBatch(
        passage: passage, route: [], key: key, lastSequence: cursor, firstSequence: cursor + 1, load: Load(events: 0, bytes: 0),
        sessionNumber: 0))
  }

  /// Takes a batch out of its producer's quotas, also one that could not be read.
  private mutating func charge(_ passage: Passage?, from mark: ReportBatch.Mark, _ load: Load, _ member: KeyRing.Member?) {
    // All keywords are taken note of, whoever sends them: what one has sent is not new of another.
    let newKeywords = passage.flatMap { novelty?.insert($0.batch, from: mark.keywordCount) } ?? 0
    guard let member else { return }
    quotas.charge(
      member.name, events: load.events, bytes: load.bytes, newKeywords: newKeywords, at: now.monotonicNanoseconds)
  }
}
