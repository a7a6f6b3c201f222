package import Engine
package import Reports
import SQLite

/// What was said at earlier times.
extension ArchiveReader {
  /// How far back the history goes, by kind.
  package func historyExtents() throws(ArchiveError) -> [HistoryExtent] {
    try snapshot { () throws(ArchiveError) in
      try storing { () throws(SQLiteError) in
        let select = try connection.prepare(
          "SELECT point_count, cut_number, latest_at, complete_since FROM history_state WHERE kind = ?1")
        var extents: [HistoryExtent] = []
        for kind in SummaryKind.allCases {
          try select.bind(kind.rawValue, at: 1)
          var extent = HistoryExtent(kind: kind)
          if try select.step() {
            var cursor = ColumnCursor()
            (extent.pointCount, extent.cutNumber) = (select.count(&cursor), select.count(&cursor))
            (extent.latestAt, extent.completeSince) = (select.optionalTime(&cursor), select.optionalTime(&cursor))
          }
          select.reset()
          extents.append(extent)
        }
        return extents
      }
    }
  }

  /// Everything that is kept of one id in order, and what was merged into it, in order.
  package func history(
    of id: ClusterID, _ kind: SummaryKind
  ) throws(ArchiveError) -> (points: [HistoryRow], absorbed: [HistoryRow]) {
    try snapshot { () throws(ArchiveError) in
      try storing { () throws(SQLiteError) in
        let query = HistoryQuery(kind: kind)
        func rows(_ sql: String) throws(SQLiteError) -> [HistoryRow] {
          let select = try connection.prepare(sql)
          try select.bind(id.description, at: 1)
          var rows: [HistoryRow] = []
          while try select.step() {
            if let row = HistoryRow(kind, select) { rows.append(row) }
          }
          return rows
        }
        return (try rows(query.ofID), try rows(query.absorbed))
      }
    }
  }

  /// Everything that is kept of one kind, in the order in which it was said.
  package func historyRows(_ kind: SummaryKind) throws(ArchiveError) -> [HistoryRow] {
    try snapshot { () throws(ArchiveError) in
      try storing { () throws(SQLiteError) in
        let select = try connection.prepare(HistoryQuery(kind: kind).all)
        var rows: [HistoryRow] = []
        while try select.step() {
          if let row = HistoryRow(kind, select) { rows.append(row) }
        }
        return rows
      }
    }
  }

  /// The ids that begin with a text and of which something was said, ascending, the merged among them.
  package func historyIDs(
    beginning prefix: String, among kinds: [SummaryKind], limit: Int
  ) throws(ArchiveError) -> [(kind: SummaryKind, id: ClusterID)] {
    try snapshot { () throws(ArchiveError) in
      try storing { () throws(SQLiteError) in
        var found: [(kind: SummaryKind, id: ClusterID)] = []
        for kind in kinds {
          let select = try connection.prepare(HistoryQuery(kind: kind).beginning)
          try select.bind(prefix, at: 1)
          // Past every digit of an id.
          try select.bind(prefix + "~", at: 2)
          try select.bind(Int64(limit), at: 3)
          while try select.step() {
            if let id = ClusterID(select.text(0) ?? "") { found.append((kind, id)) }
          }
        }
        return found
      }
    }
  }

  /// What `incidents`, `episodes` or `clusters` would have given at a moment of event time, as of the last tick before it.
  ///
  /// - Throws: `.historyGone` where that lies before what is kept.
  /// - Complexity: O(m log m) for the m points that are kept up to then.
  package func rows(
    of kind: SummaryKind, asOf time: Timestamp, _ filter: ClusterFilter
  ) throws(ArchiveError) -> [HistoryRow] {
    try snapshot { () throws(ArchiveError) in
      try requireHistory(of: kind, at: time)
      if filter.hasPlace && filter.band == nil { return [] }
      let limit = filter.limit ?? .max
      return try storing { () throws(SQLiteError) in
        let query = HistoryQuery(kind: kind)
        let statement = try connection.prepare(query.asOf(filter))
        try query.bind(filter, asOf: time, to: statement)
        let match = WordMatch(filter.keywordWords)
        var rows: [HistoryRow] = []
        while rows.count < limit, try statement.step() {
          guard let row = HistoryRow(kind, statement) else { continue }
          if filter.hasPlace, !(row.location.map { filter.admits($0) } ?? false) { continue }
          let isWanted = row.keywords.contains {
            filter.furtherKeywords.contains($0) || match.matches(Array($0.utf8))
          }
          if filter.keywordWords.isEmpty || isWanted { rows.append(row) }
        }
        return rows
      }
    }
  }

  /// What has become of one kind between two moments of event time.
  ///
  /// - Parameter includesExplained: whether incidents that another one explains are told of, too.
  /// - Throws: `.historyGone` where the first lies before what is kept.
  /// - Complexity: O(log n) for each id that has changed between them, and for each that is open now.
  package func difference(
    of kind: SummaryKind, since: Timestamp, until: Timestamp, includesExplained: Bool = false
  ) throws(ArchiveError) -> HistoryDiff {
    try snapshot { () throws(ArchiveError) in
      try requireHistory(of: kind, at: since)
      return try storing { () throws(SQLiteError) in
        let query = HistoryQuery(kind: kind)
        let changed = try connection.prepare(query.changed)
        try changed.bind(since.microseconds, at: 1)
        try changed.bind(until.microseconds, at: 2)
        let open = try connection.prepare(query.open)
        var ids: Set<ClusterID> = []
        while try changed.step() { if let id = ClusterID(changed.text(0) ?? "") { ids.insert(id) } }
        while try open.step() { if let id = ClusterID(open.text(0) ?? "") { ids.insert(id) } }
        let last = try connection.prepare(query.lastOfID)
        func row(_ id: ClusterID, _ time: Timestamp) throws(SQLiteError) -> HistoryRow? {
          try last.bind(id.description, at: 1)
          try last.bind(time.microseconds, at: 2)
          let row = try last.step() ? HistoryRow(kind, last) : nil
          last.reset()
          return row
        }
        var entries: [HistoryDiff.Entry] = []
        for id in ids {
          guard let after = try row(id, until) else { continue }
          let before = try row(id, since)
          if kind == .incident, !includesExplained, after.above != nil, after.alertedAt == nil { continue }
          if let section = HistoryDiff.section(before, after) {
            entries.append(HistoryDiff.Entry(section: section, before: before, after: after))
          }
        }
        return HistoryDiff(kind: kind, since: since, until: until, entries: entries.sorted { HistoryDiff.isBefore($0, $1) })
      }
    }
  }

  /// How SQLite answers: the lines of EXPLAIN QUERY PLAN, by question.
  package func historyPlans(_ kind: SummaryKind, _ filter: ClusterFilter) throws(ArchiveError) -> [String: [String]] {
    let query = HistoryQuery(kind: kind)
    var plans: [String: [String]] = [:]
    for (name, sql) in [
      ("ofID", query.ofID), ("absorbed", query.absorbed), ("lastOfID", query.lastOfID), ("changed", query.changed),
      ("open", query.open), ("beginning", query.beginning), ("asOf", query.asOf(filter)),
    ] {
      plans[name] = try plan(sql)
    }
    return plans
  }

  private func requireHistory(of kind: SummaryKind, at time: Timestamp) throws(ArchiveError) {
    let first = try storing { () throws(SQLiteError) in
      let select = try connection.prepare("SELECT complete_since FROM history_state WHERE kind = ?1")
      try select.bind(kind.rawValue, at: 1)
      return try select.step() ? select.integer(0) : nil
    }
    if let first, time.microseconds < first {
      throw .historyGone(path: path, kind: kind, asked: time, first: Timestamp(microseconds: first))
    }
  }
}

extension HistoryDiff {
  /// Where a change belongs; nil where there is nothing to tell.
  static func section(_ before: HistoryRow?, _ after: HistoryRow) -> Section? {
    guard let before else { return after.state == .merged ? nil : .new }
    // What had ended before is old.
    guard before.state == .open else { return nil }
    switch after.state {
    case .merged: return .merged
    case .closed: return .closed
    case .open: return after.reportCount > before.reportCount ? .grown : .quieter
    }
  }

  static func isBefore(_ a: Entry, _ b: Entry) -> Bool {
    if a.section != b.section {
      return Section.allCases.firstIndex(of: a.section) ?? 0 < Section.allCases.firstIndex(of: b.section) ?? 0
    }
    func days(_ entry: Entry) -> Double {
      let days = (entry.after.significance ?? entry.before?.significance)?.recurrenceIntervalDays ?? 0
      return days.isNaN ? 0 : days
    }
    if days(a) != days(b) { return days(a) > days(b) }
    if a.after.reportCount != b.after.reportCount { return a.after.reportCount > b.after.reportCount }
    return a.after.id < b.after.id
  }
}
