import Engine
import Platform
import Reports
import Synchronization

/// The *engine* thread: folds batches in the journal's order, says verdicts, and gives its changes when asked.
final class EngineStage: Sendable {
  enum Task: Sendable {
    case batch(Passage)
    /// Give what changed since the last time.
    case drain
    /// Have the state written into a folder.
    case snapshot(SnapshotFolder)
  }

  /// Tasks that are taken at once.
  private static let groupCount = 32
  /// Rows that are judged before the intake is told of them, where more are to be judged.
  private static let tellingRowCount = 256

  private struct Hand {
    var passages: [Passage] = []
    var rowCount = 0
  }

  let tasks: BoundedQueue<Task>
  let judged: BoundedQueue<Passage>
  let drained = BoundedQueue<Changes>(capacity: 1)
  let snapshots = BoundedQueue<Result<SnapshotFolder.Pending, SystemError>>(capacity: 1)
  private let engine: Owned<Engine>
  /// What is judged and not handed on yet.
  private let hand = Owned(Hand())
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
    var group: [Task] = []
    group.reserveCapacity(Self.groupCount)
    while tasks.pop(into: &group, limit: Self.groupCount) {
      for task in group { perform(task) }
      tell()
      group.removeAll(keepingCapacity: true)
    }
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
    tell()
    return true
  }

  /// Hands on what is judged.
  private func tell() {
    guard !hand.value.passages.isEmpty else { return }
    _ = judged.push(contentsOf: hand.value.passages)
    hand.value.passages.removeAll(keepingCapacity: true)
    hand.value.rowCount = 0
    bell.ring()
  }

  private func perform(_ task: Task) {
    meter.begin()
    switch task {
    case .batch(let passage):
      if passage.hashes.count > 0 {
        engine.value.apply(passage.batch, passage.hashes, at: passage.range, into: &passage.verdicts)
      } else {
        engine.value.apply(passage.batch, at: passage.range, into: &passage.verdicts)
      }
      pending.store(engine.value.pendingChangeCount, ordering: .relaxed)
      meter.record(eventCount: passage.batch.count)
      hand.value.passages.append(passage)
      hand.value.rowCount += passage.batch.count
      if hand.value.rowCount >= Self.tellingRowCount { tell() }
    case .drain:
      tell()
      _ = drained.push(engine.value.drain())
      meter.record()
    case .snapshot(let folder):
      tell()
      do { _ = snapshots.push(.success(try folder.begin(&engine.value))) } catch { _ = snapshots.push(.failure(error)) }
      meter.record()
    }
  }
}
