package import Journal
package import Platform
package import Reports

/// Events on the disk that are to be sent, in order: a journal of `OutboxRecord`s and the file `head`. Safe to use from any thread.
///
/// Events are numbered from 1 on for ever; their sequence on the wire is the number less the epoch's base, so that a new epoch
/// changes no record. What `append` took survives the end of the process; what was there before `synchronize` survives a loss of
/// power. A failed sync or write is final. Segments go once all their events are acknowledged.
package final class Outbox: Sendable {
  struct State {
    var writer: JournalWriter
    var headFile: OutboxHeadFile
    var head: OutboxHead
    var lastNumber: UInt64
    /// Where the segments begin.
    var starts: [UInt64]
    /// The mark that came with the newest event that had one.
    var checkpoint: [UInt8]
    /// The number at whose arrival the bell rings.
    var awaited: UInt64 = 0
    /// How many wait for everything to be acknowledged: nothing is to linger.
    var urgentCount = 0
    var failure: OutboxError?
  }

  /// The least limit: segments of an eighth of it, each with room for the longest event.
  package static let leastLimitByteCount = 1 << 20
  private static let greatestSegmentByteCount = 16 << 20
  private static let segmentHeaderByteCount = 40

  /// What events that are published together may come to: then they find room once everything before them is acknowledged, with the
  /// segment that stays.
  package var greatestRecordByteCount: UInt64 { UInt64(limitByteCount / 4) }

  /// What was mended when it was opened.
  package let notices: [Notice]
  let storage: any JournalStorage
  let store: StoreID
  let limitByteCount: Int
  /// Rings for the thread that sends.
  let bell: EventCounter
  private let synchronizer: JournalSynchronizer
  private let monitor: Monitor<State>

  /// Opens an outbox, or makes one. Whoever calls holds the folder's lock.
  ///
  /// - Parameters:
  ///   - name: the producer's: sequences count per name and epoch, so that another name begins a new epoch.
  ///   - limitByteCount: what its segments may have together; at least `leastLimitByteCount`.
  ///   - renewing: set aside what is damaged and begin a new epoch, instead of refusing.
  ///   - origin: tells where the file `head` is, once it is there.
  /// - Complexity: O(bytes of the outbox).
  package init(
    _ storage: any JournalStorage, name: String, limitByteCount: Int, renewing: Bool = false,
    origin: () throws(SystemError) -> FileOrigin
  ) throws(OutboxError) {
    precondition(limitByteCount >= Self.leastLimitByteCount, "an outbox must have room for its segments")
    var opening = try OutboxOpening(storage, renewing: renewing)
    try opening.settle(name: name, at: try OutboxError.wrapping(storage.location, origin))
    let scan = opening.scan
    let segmentByteCount = min(limitByteCount / 8, Self.greatestSegmentByteCount)
    let writer = try OutboxError.journal(storage.location) { () throws(JournalError) in
      try JournalWriter(
        storage: storage, store: opening.head.outbox, recovered: scan, segmentByteCount: segmentByteCount)
    }
    do { bell = try EventCounter() } catch { throw .failed("\(error)") }
    self.storage = storage
    self.limitByteCount = limitByteCount
    notices = opening.notices
    store = opening.head.outbox
    synchronizer = writer.synchronizer
    writer.keepReserve()
    let starts = scan.segments.isEmpty ? [writer.segmentStart] : scan.segments.map(\.start)
    monitor = Monitor(
      State(
        writer: writer, headFile: opening.headFile, head: opening.head, lastNumber: opening.lastNumber, starts: starts,
        checkpoint: opening.checkpoint))
  }

  // MARK: What it knows

  package var epoch: Epoch { monitor.locked { $0.head.epoch } }
  /// The number of the last event before the epoch's first.
  package var base: UInt64 { monitor.locked { $0.head.base } }
  package var lastNumber: UInt64 { monitor.locked { $0.lastNumber } }
  package var acknowledgedThrough: UInt64 { monitor.locked { $0.head.acknowledgedThrough } }
  package var sentThrough: UInt64 { monitor.locked { $0.head.sentThrough } }
  package var checkpoint: [UInt8] { monitor.locked { $0.checkpoint } }
  /// Bytes of its segments.
  package var byteCount: UInt64 { monitor.locked { Self.byteCount($0) } }
  /// Where the first event stands that is not acknowledged.
  package var front: OutboxCursor {
    monitor.locked { OutboxCursor(position: $0.head.acknowledgedPosition, number: $0.head.acknowledgedThrough + 1) }
  }

  /// What is there to be sent.
  package struct Written {
    /// The last event's number.
    package var number: UInt64
    /// Up to where may be read.
    package var position: UInt64
    package var isUrgent: Bool
  }

  /// What is there now; the bell rings once when more is, up to the number that is awaited.
  package func written(awaiting number: UInt64 = .max) -> Written {
    monitor.locked { state in
      state.awaited = number
      return Written(number: state.lastNumber, position: state.writer.writtenPosition, isUrgent: state.urgentCount > 0)
    }
  }

  /// Has everything sent at once until `settle` is called as often.
  package func hasten() {
    monitor.locked { $0.urgentCount += 1 }
    bell.signal()
  }

  package func settle() { monitor.locked { $0.urgentCount -= 1 } }

  /// Waits until a closure, told the last number that is acknowledged, gives a value; it looks again whenever more is, and when
  /// `wakeAll` is called. It must not use the outbox.
  func wait<Value>(
    until deadline: UInt64?, _ body: (UInt64) throws(ProducerError) -> Value?
  ) throws(ProducerError) -> Value? {
    try monitor.wait(until: deadline) { state throws(ProducerError) in try body(state.head.acknowledgedThrough) }
  }

  func wakeAll() { monitor.notifyAll() }

  // MARK: What happens to it

  /// Takes `count` events, each ended by a line feed, and gives the number of the last one.
  ///
  /// - Throws: `.full` and `.diskFull` where they were not taken and may be later, `.failed`.
  package func append(_ body: [UInt8], count: Int, checkpoint: [UInt8]? = nil) throws(OutboxError) -> UInt64 {
    try monitor.locked { state throws(OutboxError) in
      if let failure = state.failure { throw failure }
      let record = OutboxRecord(first: state.lastNumber + 1, count: count, checkpoint: checkpoint, body: body)
      let growth = JournalWriter.footprint(payloadByteCount: record.byteCount)
      guard Self.byteCount(state) + growth <= UInt64(limitByteCount), growth <= greatestRecordByteCount else {
        throw .full(limitByteCount: limitByteCount)
      }
      do throws(OutboxError) {
        try write(record, &state)
      } catch .diskFull(let reason) {
        // What is acknowledged still takes up the room of its segment.
        guard try makeRoom(&state) else { throw .diskFull(reason) }
        try write(record, &state)
      }
      state.lastNumber = record.last
      if let checkpoint { state.checkpoint = checkpoint }
      if record.last >= state.awaited {
        state.awaited = .max
        bell.signal()
      }
      return record.last
    }
  }

  private func write(_ record: OutboxRecord, _ state: inout State) throws(OutboxError) {
    defer { noteSegment(&state) }
    do throws(JournalError) {
      _ = try state.writer.append(bytes: record.encoded())
      try state.writer.flush()
    } catch {
      state.writer.discardUnwritten()
      throw fail(OutboxError(error, at: storage.location), &state)
    }
  }

  private func noteSegment(_ state: inout State) {
    if state.starts.last != state.writer.segmentStart { state.starts.append(state.writer.segmentStart) }
  }

  /// On a full disk: lets go of every segment, where all that was taken is acknowledged; false where it is not, or none can begin.
  private func makeRoom(_ state: inout State) throws(OutboxError) -> Bool {
    guard state.head.acknowledgedThrough == state.lastNumber, state.writer.endPosition > state.starts[0] else { return false }
    defer { noteSegment(&state) }
    do throws(JournalError) { try state.writer.beginSegment() } catch {
      guard !error.isFull else { return false }
      throw fail(OutboxError(error, at: storage.location), &state)
    }
    noteSegment(&state)
    state.head.acknowledgedPosition = state.writer.segmentStart
    try removeSegments(&state)
    return true
  }

  /// Lets go of the segments in which everything is acknowledged.
  private func removeSegments(_ state: inout State) throws(OutboxError) {
    let position = state.head.acknowledgedPosition
    // Both places must know before the events are gone.
    try commit(&state)
    try commit(&state)
    try OutboxError.journal(storage.location) { () throws(JournalError) in
      _ = try Journal.removeSegments(storage, endingBefore: position)
    }
    state.starts.removeFirst(zip(state.starts, state.starts.dropFirst()).prefix { $1 <= position }.count)
    state.writer.keepReserve()
  }

  /// Waits until everything that was taken is on the disk.
  package func synchronize() throws(OutboxError) {
    let (position, checkpoint) = try monitor.locked { state throws(OutboxError) in
      if let failure = state.failure { throw failure }
      return (state.writer.writtenPosition, state.checkpoint)
    }
    do {
      try synchronizer.sync(upTo: position)
    } catch {
      throw monitor.locked { fail(OutboxError(error, at: storage.location), &$0) }
    }
    try monitor.locked { state throws(OutboxError) in
      guard position > state.head.syncedPosition else { return }
      state.head.syncedPosition = position
      state.head.checkpoint = checkpoint
      try note(&state)
    }
  }

  /// Waits until everything up to a number is on the disk, and so is that it may have been sent.
  package func prepare(sendingThrough number: UInt64) throws(OutboxError) {
    try synchronize()
    try monitor.locked { state throws(OutboxError) in
      let before = state.head.sentThrough
      guard number > before else { return }
      state.head.sentThrough = number
      do throws(OutboxError) {
        try commit(&state)
      } catch {
        // It may not be sent yet.
        state.head.sentThrough = before
        throw error
      }
    }
  }

  /// Takes note that everything up to a number needs no sending any more; no event after it stands before `position`.
  package func acknowledge(through number: UInt64, position: UInt64) throws(OutboxError) {
    try monitor.locked { state throws(OutboxError) in
      if let failure = state.failure { throw failure }
      guard number > state.head.acknowledgedThrough else { return }
      state.head.acknowledgedThrough = number
      state.head.acknowledgedPosition = max(state.head.acknowledgedPosition, position)
      state.head.sentThrough = max(state.head.sentThrough, number)
      guard state.starts.count > 1, state.starts[1] <= position else { return try note(&state) }
      try removeSegments(&state)
    }
    monitor.notifyAll()
  }

  /// Begins a new epoch with the first event that is not acknowledged.
  package func renew() throws(OutboxError) {
    let epoch = try OutboxError.wrapping(storage.location) { () throws(SystemError) in try Epoch.random() }
    try monitor.locked { state throws(OutboxError) in
      if let failure = state.failure { throw failure }
      state.head.renew(epoch)
      try commit(&state)
      try commit(&state)
    }
  }

  /// Takes nothing more: the folder may belong to another process from now on.
  func close() { monitor.locked { $0.failure = $0.failure ?? .failed("\(storage.location): the outbox is closed") } }

  // MARK: Bookkeeping

  private static func byteCount(_ state: State) -> UInt64 {
    state.writer.endPosition - state.starts[0] + UInt64(state.starts.count * segmentHeaderByteCount)
  }

  /// Only spares sending again; where there is no space for it, it may be missing.
  private func note(_ state: inout State) throws(OutboxError) {
    do {
      try state.headFile.note(&state.head)
    } catch  where error.shortage != nil {
    } catch { throw fail(.failed("\(error)"), &state) }
  }

  private func commit(_ state: inout State) throws(OutboxError) {
    do {
      try state.headFile.commit(&state.head)
    } catch {
      throw fail(error.shortage == nil ? .failed("\(error)") : .diskFull("\(error)"), &state)
    }
  }

  private func fail(_ error: OutboxError, _ state: inout State) -> OutboxError {
    if case .diskFull = error { return error }
    state.failure = error
    return error
  }
}

extension OutboxHead {
  /// A new epoch that begins with the first event that is not acknowledged.
  mutating func renew(_ epoch: Epoch) {
    self.epoch = epoch
    base = acknowledgedThrough
    sentThrough = acknowledgedThrough
  }
}

extension Epoch {
  static func random() throws(SystemError) -> Epoch {
    Epoch(high: try SecureRandom.integer(), low: try SecureRandom.integer())
  }
}
