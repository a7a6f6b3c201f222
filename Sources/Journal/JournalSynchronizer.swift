import Platform
import Synchronization

/// What the commit thread holds of a journal: it syncs while the writer goes on appending. Safe to use from any thread.
///
/// After one failure it never succeeds again: the kernel may have dropped what it could not write, and would not say so twice.
package final class JournalSynchronizer: Sendable {
  private struct State {
    var file: any JournalFile
    var header: SegmentHeader
    var writtenPosition: UInt64
    var syncedPosition: UInt64
    var failure: JournalError?
  }

  private let storage: any JournalStorage
  private let state: Mutex<State>
  /// Held during a sync: of two at once, one could be told of a failure and the other of a success.
  private let turn = Mutex(())

  /// Begins with everything before `position` on the disk.
  init(storage: any JournalStorage, file: any JournalFile, header: SegmentHeader, position: UInt64) {
    self.storage = storage
    state = Mutex(State(file: file, header: header, writtenPosition: position, syncedPosition: position))
  }

  /// Gives back the room that is kept for the next segment: for whoever has met a full disk.
  package func giveRoomBack() { SegmentFile.removeSpare(in: storage) }

  /// Everything before this position is on the disk.
  package var syncedPosition: UInt64 { state.withLock { $0.syncedPosition } }

  /// Waits until everything before `position` is on the disk; what has been written meanwhile comes along.
  ///
  /// - Parameter position: at most the writer's `writtenPosition`.
  /// - Returns: the position before which everything is on the disk: at least the one asked for.
  /// - Throws: `JournalError.failed`, and the same at every later call.
  @discardableResult
  package func sync(upTo position: UInt64) throws(JournalError) -> UInt64 {
    try turn.withLock { _ throws(JournalError) in
      let now = state.withLock { $0 }
      precondition(position <= now.writtenPosition, "what is to be synced has been written")
      if let failure = now.failure { throw failure }
      if position <= now.syncedPosition { return now.syncedPosition }
      do throws(SystemError) {
        try now.file.synchronize()
      } catch {
        let failure = JournalError.failed(error)
        state.withLock { $0.failure = failure }
        // The page cache may show a later reader what never reached the disk. Nobody was promised it: cut it off if possible.
        try? now.file.truncate(to: now.header.offset(of: now.syncedPosition))
        throw failure
      }
      // The writer syncs a segment before it leaves it, so that all before this one is on the disk.
      state.withLock { $0.syncedPosition = now.writtenPosition }
      return now.writtenPosition
    }
  }

  /// The synced position, for the writer; throws where a sync has failed.
  func standing() throws(JournalError) -> UInt64 {
    let now = state.withLock { $0 }
    if let failure = now.failure { throw failure }
    return now.syncedPosition
  }

  /// Told by the writer that more has been written.
  func advance(to writtenPosition: UInt64) { state.withLock { $0.writtenPosition = writtenPosition } }

  /// Told by the writer that a new segment follows; everything before it is on the disk.
  func roll(to file: any JournalFile, header: SegmentHeader) {
    state.withLock {
      $0.file = file
      $0.header = header
    }
  }
}
