import Engine
import Reports
import SQLite

/// Lets go of what is older than is kept: after every set of changes the store holds what it would hold if it had kept everything and
/// looked through it at that watermark, however changes were cut into sets.
struct Retention: ~Copyable {
  private let table: RetentionTable
  private let clusterTexts: ExpiredTexts
  private let episodeTexts: ExpiredTexts
  private let summaries: ExpiredSummaries
  private let refusals: Statement
  private let counts: ExpiredCounts
}

extension Retention {
  /// Prepares the statements.
  init(limits: RetentionLimits, on connection: borrowing Connection) throws(SQLiteError) {
    try self.init(
      table: RetentionTable(limits: limits, on: connection), clusterTexts: ExpiredTexts(of: .cluster, on: connection),
      episodeTexts: ExpiredTexts(of: .episode, on: connection), summaries: ExpiredSummaries(on: connection),
      refusals: connection.prepare("DELETE FROM quarantine INDEXED BY quarantine_by_receipt WHERE received_at < ?1"),
      counts: ExpiredCounts(on: connection))
  }

  /// Writes the limits down, and lets go of what they do not allow at the watermark of the store as it is found.
  func begin(at watermark: Timestamp?, noting backlog: borrowing SideBacklog) throws(SQLiteError) {
    try table.writeLimits()
    try drop(before: table.bounds(at: watermark), noting: backlog)
  }

  /// Before which times nothing is kept at a watermark.
  func bounds(at watermark: Timestamp?) throws(SQLiteError) -> RetentionTable.Bounds { try table.bounds(at: watermark) }

  /// Lets go of what is older, and has the side tables told.
  ///
  /// - Complexity: O(log n) where nothing is due; O(keywords log n) where the counts' bound has moved on, which it does once a day.
  func drop(before bounds: RetentionTable.Bounds, noting backlog: borrowing SideBacklog) throws(SQLiteError) {
    if let bound = bounds.texts {
      try clusterTexts.drop(before: bound)
      try episodeTexts.drop(before: bound)
      try refusals.bind(bound.microseconds, at: 1)
      try refusals.run()
    }
    if let bound = bounds.counts, bounds.hasMovedCounts { try counts.drop(before: bound) }
    if let bound = bounds.summaries { try summaries.drop(before: bound, noting: backlog) }
  }
}
