import Glibc
import Journal
import Platform
import Reports
import Synchronization
import Wire

/// What the thread that sends and the callers of a `Producer` share; it lives until that thread ends.
final class ProducerCore: Sendable {
  struct State {
    var summary = Summary()
    /// Batches that were sent again over the connections before this one.
    var resentBatches: UInt64 = 0
    var failure: ProducerError?
    var isClosed = false
    var isStopping = false
    var isEnded = false
    var owner: pthread_t?
  }

  let outbox: Outbox
  let settings: ProducerSettings
  let state = Mutex(State())
  /// The number of the first event that this run answers for.
  private let firstNumber: UInt64
  private let endpoint: String
  private let name: String
  private let lock: Mutex<FileLock?>
  private let onVerdict: (@Sendable (Verdict) -> Void)?
  private let onNotice: (@Sendable (Notice) -> Void)?

  init(
    endpoint: String, name: String, directory: String, settings: ProducerSettings,
    onVerdict: (@Sendable (Verdict) -> Void)?, onNotice: (@Sendable (Notice) -> Void)?
  ) throws(ProducerError) {
    var settings = settings.clamped
    let storage: FileStorage
    do { storage = try FileStorage(creating: directory) } catch { throw .system("\(error)") }
    let lock: FileLock
    do {
      lock = try FileLock(directory: directory)
    } catch {
      switch error {
      case .held(let path, let holder): throw .outbox(.held(path: path, process: holder))
      case .failed(let error): throw .system("\(error)")
      }
    }
    do {
      outbox = try Outbox(storage, name: name, limitByteCount: settings.outboxByteCount, renewing: settings.renewsEpoch) {
        () throws(SystemError) in
        try FileOrigin(path: directory + "/" + OutboxHeadFile.name)
      }
      if settings.jitterSeed == nil { settings.jitterSeed = try SecureRandom.integer() }
    } catch let error as OutboxError {
      throw .outbox(error)
    } catch {
      throw .system("\(error)")
    }
    self.endpoint = endpoint
    self.name = name
    self.settings = settings
    self.onVerdict = onVerdict
    self.onNotice = onNotice
    self.lock = Mutex(consume lock)
    firstNumber = outbox.acknowledgedThrough + 1
    for notice in outbox.notices { onNotice?(notice) }
  }

  // MARK: The thread that sends

  /// Sends until it is told to stop, or cannot go on.
  func run() {
    state.withLock { $0.owner = pthread_self() }
    do throws(ProducerError) {
      while try serve() {}
    } catch {
      state.withLock { $0.failure = error }
    }
    state.withLock {
      $0.isEnded = true
      $0.owner = nil
    }
    outbox.wakeAll()
  }

  /// One connection from its beginning to its end; whether another is to follow, under a new epoch.
  private func serve() throws(ProducerError) -> Bool {
    var connection = try ProducerConnection(endpoint: endpoint, name: name, outbox: outbox, settings: settings)
    let base = outbox.base
    connection.onSettlement = { self.settle($0, base: base) }
    do throws(ProducerError) {
      while !state.withLock({ $0.isStopping }) {
        _ = try connection.wait(forReadable: outbox.bell.descriptor)
        outbox.bell.drain()
        note(connection.summary.resentBatches)
      }
      if connection.isSettled, outbox.acknowledgedThrough == outbox.lastNumber { _ = try connection.finish() }
      return false
    } catch {
      note(connection.summary.resentBatches)
      guard let notice = error.renewal else { throw error }
      try renew(notice)
      state.withLock { $0.resentBatches = $0.summary.resentBatches }
      return true
    }
  }

  private func note(_ resentBatches: UInt64) {
    state.withLock { $0.summary.resentBatches = $0.resentBatches + resentBatches }
  }

  private func renew(_ notice: Notice) throws(ProducerError) {
    do { try outbox.renew() } catch { throw .outbox(error) }
    onNotice?(notice)
  }

  /// Counts what was answered for and calls back, an event at a time.
  private func settle(_ settlement: BatchSender.Settlement, base: UInt64) {
    let count = UInt64(settlement.sequences.count)
    state.withLock { state in
      guard let exceptions = settlement.exceptions else {
        state.summary.alreadyHeld += count
        return
      }
      state.summary.accepted += count - UInt64(exceptions.count)
      for exception in exceptions {
        switch exception.verdict {
        case .duplicate: state.summary.duplicate += 1
        case .late: state.summary.late += 1
        case .rejected: state.summary.rejected += 1
        }
      }
    }
    guard let onVerdict else { return }
    var rest = (settlement.exceptions ?? [])[...]
    for sequence in settlement.sequences {
      if let exception = rest.first, exception.sequence == sequence {
        rest.removeFirst()
        onVerdict(Verdict(number: base + sequence, exception))
      } else {
        onVerdict(Verdict(number: base + sequence, settlement.exceptions == nil ? .alreadyHeld : .accepted))
      }
    }
  }

  // MARK: The callers

  var summary: Summary {
    let last = outbox.lastNumber
    var summary = state.withLock { $0.summary }
    let settled = summary.accepted + summary.duplicate + summary.late + summary.rejected + summary.alreadyHeld
    summary.sent = max(last + 1 - firstNumber, settled)
    summary.outstanding = summary.sent - settled
    return summary
  }

  /// Throws where nothing more may be taken, or nothing more will be sent.
  func check() throws(ProducerError) {
    let (failure, isOver) = state.withLock { ($0.failure, $0.isClosed || $0.isEnded) }
    if let failure { throw failure }
    if isOver { throw .closed }
  }

  func checkIsNotCallback() throws(ProducerError) {
    guard state.withLock({ $0.owner }) != pthread_self() else { throw .calledFromCallback }
  }

  func append(_ body: [UInt8], count: Int, checkpoint: [UInt8]?) throws(ProducerError) -> UInt64 {
    guard UInt64(body.count) + 256 <= outbox.greatestRecordByteCount else {
      throw .batchOutOfBounds(count: count, byteCount: body.count)
    }
    while true {
      try check()
      let acknowledged = outbox.acknowledgedThrough
      do {
        return try outbox.append(body, count: count, checkpoint: checkpoint)
      } catch {
        guard case .full = error, settings.whenFull == .wait else { throw .outbox(error) }
      }
      try checkIsNotCallback()
      // Room comes with acknowledgements only, and what lingers brings none.
      outbox.hasten()
      defer { outbox.settle() }
      _ = try outbox.wait(until: nil) { through throws(ProducerError) -> Bool? in
        try check()
        return through > acknowledged ? true : nil
      }
    }
  }

  /// Whether everything up to a number was acknowledged before the time was over.
  func wait(forAcknowledgementOf number: UInt64, until deadline: UInt64?) throws(ProducerError) -> Bool {
    try checkIsNotCallback()
    outbox.hasten()
    defer { outbox.settle() }
    let isDone = try outbox.wait(until: deadline) { through throws(ProducerError) -> Bool? in
      if through >= number { return true }
      let (failure, isEnded) = state.withLock { ($0.failure, $0.isEnded) }
      if let failure { throw failure }
      if isEnded { throw .closed }
      return nil
    }
    return isDone ?? false
  }

  /// Has the thread end, without waiting for anything.
  func stop() {
    state.withLock {
      $0.isStopping = true
      $0.isClosed = true
    }
    outbox.bell.signal()
    outbox.wakeAll()
  }

  /// Gives the outbox free; the thread has ended.
  func release() {
    outbox.close()
    lock.withLock { $0 = nil }
  }
}
