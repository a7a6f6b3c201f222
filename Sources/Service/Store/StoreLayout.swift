import Platform

/// Where things lie in a store's folder.
package struct StoreLayout: Sendable {
  package let directory: String

  /// Segments of the journal.
  package var journal: String { directory + "/journal" }
  /// What the engine held at positions of the journal.
  package var snapshots: String { directory + "/snapshots" }
  /// The SQLite file that the query commands open.
  package var summaries: String { directory + "/summaries.sqlite" }
  /// Who this store is, and its secrets: mode 0600.
  package var identity: String { directory + "/identity" }
  /// Where the aggregator that has the store listens.
  package var endpoint: String { directory + "/endpoint" }
  /// How often what was refused that never became an event.
  package var refusals: String { directory + "/refusals" }

  package init(directory: String) { self.directory = directory }
}

extension StoreLayout {
  /// Waits until every transaction that was committed so far is on the disk: SQLite itself does not, in its mode NORMAL.
  ///
  /// Only the write-ahead log is looked at: to open the database beside SQLite and to close it again would take SQLite's locks away.
  func synchronizeSummaries() throws(SystemError) {
    let log = summaries + "-wal"
    guard FileSystem.exists(log) else { return }
    try File(log, .read).synchronize()
    try FileSystem.synchronizeDirectory(directory)
  }
}
