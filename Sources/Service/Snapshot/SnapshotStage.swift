import Journal
import Platform
import Synchronization

/// The *snapshot* thread: has the engine taken down whenever a restart would take too long, and lets go of what no restart needs.
///
/// A restart reads the newest snapshot and folds what the journal holds after it, at the speed at which it was folded before: so
/// the processor time that the engine has spent since then tells how long that takes.
final class SnapshotStage: Sendable {
  /// How much of the recovery time may be folding; the rest is reading, and what chance brings.
  private static let foldShare = 0.6
  /// Bytes a second that a snapshot is read at, at least.
  private static let bytesPerSecond = 250e6
  private static let intervalMilliseconds = 100
  /// Snapshots follow each other no closer, however little time recovery may take.
  private static let leastNanoseconds: UInt64 = 1_000_000_000

  private let engine: EngineStage
  private let archive: ArchiveStage
  private let synchronizer: JournalSynchronizer
  private let layout: StoreLayout
  private let folder: SnapshotFolder
  private let retention: JournalRetention
  private let recoveryNanoseconds: UInt64
  private let stopping = BoundedQueue<Never>(capacity: 1)
  private let state: Mutex<State>

  private struct State {
    /// Processor time of the engine's thread when it was last taken down; what a start has folded before counts as less than none.
    var foldedAt: Int64
    /// Where in the journal that was.
    var position: UInt64
    var stateByteCount: UInt64
    /// Processor time of the engine's thread while the last one was written: what a start has to fold beside the rest where the
    /// next one is cut short.
    var writingNanoseconds: UInt64 = 0
    var endedAt: UInt64 = 0
    var writer: ChildProcess?
    /// Whether a driver that does not wait has asked for one that has not come yet.
    var isAsked = false
  }

  init(
    engine: EngineStage, archive: ArchiveStage, synchronizer: JournalSynchronizer, layout: StoreLayout, folder: SnapshotFolder,
    retention: JournalRetention, recoverySeconds: Int, recovered: Recovered
  ) {
    self.engine = engine
    self.archive = archive
    self.synchronizer = synchronizer
    self.layout = layout
    self.folder = folder
    self.retention = retention
    recoveryNanoseconds = UInt64(recoverySeconds) * 1_000_000_000
    state = Mutex(
      State(
        foldedAt: -Int64(recovered.foldNanoseconds), position: recovered.snapshotPosition,
        stateByteCount: recovered.stateByteCount))
  }

  /// What a start has done to get where it is.
  struct Recovered: Sendable {
    /// Of the snapshot that it began with; zero without one.
    var snapshotPosition: UInt64 = 0
    var stateByteCount: UInt64 = 0
    var foldNanoseconds: UInt64 = 0
  }

  /// Takes no more snapshots, and does not wait for one that is being written.
  func stop() {
    stopping.close()
    state.withLock { $0.writer?.kill() }
  }

  func run() {
    while !isStopping(after: Self.intervalMilliseconds) {
      guard isDue else { continue }
      guard engine.tasks.push(.snapshot(folder)), let begun = engine.snapshots.pop() else { return }
      switch begun {
      case .success(let pending): finish(pending)
      case .failure(let error): fail(error)
      }
      state.withLock { $0.endedAt = Clock.monotonicNanoseconds() }
    }
  }

  private func isStopping(after milliseconds: Int) -> Bool {
    if case .closed = stopping.pop(withinMilliseconds: milliseconds) { return true }
    return false
  }

  private var isDue: Bool {
    let now = Int64(engine.meter.threadNanoseconds)
    return state.withLock { state in
      guard synchronizer.syncedPosition > state.position, Clock.monotonicNanoseconds() - state.endedAt >= Self.leastNanoseconds
      else { return false }
      let reading = Double(state.stateByteCount) / Self.bytesPerSecond * 1e9
      let folding = max(
        0.1 * Double(recoveryNanoseconds),
        Self.foldShare * Double(recoveryNanoseconds) - reading - Double(state.writingNanoseconds))
      return Double(now - state.foldedAt) > folding
    }
  }

  /// Waits for a snapshot's writer, and gives it its name.
  private func finish(_ pending: SnapshotFolder.Pending) {
    let foldedAt = Int64(engine.meter.threadNanoseconds)
    if let writer = pending.writer {
      state.withLock { $0.writer = writer }
      if isStopping(after: 0) { writer.kill() }
      let code = writer.wait()
      state.withLock { $0.writer = nil }
      guard code == 0 else {
        folder.discard(pending)
        // Whoever stops has killed it.
        guard !isStopping(after: 0) else { return }
        return fail(SystemError(operation: "write", subject: "a snapshot in \(folder.storage.location)", errno: code))
      }
    }
    do {
      while archive.storedPosition < pending.header.drainedPosition {
        guard !isStopping(after: Self.intervalMilliseconds) else { return folder.discard(pending) }
      }
      try commit(pending, layout.synchronizeSummaries)
      let writing = Int64(engine.meter.threadNanoseconds) - foldedAt
      state.withLock { state in
        state.writingNanoseconds = UInt64(max(0, writing))
        state.foldedAt = foldedAt
        state.position = pending.header.position
        state.stateByteCount = pending.header.stateByteCount
      }
    } catch {
      folder.discard(pending)
      fail(error)
    }
  }

  /// Gives a snapshot its name once all that it stands on is on the disk, and lets go of what it makes superfluous.
  private func commit(_ pending: SnapshotFolder.Pending, _ synchronizeSummaries: () throws -> Void) throws {
    try synchronizer.sync(upTo: pending.header.position)
    // A start could not go on from it where a loss of power had taken from the summaries what had been given out.
    do { try synchronizeSummaries() } catch {
      // What SQLite has written there may be gone now, or show and be gone later: the next start reads what there is. Where it did
      // not come to a sync, nothing is.
      if (error as? SystemError)?.shortage == nil { archive.fail("the summaries could not be synced: \(error)") }
      throw error
    }
    try folder.commit(pending)
    let pause = pending.writer == nil ? "none" : "\(pending.pauseNanoseconds / 1_000_000)"
    Log.write(
      .info, "a snapshot of the engine is written",
      ["position": pending.header.position, "bytes": pending.header.stateByteCount, "pauseMilliseconds": pause])
    let kept = try folder.prune()
    guard kept.count > 1 else { return }
    // The older one must be able to go on, too.
    let folded = kept.reduce(UInt64.max) { min($0, $1.position) }
    let needed = kept.reduce(folded) { min($0, $1.oldestReferencedPosition) }
    let outcome = try retention.apply(folded: folded, needed: needed, now: Clock.wallMicroseconds())
    if let last = outcome.removed.last {
      Log.write(.info, "segments of the journal are no longer needed", ["count": outcome.removed.count, "last": last])
    }
    if outcome.erasedCount > 0 {
      Log.write(.info, "texts were erased from segments of the journal", ["count": outcome.erasedCount])
    }
  }

  /// Takes the engine down where something has come since the last time, without waiting: asks for it, or commits what has come.
  /// One driver calls it.
  ///
  /// - Parameter synchronizeSummaries: Waits until the summaries are on the disk.
  /// - Returns: whether something was done.
  func step(synchronizeSummaries: () throws -> Void) throws -> Bool {
    guard let begun = engine.snapshots.tryPop() else {
      return state.withLock { state in
        guard !state.isAsked, synchronizer.syncedPosition > state.position else { return false }
        state.isAsked = engine.tasks.tryPush(.snapshot(folder))
        return state.isAsked
      }
    }
    state.withLock { $0.isAsked = false }
    let pending = try begun.get()
    guard archive.storedPosition >= pending.header.drainedPosition else {
      folder.discard(pending)
      return true
    }
    try commit(pending, synchronizeSummaries)
    state.withLock { $0.position = pending.header.position }
    return true
  }

  /// Nothing is lost without a snapshot, only time at the next start.
  private func fail(_ error: any Error) {
    if (error as? SystemError)?.shortage != nil { synchronizer.giveRoomBack() }
    Log.write(.warning, "no snapshot could be taken; the next start will take longer", ["reason": "\(error)"])
  }

  /// Takes the engine down once its thread has ended, where a start would have something to fold.
  func takeLast() {
    let now = Int64(engine.meter.threadNanoseconds)
    let isWorthIt = state.withLock { state in
      synchronizer.syncedPosition > state.position && Double(now - state.foldedAt) > 0.02 * Double(recoveryNanoseconds)
    }
    guard isWorthIt else { return }
    do {
      let pending = try engine.takeDown(folder)
      guard archive.storedPosition >= pending.header.drainedPosition else { return folder.discard(pending) }
      try commit(pending, layout.synchronizeSummaries)
    } catch { fail(error) }
  }
}
