import Engine
import Reports
import SQLite

extension ArchiveReader {
  /// The clusters that a filter admits, in its order; equal stores give equal rows.
  ///
  /// - Complexity: without a place and keywords O(rows walked until the limit); else O(m log m) for m clusters in the band of
  ///   latitude or with the keywords, and one look at every keyword where words are given.
  package func clusters(_ filter: ClusterFilter) throws(ArchiveError) -> [ClusterRow] {
    let limit = filter.limit ?? .max
    let band = filter.band
    guard limit > 0, band != nil || !filter.hasPlace else { return [] }
    return try snapshot { () throws(ArchiveError) in
      try storing { () throws(SQLiteError) in
        let numbers = try keywordNumbers(filter.keywordWords)
        let statement = try connection.prepare(Self.sql(filter, band: band))
        try Self.bind(filter, band: band, keywordNumbers: numbers, to: statement)
        var rows: [ClusterRow] = []
        while rows.count < limit, try statement.step() {
          if let row = ClusterRow(statement), filter.admits(row.location) { rows.append(row) }
        }
        return rows
      }
    }
  }

  /// One statement for every combination of conditions. Which index serves is told, not guessed: the one on keywords where words
  /// are given, else the one on places, else the one that has the order.
  private static func sql(_ filter: ClusterFilter, band: PlaceBand?) -> String {
    let index =
      if !filter.keywordWords.isEmpty { "cluster_by_keyword" } else if band != nil { "cluster_by_place" } else {
        filter.order == .recent ? "cluster_by_recency" : "cluster_by_size"
      }
    var conditions: [String] = []
    if !filter.keywordWords.isEmpty { conditions.append("c.keyword IN (SELECT value FROM json_each(?1))") }
    if filter.since != nil { conditions.append("c.last_report_at >= ?2") }
    if filter.until != nil { conditions.append("c.opened_at < ?3") }
    if filter.state != nil { conditions.append("c.state = ?4") }
    if band != nil {
      conditions.append("c.latitude BETWEEN ?5 AND ?6")
      conditions.append("(c.longitude BETWEEN ?7 AND ?8 OR c.longitude BETWEEN ?9 AND ?10 OR abs(c.longitude) = 180)")
    }
    let order =
      switch filter.order {
      case .recent: "c.last_report_at DESC, c.id"
      case .largest: "c.witness_count DESC, c.report_count DESC, c.opened_at, c.id"
      }
    return """
      SELECT \(ClusterRow.columns) FROM cluster AS c INDEXED BY \(index)
      CROSS JOIN keyword AS k ON k.number = c.keyword
      WHERE \(conditions.isEmpty ? "TRUE" : conditions.joined(separator: " AND "))
      ORDER BY \(order)
      """
  }

  /// Binds the parameters that `sql` has used.
  private static func bind(
    _ filter: ClusterFilter, band: PlaceBand?, keywordNumbers: String, to statement: borrowing Statement
  ) throws(SQLiteError) {
    if !filter.keywordWords.isEmpty { try statement.bind(keywordNumbers, at: 1) }
    if let since = filter.since { try statement.bind(since.microseconds, at: 2) }
    if let until = filter.until { try statement.bind(until.microseconds, at: 3) }
    if let state = filter.state { try statement.bind(state.rawValue, at: 4) }
    if let band {
      try statement.bind(band.south, at: 5)
      try statement.bind(band.north, at: 6)
      for (index, range) in [band.longitudes.0, band.longitudes.1].enumerated() {
        try statement.bind(range.lowerBound, at: Int32(7 + index * 2))
        try statement.bind(range.upperBound, at: Int32(8 + index * 2))
      }
    }
  }

  /// How SQLite answers a filter: the lines of EXPLAIN QUERY PLAN.
  package func plan(_ filter: ClusterFilter) throws(ArchiveError) -> [String] {
    try plan(Self.sql(filter, band: filter.band))
  }

  /// The numbers of the keywords that hold all words, as a JSON array; empty where no word is given.
  func keywordNumbers(_ words: [String]) throws(SQLiteError) -> String {
    if words.isEmpty { return "[]" }
    let match = WordMatch(words)
    // Finding bytes is quick in SQLite and leaves few texts to look at.
    let select = try connection.prepare("SELECT number, text FROM keyword WHERE instr(text, ?1) > 0 ORDER BY number")
    try select.bind(text: match.longest, at: 1)
    var numbers: [String] = []
    while try select.step() {
      if match.matches(Array((select.text(1) ?? "").utf8)) { numbers.append(String(select.integer(0) ?? -1)) }
    }
    return "[\(numbers.joined(separator: ","))]"
  }
}
