/// How far the summaries are behind the journal, for whoever watches a pipeline from another thread.
package struct StoringProgress: Sendable {
  let commit: CommitStage
  let archive: ArchiveStage

  /// Whether the summaries hold everything that is on the journal's disk, and so all that was acknowledged.
  package var isStored: Bool { archive.storedPosition >= commit.syncedPosition }
}

extension Pipeline {
  package var progress: StoringProgress { StoringProgress(commit: commit, archive: archive) }
}
