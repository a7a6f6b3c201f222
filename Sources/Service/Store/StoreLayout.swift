/// Where things lie in a store's folder.
package struct StoreLayout: Sendable {
  package let directory: String

  /// Segments of the journal.
  package var journal: String { directory + "/journal" }
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
