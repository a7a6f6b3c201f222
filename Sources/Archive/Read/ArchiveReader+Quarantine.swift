import Reports
import SQLite

extension ArchiveReader {
  /// The refused events that are kept, the newest first.
  ///
  /// - Complexity: O(rows of the table), which is bounded.
  package func quarantine(_ filter: QuarantineFilter) throws(ArchiveError) -> [QuarantineRow] {
    try snapshot { () throws(ArchiveError) in
      try storing { () throws(SQLiteError) in
        let select = try connection.prepare(
          """
          SELECT q.number, q.code, q.member, q.message, q.source, q.event_id, q.event_time, p.name, p.epoch, q.sequence, q.received_at,
            q.is_whole, q.raw, q.retry_count, q.retried_at, q.retry_verdict, q.retry_code
          FROM quarantine AS q CROSS JOIN producer AS p ON p.number = q.producer
          WHERE \(QuarantineCondition.sql) ORDER BY q.number DESC
          """)
        try select.bind(QuarantineCondition.values(filter))
        var rows: [QuarantineRow] = []
        while rows.count < filter.limit ?? .max, try select.step() {
          let number = select.count(0)
          guard filter.numbers.isEmpty || filter.numbers.contains(where: { $0.contains(number) }) else { continue }
          rows.append(QuarantineRow(select))
        }
        return rows
      }
    }
  }

  /// Where refused events stand in the journal, by their numbers.
  ///
  /// - Complexity: O(rows of the table), which is bounded.
  package func quarantinePlaces(_ numbers: [ClosedRange<UInt64>]) throws(ArchiveError) -> [ArchiveErasure.Place] {
    try snapshot { () throws(ArchiveError) in
      try storing { () throws(SQLiteError) in
        let select = try connection.prepare("SELECT number, journal_position, journal_row FROM quarantine")
        var places: [ArchiveErasure.Place] = []
        while try select.step() {
          let number = select.count(0)
          guard numbers.contains(where: { $0.contains(number) }) else { continue }
          places.append(ArchiveErasure.Place(position: select.count(1), row: UInt32(truncatingIfNeeded: select.count(2))))
        }
        return places
      }
    }
  }

  /// How many events were refused in all, and how many of those went because there was no room.
  package func refusedCounts() throws(ArchiveError) -> (refused: UInt64, evicted: UInt64) {
    try snapshot { () throws(ArchiveError) in
      try storing { () throws(SQLiteError) in
        let select = try connection.prepare("SELECT refused_count, refused_evicted_count FROM meta")
        return try select.step() ? (select.count(0), select.count(1)) : (0, 0)
      }
    }
  }
}

/// A filter as a condition on `quarantine AS q`; its numbers are looked at beside it.
enum QuarantineCondition {
  static let sql = """
    (?1 IS NULL OR q.source = ?1) AND (?2 IS NULL OR q.code = ?2) AND (?3 IS NULL OR q.received_at >= ?3)
    AND (?4 IS NULL OR q.received_at < ?4)
    AND (?5 IS NULL OR (q.retry_verdict IS NOT NULL AND q.retry_verdict IN ('accepted', 'duplicate')) = ?5)
    """

  static func values(_ filter: QuarantineFilter) -> [StoredValue] {
    func text(_ text: String?) -> StoredValue { text.map { .text(Array($0.utf8)) } ?? .null }
    return [
      text(filter.source), text(filter.code), .time(filter.since), .time(filter.until),
      filter.state.map { .flag($0 == .retried) } ?? .null,
    ]
  }
}

extension QuarantineRow {
  fileprivate init(_ row: borrowing Statement) {
    func time(_ column: Int32) -> Timestamp? { row.isNull(column) ? nil : row.timestamp(column) }
    self.init(
      number: row.count(0), code: row.text(1) ?? "", member: row.text(2) ?? "", message: row.text(3) ?? "",
      source: row.text(4), eventID: row.text(5), eventTime: time(6), producer: row.text(7) ?? "", epoch: row.text(8) ?? "",
      sequence: row.count(9), receivedAt: row.timestamp(10), isWhole: row.integer(11) ?? 0 != 0, raw: row.text(12) ?? "",
      retryCount: row.count(13), retriedAt: time(14), retryVerdict: row.text(15), retryCode: row.text(16))
  }
}
