import Engine
import Platform
import Reports
import Synchronization

/// The *engine* thread: folds batches in the journal's order, says verdicts, and gives its changes when asked.
final class EngineStage: Sendable {
  enum Task: Sendable {
    case batch(ReportBatch, Range<UInt64>)
    /// Give what changed since the last time.
    case drain
    /// Have the state written into a folder.
    case snapshot(SnapshotFolder)
  }

  struct Judged: Sendable {
    var range: Range<UInt64>
    var verdicts: [Verdict]
  }

  let tasks: BoundedQueue<Task>
  let judged: BoundedQueue<Judged>
  let drained = BoundedQueue<Changes>(capacity: 1)
  let snapshots = BoundedQueue<Result<SnapshotFolder.Pending, SystemError>>(capacity: 1)
  private let engine: Owned<Engine>
  private let bell: Bell
  private let pending = Atomic<Int>(0)
  let meter = Meter()

  /// - Parameter capacity: Batches that may be under way; neither queue can be the one that blocks the other.
  init(engine: consuming Engine, capacity: Int, bell: Bell) {
    self.engine = Owned(engine)
    self.bell = bell
    tasks = BoundedQueue(capacity: capacity + 2)
    judged = BoundedQueue(capacity: capacity + 2)
  }

  /// Changes that wait to be given out and do not replace one another.
  var pendingChangeCount: Int { pending.load(ordering: .relaxed) }

  /// What the manager of the service looks at.
  var pulse: Pulse.Stage {
    Pulse.Stage(name: "engine", hasWork: meter.isWorking || tasks.count > 0, turns: meter.turns)
  }

  /// Works until `tasks` is closed and empty.
  func run() {
    while let task = tasks.pop() { perform(task) }
    drained.close()
    snapshots.close()
  }

  /// Writes the state into a folder, once `run` has ended.
  func takeDown(_ folder: SnapshotFolder) throws(SystemError) -> SnapshotFolder.Pending {
    try folder.begin(&engine.value, mayFork: false)
  }

  /// Does one task, without waiting; false where there is none.
  func step() -> Bool {
    guard let task = tasks.tryPop() else { return false }
    perform(task)
    return true
  }

  private func perform(_ task: Task) {
    meter.begin()
    switch task {
    case .batch(let batch, let range):
      let verdicts = engine.value.apply(batch, at: range)
      pending.store(engine.value.pendingChangeCount, ordering: .relaxed)
      meter.record(eventCount: batch.count)
      _ = judged.push(Judged(range: range, verdicts: verdicts))
      bell.ring()
    case .drain:
      _ = drained.push(engine.value.drain())
      meter.record()
    case .snapshot(let folder):
      do { _ = snapshots.push(.success(try folder.begin(&engine.value))) } catch { _ = snapshots.push(.failure(error)) }
      meter.record()
    }
  }
}
