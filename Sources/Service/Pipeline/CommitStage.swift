import Journal
import Platform
import Synchronization

/// The *commit* thread: syncs the journal, one group after the other, while the others go on.
final class CommitStage: Sendable {
  private let synchronizer: JournalSynchronizer
  private let targets = BoundedQueue<UInt64>(capacity: 1)
  private let bell: Bell
  private let failure = Mutex<ServiceError?>(nil)
  private let meter = Meter()

  init(synchronizer: JournalSynchronizer, bell: Bell) {
    self.synchronizer = synchronizer
    self.bell = bell
  }

  /// Asks for everything before `position` to be synced soon. One request may wait; it covers what is written until it is served.
  func request(_ position: UInt64) { _ = targets.tryPush(position) }

  /// Everything before this position is on the disk.
  var syncedPosition: UInt64 { synchronizer.syncedPosition }

  /// Why nothing more can be promised; nil while all is well.
  var fault: ServiceError? { failure.withLock { $0 } }

  func run() {
    while let target = targets.pop() { sync(upTo: target) }
  }

  /// Does what is asked for at the moment, without waiting; false where nothing is.
  func step() -> Bool {
    guard let target = targets.tryPop() else { return false }
    sync(upTo: target)
    return true
  }

  private func sync(upTo target: UInt64) {
    meter.begin()
    do {
      try synchronizer.sync(upTo: target)
    } catch {
      // What was not synced was not acknowledged. The service ends; a new start reads what the disk really holds.
      failure.withLock { $0 = ServiceError("\(error)") }
      Log.write(.error, "the journal could not be synced; stopping", ["reason": error])
    }
    meter.record()
    bell.ring()
  }

  /// What the manager of the service looks at.
  var pulse: Pulse.Stage {
    Pulse.Stage(name: "commit", hasWork: meter.isWorking || targets.count > 0, turns: meter.turns)
  }

  func close() { targets.close() }
}
