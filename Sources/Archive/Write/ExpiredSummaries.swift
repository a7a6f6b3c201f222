import Engine
import Reports
import SQLite

/// Takes away closed summaries of which nothing has been reported for long enough, with all that belongs to them.
///
/// An episode goes with its incident. An incident stays as long as something that stays names it: a cluster one of its episodes, or
/// another incident as what explains it. So whatever a summary names is there.
struct ExpiredSummaries: ~Copyable {
  private let dueClusters: Statement
  private let dueIncidents: Statement
  private let episodesOf: Statement
  private let clusters: SummaryRemoval
  private let incidents: SummaryRemoval
  private let episodes: SummaryRemoval
}

extension ExpiredSummaries {
  /// Prepares the statements.
  init(on connection: borrowing Connection) throws(SQLiteError) {
    func due(_ kind: SummaryKind) -> String {
      let name = kind.rawValue
      return "SELECT id FROM \(name) AS c INDEXED BY \(name)_by_recency WHERE c.last_report_at < ?1 AND c.state = 'closed'"
    }
    try self.init(
      dueClusters: connection.prepare(due(.cluster)),
      dueIncidents: connection.prepare(
        """
        \(due(.incident))
          AND NOT EXISTS (SELECT 1 FROM incident AS o WHERE o.explained_by = c.id AND o.id <> c.id)
          AND NOT EXISTS (SELECT 1 FROM episode AS e CROSS JOIN cluster AS o ON o.episode = e.id WHERE e.incident = c.id)
        """),
      episodesOf: connection.prepare("SELECT id FROM episode WHERE incident = ?1"),
      clusters: SummaryRemoval(of: .cluster, on: connection), incidents: SummaryRemoval(of: .incident, on: connection),
      episodes: SummaryRemoval(of: .episode, on: connection))
  }

  /// Takes away what was last reported on before a time.
  ///
  /// - Complexity: O(log n) where none is due, and some searches for each that only stays since it is named.
  func drop(before bound: Timestamp, noting backlog: borrowing SideBacklog) throws(SQLiteError) {
    try dueClusters.bind(bound.microseconds, at: 1)
    for id in try ids(dueClusters) { try clusters.remove(id, noting: backlog) }
    // One that goes may be the last that named another.
    while true {
      try dueIncidents.bind(bound.microseconds, at: 1)
      let due = try ids(dueIncidents)
      if due.isEmpty { return }
      for id in due {
        try episodesOf.bind(text: id, at: 1)
        for episode in try ids(episodesOf) { try episodes.remove(episode, noting: backlog) }
        try incidents.remove(id, noting: backlog)
      }
    }
  }

  private func ids(_ select: borrowing Statement) throws(SQLiteError) -> [[UInt8]] {
    var ids: [[UInt8]] = []
    while try select.step() { ids.append(select.bytes(0) ?? []) }
    select.reset()
    return ids
  }
}
