package import Engine
import Reports
import SQLite

extension ArchiveReader {
  /// Every source with its counts, ascending by the bytes of its name.
  package func sources() throws(ArchiveError) -> [SourceLedger] {
    try snapshot { () throws(ArchiveError) in
      try storing { () throws(SQLiteError) in
        let select = try connection.prepare(
          """
          SELECT number, name, received, accepted, duplicate, late, rejected, last_seen_at, role, cancelled, near_duplicate,
            commonest_place, refused_keyword, resent
          FROM source ORDER BY name
          """)
        var rows: [SourceLedger] = []
        while try select.step() {
          var row = SourceLedger(
            number: UInt32(clamping: select.count(0)), name: Array((select.text(1) ?? "").utf8),
            ledger: select.ledger(from: 2), lastSeenAt: select.isNull(7) ? nil : select.timestamp(7))
          row.role = SourceRule.Role(rawValue: select.text(8) ?? "") ?? .public
          row.cancelledCount = select.count(9)
          row.nearDuplicateCount = select.count(10)
          row.commonestPlaceCount = select.count(11)
          row.refusedKeywordCount = select.count(12)
          row.resentCount = select.count(13)
          rows.append(row)
        }
        return rows
      }
    }
  }

  /// Every producer's epochs with their counts, ascending by the bytes of its name, then by epoch.
  package func producers() throws(ArchiveError) -> [ProducerLedger] {
    try snapshot { () throws(ArchiveError) in
      try storing { () throws(SQLiteError) in
        let select = try connection.prepare(
          """
          SELECT number, name, received, accepted, duplicate, late, rejected, last_seen_at, epoch, through_sequence,
            announced_sequence, missing, rerequest_count, resent
          FROM producer ORDER BY name, epoch
          """)
        var rows: [ProducerLedger] = []
        while try select.step() {
          var row = ProducerLedger(
            number: UInt32(clamping: select.count(0)), name: Array((select.text(1) ?? "").utf8),
            epoch: Epoch(select.text(8) ?? "") ?? Epoch(high: 0, low: 0), throughSequence: select.count(9),
            ledger: select.ledger(from: 2), lastSeenAt: select.timestamp(7))
          row.announcedSequence = select.count(10)
          row.missingCount = select.count(11)
          row.rerequestCount = select.count(12)
          row.resentCount = select.count(13)
          rows.append(row)
        }
        return rows
      }
    }
  }

  /// Hourly counts, ascending by the bytes of the keyword, then by hour, then by cell with `nowhere` first.
  ///
  /// - Complexity: O(keywords + rows).
  package func rollups(_ filter: RollupFilter) throws(ArchiveError) -> [RollupRow] {
    let limit = filter.limit ?? .max
    guard limit > 0 else { return [] }
    return try snapshot { () throws(ArchiveError) in
      try storing { () throws(SQLiteError) in
        let numbers = try keywordNumbers(filter.keywordWords, further: filter.furtherKeywords)
        let select = try connection.prepare(Self.sql(filter))
        let (first, last) = filter.hours
        try select.bind(first, at: 1)
        try select.bind(last, at: 2)
        if !filter.keywordWords.isEmpty { try select.bind(numbers, at: 3) }
        var rows: [RollupRow] = []
        while rows.count < limit, try select.step() {
          let counts = ClusterSummary.CellCount(select, from: 2)
          rows.append(
            RollupRow(
              keyword: select.text(0) ?? "", cell: counts.cell, hour: Int32(clamping: select.integer(1) ?? 0),
              reportCount: counts.reportCount, witnessCount: counts.witnessCount))
        }
        return rows
      }
    }
  }

  /// Keywords in the order of their texts, and a search by primary key for each: no sorting, and never a scan of all roll-ups.
  private static func sql(_ filter: RollupFilter) -> String {
    """
    SELECT k.text, r.hour, r.cell, r.report_count, r.witness_count FROM keyword AS k
    CROSS JOIN rollup_hourly AS r ON r.keyword = k.number
    WHERE r.hour BETWEEN ?1 AND ?2\(filter.keywordWords.isEmpty ? "" : " AND k.number IN (SELECT value FROM json_each(?3))")
    ORDER BY k.text, r.hour, r.cell
    """
  }

  /// How SQLite answers a filter: the lines of EXPLAIN QUERY PLAN.
  package func plan(_ filter: RollupFilter) throws(ArchiveError) -> [String] {
    try plan(Self.sql(filter))
  }
}
