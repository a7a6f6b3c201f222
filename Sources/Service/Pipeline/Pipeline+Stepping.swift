import Journal

/// The stages of a pipeline without threads, driven by whoever owns it: each step does what its thread would do next, and returns
/// instead of waiting.
extension Pipeline {
  /// Syncs what was asked for; false where nothing was.
  package func stepCommit() -> Bool { commit.step() }

  /// Folds one batch, or gives the changes that were asked for; false where there is nothing to do.
  package func stepEngine() -> Bool { engine.step() }

  /// Asks for changes, or stores those that have come; false where nothing is due at `now`, in milliseconds.
  package func stepArchive(at now: UInt64) -> Bool { archive.step(at: now) }

  /// Has a snapshot of the engine written, or commits one that was; false where nothing has come since the last.
  ///
  /// - Parameter synchronizeSummaries: waits until the summaries are on the disk.
  /// - Throws: where that or the snapshot's own disk fails: the snapshot is not there then, and nothing else is lost.
  package func stepSnapshot(synchronizeSummaries: () throws -> Void) throws -> Bool {
    try snapshots.step(synchronizeSummaries: synchronizeSummaries)
  }

  /// Whether everything that was taken is durable, judged and in the summaries.
  package var isStored: Bool { underWayCount == 0 && archive.storedPosition == writer.writtenPosition }
}
