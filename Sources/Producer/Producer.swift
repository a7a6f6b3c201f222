import Glibc
import Platform
import Reports
import Synchronization

/// Publishes report events to a Tocsin aggregator: each is on this machine's disk before it is sent, and stays there until the
/// aggregator has it on its own.
///
/// A thread of its own owns the socket and calls the callbacks; every method may be called from any thread. What `publish` has
/// returned for survives the end of the process, however it ends; what was there before `synchronize` returned survives a loss of
/// power too. A producer that is made for the same outbox again goes on where the last one stopped.
///
/// Memory is bounded: beside `fixedByteCount` it holds at most `ProducerSettings.windowByteCount`, whatever is published and
/// whatever the aggregator does; the rest is on the disk, at most `ProducerSettings.outboxByteCount`.
///
/// A producer that is let go without `close` stops sending; its outbox keeps what it held.
public final class Producer: Sendable {
  /// Bytes of memory that a producer needs at most beside its window: chunks of segments that are read, the batch on its way and
  /// what is written.
  public static let fixedByteCount = 24 << 20
  /// Bytes of one event at most.
  public static let eventByteCount = Limits.eventByteCount
  /// Bytes of a checkpoint at most.
  public static let checkpointByteCount = OutboxHead.checkpointByteCount

  private let core: ProducerCore
  private let thread: Mutex<Thread?>

  /// Opens an outbox, or makes one, and begins to send what it holds.
  ///
  /// - Parameters:
  ///   - endpoint: where the aggregator listens, as `tcp://127.0.0.1:7737` or `ipc:///run/tocsin`. Nobody needs to listen yet.
  ///   - name: this producer's name in the aggregator's ledger, 1 to 128 bytes without control characters.
  ///   - directory: the outbox's folder, made where it is missing (0700). One process has it at a time.
  ///   - settings: how much it gathers, holds and waits.
  ///   - onVerdict: called for every event of this run once, in order, on the producer's thread. It should be quick: nothing is
  ///     sent meanwhile. It may publish; it may not wait.
  ///   - onNotice: called for what was mended by itself; those of the opening come before this returns, on the calling thread.
  /// - Throws: `ProducerError.outbox` where the outbox is held, damaged or of a later version; `.network` where the endpoint is
  ///   malformed; `.system`.
  /// - Complexity: O(bytes in the outbox).
  public init(
    endpoint: String, name: String, outbox directory: String, settings: ProducerSettings = ProducerSettings(),
    onVerdict: (@Sendable (Verdict) -> Void)? = nil, onNotice: (@Sendable (Notice) -> Void)? = nil
  ) throws(ProducerError) {
    _ = try Link(to: endpoint, settings.credentials)
    let core = try ProducerCore(
      endpoint: endpoint, name: name, directory: directory, settings: settings, onVerdict: onVerdict, onNotice: onNotice)
    self.core = core
    do {
      thread = Mutex(try Thread(name: "producer") { core.run() })
    } catch {
      throw .system("\(error)")
    }
  }

  deinit { core.stop() }

  // MARK: Publishing

  /// Takes one event: a CloudEvent of docs/wire.md as JSON on one line, without the line feed.
  ///
  /// - Returns: its number, which counts the events of this outbox from 1 and is never given twice.
  /// - Throws: `malformedEvent` where it is empty, too long or has more lines; `outbox(.full)` where the outbox is full and the
  ///   settings say not to wait; `outbox(.diskFull)`; in all of these cases nothing was taken. `outbox(.failed)`, `closed`, and
  ///   whatever has ended the sending.
  /// - Complexity: O(bytes) and one write to the page cache.
  @discardableResult
  public func publish(_ event: [UInt8]) throws(ProducerError) -> UInt64 { try publish(contentsOf: [event]) }

  /// The same, for text in UTF-8.
  @discardableResult
  public func publish(_ event: String) throws(ProducerError) -> UInt64 { try publish(Array(event.utf8)) }

  /// Takes events that are kept together or not at all: at most 4,096 of them, and a quarter of the outbox's limit.
  ///
  /// - Parameters:
  ///   - events: each as `publish(_:)` takes it.
  ///   - checkpoint: up to 63 bytes of the caller's own, such as how far a file was read. The newest one is kept with the events it
  ///     came with, so that after a crash reading goes on exactly behind what is in the outbox.
  /// - Returns: the number of the last event; those before it precede it one by one. Without events, the last number given.
  /// - Throws: as `publish(_:)`, `batchOutOfBounds` and `checkpointTooLong`.
  @discardableResult
  public func publish(contentsOf events: [[UInt8]], checkpoint: [UInt8]? = nil) throws(ProducerError) -> UInt64 {
    guard !events.isEmpty else { return lastNumber }
    var body: [UInt8] = []
    body.reserveCapacity(events.reduce(events.count) { $0 + $1.count })
    for (index, event) in events.enumerated() {
      guard !event.isEmpty else { throw .malformedEvent(index: index, "it is empty") }
      guard event.count <= Limits.eventByteCount else {
        throw .malformedEvent(index: index, "\(event.count) bytes, an event is limited to \(Limits.eventByteCount)")
      }
      guard !event.contains(UInt8(ascii: "\n")) else { throw .malformedEvent(index: index, "it has a line feed in it") }
      body += event
      body.append(UInt8(ascii: "\n"))
    }
    return try publish(body: body, count: events.count, checkpoint: checkpoint)
  }

  /// The same for lines that were checked: each not empty and ended by a line feed.
  package func publish(body: [UInt8], count: Int, checkpoint: [UInt8]?) throws(ProducerError) -> UInt64 {
    guard count <= Limits.batchEventCount, body.count <= Limits.batchByteCount else {
      throw .batchOutOfBounds(count: count, byteCount: body.count)
    }
    if let checkpoint, checkpoint.count > OutboxHead.checkpointByteCount {
      throw .checkpointTooLong(byteCount: checkpoint.count)
    }
    return try core.append(body, count: count, checkpoint: checkpoint)
  }

  /// The newest checkpoint that came with an event in this outbox; empty where none has.
  public var checkpoint: [UInt8] { core.outbox.checkpoint }

  /// The number of the last event that this outbox has taken; 0 before the first.
  public var lastNumber: UInt64 { core.outbox.lastNumber }

  /// Waits until everything published so far is on the disk, also for a loss of power. Many callers share one wait.
  ///
  /// What is sent is synced before, so that this is for those who must know at once.
  /// - Throws: `outbox(.failed)` where the disk failed; the outbox is then at its end.
  public func synchronize() throws(ProducerError) {
    do { try core.outbox.synchronize() } catch { throw .outbox(error) }
  }

  // MARK: What became of it

  /// What is known of the events that were in the outbox at the start or were published since.
  public var summary: Summary { core.summary }

  /// Waits until everything published so far is acknowledged. What is not stays in the outbox and is sent on.
  ///
  /// - Parameter deadlineMilliseconds: how long to wait; nil is for ever.
  /// - Returns: whether it is.
  /// - Throws: whatever has ended the sending; `calledFromCallback`.
  public func flush(deadlineMilliseconds: UInt64? = nil) throws(ProducerError) -> Bool {
    try core.wait(forAcknowledgementOf: core.outbox.lastNumber, until: Self.time(in: deadlineMilliseconds))
  }

  /// Takes nothing more, waits as `flush`, says goodbye to the aggregator and gives the outbox free. It may be called again.
  ///
  /// - Returns: the last summary; what is `outstanding` in it is sent by the next producer of this outbox.
  /// - Throws: as `flush`; closed it is all the same, but for `calledFromCallback`.
  @discardableResult
  public func close(deadlineMilliseconds: UInt64? = nil) throws(ProducerError) -> Summary {
    try core.checkIsNotCallback()
    core.state.withLock { $0.isClosed = true }
    guard let thread = self.thread.withLock({ $0.take() }) else { return core.summary }
    let deadline = Self.time(in: deadlineMilliseconds)
    let waited: Result<Bool, ProducerError>
    do throws(ProducerError) {
      waited = .success(try core.wait(forAcknowledgementOf: core.outbox.lastNumber, until: deadline))
    } catch {
      waited = .failure(error)
    }
    core.stop()
    thread.join()
    core.release()
    _ = try waited.get()
    return core.summary
  }

  private static func time(in milliseconds: UInt64?) -> UInt64? {
    milliseconds.map { Clock.monotonicNanoseconds() + min($0, 1 << 40) * 1_000_000 }
  }
}
