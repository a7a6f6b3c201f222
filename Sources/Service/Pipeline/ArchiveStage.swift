import Archive
import Engine
import Journal
import Platform
import Synchronization

/// The *archive* thread: asks the engine for its changes at intervals and stores them, never ahead of the journal on the disk.
final class ArchiveStage: Sendable {
  private let engine: EngineStage
  private let archive: Owned<ArchiveSink>
  private let synchronizer: JournalSynchronizer
  private let intervalMilliseconds: Int
  private let logWarningByteCount: UInt64
  private let fillsSidesMeanwhile: Bool
  private let stopping = BoundedQueue<Never>(capacity: 1)
  private let state: Mutex<State>
  /// Whether `shortage` says something: asked for by every message.
  private let hasShortage = Atomic<Bool>(false)
  private let bell: Bell
  private let schedule = Owned(Schedule())
  let meter = Meter()

  /// Where a driver that does not wait stands.
  private struct Schedule {
    var dueAt: UInt64 = 0
    var isAsked = false
    var changes: Changes?
  }

  private struct State {
    var shortage: String?
    var storedPosition: UInt64
    var fault: ServiceError?
    var isLogHeld = false
    /// Whether filling the side tables has failed: said once, and left to the next start.
    var sidesHaveFailed = false
    var fillsAllSides = false
  }

  /// How long to wait before a full disk is tried again.
  private static let retryMilliseconds = 500

  /// How much longer changes are gathered while a reader keeps the log from shrinking: each drain writes pages that it has written
  /// before into it once more.
  private static let heldLogFactor = 8

  /// Changes that are not gathered any longer once they are so many.
  private static let pendingChangeCount = 1 << 18

  /// Summaries that the side tables are told of in one transaction.
  private static let sideCount = 256

  /// Milliseconds that are taken at the end for what the side tables do not know of yet; the next start goes on.
  private static let lastSideMilliseconds: UInt64 = 1_000

  /// - Parameter fillsSidesMeanwhile: whether the side tables are told of what changes while it changes, and not only at the end.
  init(
    engine: EngineStage, archive: consuming ArchiveSink, synchronizer: JournalSynchronizer, intervalMilliseconds: Int,
    logWarningMebibytes: Int, fillsSidesMeanwhile: Bool, bell: Bell
  ) {
    self.engine = engine
    state = Mutex(State(storedPosition: archive.position))
    self.archive = Owned(archive)
    self.synchronizer = synchronizer
    self.intervalMilliseconds = intervalMilliseconds
    logWarningByteCount = UInt64(logWarningMebibytes) << 20
    self.fillsSidesMeanwhile = fillsSidesMeanwhile
    self.bell = bell
  }

  /// What keeps summaries from being stored, as a full disk does; nothing more should come in until that has passed.
  var shortage: String? { state.withLock { $0.shortage } }
  var isShort: Bool { hasShortage.load(ordering: .acquiring) }
  /// The journal position through which everything is stored.
  var storedPosition: UInt64 { state.withLock { $0.storedPosition } }
  /// Why the summaries cannot be written any more; nil while all is well.
  var fault: ServiceError? { state.withLock { $0.fault } }

  /// What the manager of the service looks at.
  var pulse: Pulse.Stage { Pulse.Stage(name: "archive", hasWork: meter.isWorking, turns: meter.turns) }

  /// Stores a last time, then ends `run`.
  ///
  /// - Parameter fillsSides: whether all that the side tables do not know of is told before; otherwise what a second allows.
  func stop(fillsSides: Bool = false) {
    state.withLock { $0.fillsAllSides = fillsSides }
    stopping.close()
  }

  /// How long changes are gathered.
  private var interval: Int { state.withLock { $0.isLogHeld } ? intervalMilliseconds * Self.heldLogFactor : intervalMilliseconds }

  func run() {
    var isLast = false
    var pause: UInt64 = 0
    while !isLast {
      isLast = gathers(milliseconds: max(pause, UInt64(interval))) == false
      guard engine.tasks.push(.drain), let changes = engine.drained.pop() else { return }
      var start = Clock.monotonicNanoseconds()
      while store(changes) == .full {
        guard waits(milliseconds: Self.retryMilliseconds) else { return }
        // What was waited for a disk is no measure of what storing takes.
        start = Clock.monotonicNanoseconds()
      }
      pause = Pace.pauseMilliseconds(afterNanoseconds: Clock.monotonicNanoseconds() - start)
      guard fault == nil else { return }
      fillSides(isLast: isLast)
    }
  }

  /// Does what is due at a time, without waiting: asks for changes, or stores those that have come. One driver calls it.
  ///
  /// - Parameter now: milliseconds from an arbitrary start.
  /// - Returns: whether something was done.
  func step(at now: UInt64) -> Bool {
    guard fault == nil, now >= schedule.value.dueAt else { return false }
    if schedule.value.changes == nil { schedule.value.changes = engine.drained.tryPop() }
    guard let changes = schedule.value.changes else {
      guard !schedule.value.isAsked else { return false }
      schedule.value.isAsked = engine.tasks.tryPush(.drain)
      return schedule.value.isAsked
    }
    if store(changes) == .full {
      schedule.value.dueAt = now + UInt64(Self.retryMilliseconds)
    } else {
      schedule.value = Schedule(dueAt: now + UInt64(interval))
      if fault == nil { fillSides(isLast: false) }
    }
    return true
  }

  /// Lets changes gather, until a time is over or there are many; false once the stage is to stop.
  private func gathers(milliseconds: UInt64) -> Bool {
    let slice = UInt64(max(1, intervalMilliseconds))
    var left = milliseconds
    while left > 0 {
      guard waits(milliseconds: Int(min(left, slice))) else { return false }
      left -= min(left, slice)
      if engine.pendingChangeCount >= Self.pendingChangeCount { break }
    }
    return true
  }

  /// Waits; false once the stage is to stop.
  private func waits(milliseconds: Int) -> Bool {
    if case .closed = stopping.pop(withinMilliseconds: milliseconds) { return false }
    return true
  }

  /// Says what is short; whether that is news.
  private func setShortage(_ shortage: String?) -> Bool {
    let before = state.withLock { state in
      defer { state.shortage = shortage }
      return state.shortage
    }
    hasShortage.store(shortage != nil, ordering: .releasing)
    if before != shortage { bell.ring() }
    return before != shortage
  }

  /// What there is too little of, where an error says so and it may pass.
  private static func shortage(_ error: any Error) -> String? {
    switch error {
    case ArchiveError.full: "the disk is full"
    case ArchiveError.sample(let cause): (cause as? JournalError)?.shortage
    default: nil
    }
  }

  /// Nothing more can be promised of the summaries: the service ends, and a new start makes them whole from the journal.
  func fail(_ reason: String) {
    state.withLock { $0.fault = $0.fault ?? ServiceError(reason) }
    Log.write(.error, "the summaries cannot be written; stopping", ["reason": reason])
    bell.ring()
  }

  /// Warns of a reader that keeps the write-ahead log from shrinking, once, and says when it is gone.
  private func watchLog() throws(ArchiveError) {
    let log = try archive.value.log(past: logWarningByteCount)
    let before = state.withLock { state in
      defer { state.isLogHeld = log.isHeld }
      return state.isLogHeld
    }
    if log.isHeld && !before {
      Log.write(
        .warning,
        "a reader keeps the summaries' write-ahead log from shrinking: end its transaction; changes are gathered longer",
        ["bytes": log.byteCount])
    } else if before && !log.isHeld {
      Log.write(.info, "the summaries' write-ahead log can shrink again", ["bytes": log.byteCount])
    }
  }

  /// Tells the side tables of what has changed, as long as nobody waits for the engine or for this thread.
  private func fillSides(isLast: Bool) {
    if state.withLock({ $0.sidesHaveFailed }) || !isLast && !fillsSidesMeanwhile { return }
    let end = isLast ? Clock.monotonicNanoseconds() / 1_000_000 + Self.lastSideMilliseconds : 0
    do throws(ArchiveError) {
      while isLast
        ? state.withLock({ $0.fillsAllSides }) || Clock.monotonicNanoseconds() / 1_000_000 < end : engine.tasks.count == 0
      {
        meter.begin()
        let count = try archive.value.fillSides(count: Self.sideCount)
        meter.record()
        if count < Self.sideCount { return }
        if !isLast, waits(milliseconds: 0) == false { return }
      }
    } catch {
      // Nothing that was said is lost: whoever searches looks at the backlog.
      if error.isFull { return }
      state.withLock { $0.sidesHaveFailed = true }
      Log.write(
        .warning, "the side tables for searches cannot be filled; searches look at more until the next start", ["reason": error])
    }
  }

  private enum Outcome { case stored, full, failed }

  /// Stores changes where the disk has room for them.
  private func store(_ changes: Changes) -> Outcome {
    guard changes.throughPosition > archive.value.position else { return .stored }
    meter.begin()
    defer { meter.record() }
    do {
      try synchronizer.sync(upTo: changes.throughPosition)
      try archive.value.store(changes)
      state.withLock { $0.storedPosition = changes.throughPosition }
      if setShortage(nil) { Log.write(.info, "the summaries can be written again") }
      try watchLog()
      return .stored
    } catch {
      guard let shortage = Self.shortage(error) else {
        fail("\(error)")
        return .failed
      }
      synchronizer.giveRoomBack()
      if setShortage(shortage) {
        Log.write(.error, "\(shortage): summaries wait, nothing more is taken until that passes", ["reason": "\(error)"])
      }
      return .full
    }
  }
}
