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
      return try storing { () throws(SQLiteError) in try rows(of: kind, asOf: time, filter) { _ in true } }
    }
  }

  /// The incidents of a moment of event time that what analysts had done by then, by the wall's clock, admits, with what was done to each.
  ///
  /// - Throws, complexity: as `rows`.
  package func incidents(
    asOf time: Timestamp, _ filter: ClusterFilter, _ acts: ActFilter
  ) throws(ArchiveError) -> (rows: [HistoryRow], passed: PassedOver) {
    try snapshot { () throws(ArchiveError) in
      try requireHistory(of: .incident, at: time)
      return try storing { () throws(SQLiteError) in
        var board = try ActBoard(asOf: time, acts, self)
        var passed = PassedOver()
        let rows = try rows(of: .incident, asOf: time, filter) { (row: inout HistoryRow) throws(SQLiteError) in
          row.acts = try board.acts(on: row, self)
          return passed.admits(row.acts, acts)
        }
        passed.leaveOut(rows.map(\.id))
        return (rows, passed)
      }
    }
  }

  /// - Parameter choose: has the last word on each row, and may fill it in.
  func rows(
    of kind: SummaryKind, asOf time: Timestamp, _ filter: ClusterFilter,
    choose: (inout HistoryRow) throws(SQLiteError) -> Bool
  ) throws(SQLiteError) -> [HistoryRow] {
    if filter.hasPlace && filter.band == nil { return [] }
    let limit = filter.limit ?? .max
    let query = HistoryQuery(kind: kind)
    let statement = try connection.prepare(query.asOf(filter))
    try query.bind(filter, asOf: time, to: statement)
    let match = WordMatch(filter.keywordWords)
    var rows: [HistoryRow] = []
    while rows.count < limit, try statement.step() {
      guard var row = HistoryRow(kind, statement) else { continue }
      if row.isAdmitted(by: filter, match), try choose(&row) { rows.append(row) }
    }
    return rows
  }

  /// What has become of one kind between two moments of event time.
  ///
  /// Of incidents it is told as analysts had left them at the second moment, by the wall's clock.
  ///
  /// - Parameters:
  ///   - until: the second moment; nil for now.
  ///   - filter: Its place and keywords choose, and whether incidents that another one explains are told of, too.
  /// - Throws: `.historyGone` where the first lies before what is kept.
  /// - Complexity: O(log n) for each id that has changed between them, and for each that is open now; of an earlier second moment with
  ///   silences, as of `rows`.
  package func difference(
    of kind: SummaryKind, since: Timestamp, until: Timestamp? = nil, _ filter: ClusterFilter = ClusterFilter(),
    _ acts: ActFilter = ActFilter()
  ) throws(ArchiveError) -> HistoryDiff {
    try snapshot { () throws(ArchiveError) in
      try requireHistory(of: kind, at: since)
      return try storing { () throws(SQLiteError) in
        let query = HistoryQuery(kind: kind)
        let end = until ?? Timestamp(microseconds: .max)
        let changed = try connection.prepare(query.changed)
        try changed.bind(since.microseconds, at: 1)
        try changed.bind(end.microseconds, at: 2)
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
        let match = WordMatch(filter.keywordWords)
        var entries: [HistoryDiff.Entry] = []
        for id in ids {
          guard let after = try row(id, end) else { continue }
          let before = try row(id, since)
          if kind == .incident, !filter.includesExplained, after.above != nil, after.alertedAt == nil { continue }
          if let section = HistoryDiff.section(before, after) {
            let entry = HistoryDiff.Entry(section: section, before: before, after: after)
            if entry.shown.isAdmitted(by: filter, match) { entries.append(entry) }
          }
        }
        var diff = HistoryDiff(kind: kind, since: since, until: end, entries: entries)
        if kind == .incident {
          if let until {
            try heed(acts, ActBoard(asOf: until, acts, self), in: &diff)
          } else {
            try heed(acts, ActBoard(acts, on: connection), in: &diff)
          }
        }
        diff.entries.sort { HistoryDiff.isBefore($0, $1) }
        return diff
      }
    }
  }

  /// Leaves out of a difference what silences hide, and tells what analysts merged by its head.
  private func heed(
    _ acts: ActFilter, _ board: consuming ActBoard, in diff: inout HistoryDiff
  ) throws(SQLiteError) {
    var board = board
    if board.isBlank { return }
    let before = try JoinTree(asOf: diff.since, on: connection)
    var kept: [HistoryDiff.Entry] = []
    for var entry in diff.entries {
      entry.acts = try board.acts(on: entry.shown, self)
      let isJoined = entry.acts.head != nil && entry.before?.state == .open && before.heads[entry.after.id] == nil
      if isJoined {
        // One that was listed before is told where it went.
        entry.section = .merged
        if entry.acts.isAdmitted(by: acts) { kept.append(entry) }
      } else if entry.acts.head == nil || [.new, .grown].contains(entry.section) {
        if diff.passed.admits(entry.acts, acts) { kept.append(entry) }
      }
    }
    diff.entries = kept
    diff.passed.leaveOut(kept.lazy.filter { [.new, .grown].contains($0.section) }.map(\.after.id))
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

extension HistoryRow {
  /// Whether it lies in a filter's place and has its keywords.
  fileprivate func isAdmitted(by filter: ClusterFilter, _ match: borrowing WordMatch) -> Bool {
    if filter.hasPlace, !(location.map { filter.admits($0) } ?? false) { return false }
    if filter.keywordWords.isEmpty { return true }
    return keywords.contains { filter.furtherKeywords.contains($0) || match.matches(Array($0.utf8)) }
  }
}
