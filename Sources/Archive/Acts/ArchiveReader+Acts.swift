package import Engine
package import Reports
import SQLite

/// Incidents as analysts have left them.
package struct IncidentList: Equatable, Sendable {
  package internal(set) var rows: [IncidentRow] = []
  package internal(set) var passed = PassedOver()
}

/// A silence and what has become of it.
package struct SilenceRow: Equatable, Sendable {
  package let silence: Silence
  /// Where it ends or has ended: the earliest of what was said, an analyst's end, and its lapse.
  package let endsAt: Timestamp
  /// Whether it lapsed and nobody has acted since.
  package let isLapsed: Bool
  /// How many incidents it hides that would be listed if there were no silence.
  package let hiddenCount: Int
}

extension ArchiveReader {
  /// The incidents that a filter and what analysts did admit, in the filter's order, with what was done to each.
  ///
  /// - Complexity: as `incidents(_:)`, and some searches for each row that is walked.
  package func incidents(_ filter: ClusterFilter, _ acts: ActFilter) throws(ArchiveError) -> IncidentList {
    try snapshot { () throws(ArchiveError) in
      var list = IncidentList()
      var board = try storing { () throws(SQLiteError) in try ActBoard(acts, on: connection) }
      let rows = try listInSnapshot(.incident, filter) {
        IncidentRow($0)
      } place: {
        $0.summary.centroid
      } choose: { (row: inout IncidentRow) throws(SQLiteError) in
        row.acts = try board.acts(on: row, self)
        return list.passed.admits(row.acts, acts)
      }
      list.rows = try storing { () throws(SQLiteError) in try withKeywords(rows) }
      list.passed.leaveOut(list.rows.map(\.summary.id))
      return list
    }
  }

  /// Whether anybody has done anything yet.
  package func hasActs() throws(ArchiveError) -> Bool {
    try storing { () throws(SQLiteError) in try connection.integer("SELECT 1 FROM act LIMIT 1") != nil }
  }

  /// The names that the audit knows, of those who acted and of those to whom something was assigned: ascending.
  package func analysts() throws(ArchiveError) -> [String] {
    try storing { () throws(SQLiteError) in
      let select = try connection.prepare(
        "SELECT object FROM act WHERE verb = 'assign' UNION SELECT analyst FROM act WHERE analyst <> '\(Act.nobody)' ORDER BY 1")
      var names: [String] = []
      while try select.step() { if let name = select.text(0) { names.append(name) } }
      return names
    }
  }

  /// The act that was done first; nil where none was.
  package func firstAct() throws(ArchiveError) -> Act? {
    try storing { () throws(SQLiteError) in
      let select = try connection.prepare("SELECT \(LastActs.columns) FROM act ORDER BY number LIMIT 1")
      return try select.step() ? Act(select) : nil
    }
  }

  /// A summary with what analysts have made of it; episodes and clusters stay as they are.
  package func withActs(_ detail: SummaryDetail, _ filter: ActFilter) throws(ArchiveError) -> SummaryDetail {
    guard case .incident(var incident) = detail else { return detail }
    return try snapshot { () throws(ArchiveError) in
      try storing { () throws(SQLiteError) in
        var board = try ActBoard(filter, on: connection)
        incident.row.acts = try board.acts(on: incident.row, self)
        return .incident(incident)
      }
    }
  }

  /// The audit in its order: all of it, or what concerns one incident, under whichever of its ids.
  ///
  /// - Parameters:
  ///   - id: of an incident that is there, or one that is not any more.
  ///   - limit: the latest so many.
  package func acts(
    on id: ClusterID? = nil, analyst: String? = nil, since: Timestamp? = nil, until: Timestamp? = nil, limit: Int? = nil
  ) throws(ArchiveError) -> [Act] {
    try snapshot { () throws(ArchiveError) in
      try storing { () throws(SQLiteError) in
        let columns = LastActs.columns
        let source =
          id == nil
          ? "SELECT \(columns) FROM act"
          : """
          \(LastActs.parts())
          SELECT \(columns) FROM act AS a
          WHERE a.number IN (SELECT b.number FROM part AS p CROSS JOIN act AS b ON b.id = p.id WHERE b.kind = 'incident'
            UNION SELECT b.number FROM part AS p CROSS JOIN act AS b ON b.object = p.id WHERE b.verb IN ('merge', 'unmerge'))
          """
        let select = try connection.prepare(
          """
          SELECT \(columns) FROM (\(source))
          WHERE (?2 IS NULL OR analyst = ?2) AND (?3 IS NULL OR at >= ?3) AND (?4 IS NULL OR at < ?4) ORDER BY number DESC
          """)
        try select.bind([
          .id(id), analyst.map { .text(Array($0.utf8)) } ?? .null, .time(since), .time(until),
        ])
        var acts: [Act] = []
        while acts.count < limit ?? .max, try select.step() {
          if let act = Act(select) { acts.append(act) }
        }
        return acts.reversed()
      }
    }
  }

  /// The ids that acts name and that begin with a text, ascending, at most as many as an ambiguous answer names.
  package func actedIDs(beginning prefix: String) throws(ArchiveError) -> [ClusterID] {
    try snapshot { () throws(ArchiveError) in
      try storing { () throws(SQLiteError) in
        let select = try connection.prepare(
          """
          SELECT id FROM act WHERE kind = 'incident' AND id >= ?1 AND id < ?2
          UNION SELECT object FROM act WHERE verb IN ('merge', 'unmerge') AND object >= ?1 AND object < ?2
          ORDER BY 1 LIMIT \(SummaryLookup.ambiguousCount)
          """)
        try select.bind(prefix.lowercased(), at: 1)
        try select.bind(prefix.lowercased() + "~", at: 2)
        var ids: [ClusterID] = []
        while try select.step() {
          if let id = ClusterID(select.text(0) ?? "") { ids.append(id) }
        }
        return ids
      }
    }
  }

  /// What holds each id now; nil where nothing does any more, as after other settings.
  package func liveIncidents(of ids: some Sequence<ClusterID>) throws(ArchiveError) -> [ClusterID: ClusterID] {
    try snapshot { () throws(ArchiveError) in
      try storing { () throws(SQLiteError) in
        let live = try LiveIncidents(on: connection)
        var answer: [ClusterID: ClusterID] = [:]
        for id in ids where answer[id] == nil { answer[id] = try live.incident(of: id) }
        return answer
      }
    }
  }

  /// Every silence with what has become of it, ascending by number.
  package func silences(_ filter: ActFilter) throws(ArchiveError) -> [SilenceRow] {
    try snapshot { () throws(ArchiveError) in
      try storing { () throws(SQLiteError) in
        var board = try ActBoard(filter, on: connection)
        var rows: [SilenceRow] = []
        for silence in board.silences {
          rows.append(try row(silence, &board, hiddenCount: try board.hidden(by: silence, self).count))
        }
        return rows
      }
    }
  }

  /// The silences that have lapsed before their end has come, and that nobody has written down: ascending by number, without what
  /// they hide.
  package func lapsedSilences(_ filter: ActFilter) throws(ArchiveError) -> [SilenceRow] {
    try snapshot { () throws(ArchiveError) in
      try storing { () throws(SQLiteError) in
        var board = try ActBoard(filter, on: connection)
        var rows: [SilenceRow] = []
        for silence in board.silences where silence.endedAt == nil && silence.endsAt > board.now {
          let row = try row(silence, &board, hiddenCount: 0)
          if row.isLapsed { rows.append(row) }
        }
        return rows
      }
    }
  }

  /// How SQLite looks up what was done to one incident: the lines of EXPLAIN QUERY PLAN.
  package func planOfActs() throws(ArchiveError) -> [String] { try plan(LastActs.sql()) + plan(LastActs.sql(isEarlier: true)) }

  /// What a silence that is not stored would hide of what is listed now, the latest first.
  package func preview(
    _ silence: Silence, _ filter: ActFilter
  ) throws(ArchiveError) -> (row: SilenceRow, hidden: [IncidentRow]) {
    try snapshot { () throws(ArchiveError) in
      try storing { () throws(SQLiteError) in
        var stored = try ActBoard(filter, on: connection)
        var board = try ActBoard(filter, candidate: silence, on: connection)
        var hidden: [IncidentRow] = []
        let select = try connection.prepare("\(ListQuery.select(.incident)) WHERE c.id = ?1")
        for id in try board.hidden(by: silence, self) {
          try select.bind(id.description, at: 1)
          let found = try select.step() ? IncidentRow(select) : nil
          select.reset()
          guard var row = found else { continue }
          row.acts = try stored.acts(on: row, self)
          if row.acts.silence == nil { hidden.append(row) }
        }
        return (try row(silence, &board, hiddenCount: hidden.count), try withKeywords(hidden))
      }
    }
  }

  private func row(
    _ silence: Silence, _ board: inout ActBoard, hiddenCount: Int
  ) throws(SQLiteError) -> SilenceRow {
    let end = try board.end(of: silence, self)
    return SilenceRow(
      silence: silence, endsAt: end, isLapsed: silence.endedAt == nil && end < silence.endsAt, hiddenCount: hiddenCount)
  }

  /// The newest last report before a silence begins of what it is of; nil where there is none.
  package func latestBefore(_ silence: Silence, _ filter: ActFilter) throws(ArchiveError) -> Timestamp? {
    try snapshot { () throws(ArchiveError) in
      try storing { () throws(SQLiteError) in
        var board = try ActBoard(filter, candidate: silence, on: connection)
        let before = try incidents(under: silence, since: Timestamp(microseconds: .min)).filter {
          $0.isListed && $0.lastReportAt < silence.startsAt
        }
        for candidate in before.sorted(by: { $0.lastReportAt > $1.lastReportAt }) {
          if try board.isAbout(silence, candidate.id) { return candidate.lastReportAt }
        }
        return nil
      }
    }
  }

  /// The newest time that the store knows of reports.
  package func reportTime() throws(ArchiveError) -> Timestamp {
    try snapshot { () throws(ArchiveError) in
      try storing { () throws(SQLiteError) in try ActBoard.now(on: connection) }
    }
  }
}
