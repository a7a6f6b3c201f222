import Engine
import SQLite

/// The first few names that begin with what somebody has typed.
extension ArchiveReader {
  /// Keywords, ascending by bytes. Complexity: O(log keywords + count).
  package func keywords(beginningWith prefix: String, count: Int) throws(ArchiveError) -> [String] {
    try texts("SELECT text FROM keyword WHERE text >= ?1 AND text < ?2 ORDER BY text LIMIT ?3", prefix, count)
  }

  /// Sources, ascending by bytes. Complexity: O(log sources + count).
  package func sources(beginningWith prefix: String, count: Int) throws(ArchiveError) -> [String] {
    try texts("SELECT name FROM source WHERE name >= ?1 AND name < ?2 ORDER BY name LIMIT ?3", prefix, count)
  }

  /// Incidents by their ids, ascending; the latest where nothing is typed.
  package func incidents(beginningWith prefix: String, count: Int) throws(ArchiveError) -> [IncidentRow] {
    var filter = ClusterFilter()
    filter.limit = count
    if prefix.isEmpty { return try incidents(filter) }
    let ids = try texts("SELECT id FROM incident WHERE id >= ?1 AND id < ?2 ORDER BY id LIMIT ?3", prefix, count)
    return try snapshot { () throws(ArchiveError) in
      try storing { () throws(SQLiteError) in
        let select = try connection.prepare("\(ListQuery.select(.incident)) WHERE c.id = ?1")
        var rows: [IncidentRow] = []
        for id in ids {
          try select.bind(id, at: 1)
          while try select.step() {
            if let row = IncidentRow(select) { rows.append(row) }
          }
          select.reset()
        }
        return try withKeywords(rows)
      }
    }
  }

  private func texts(_ sql: String, _ prefix: String, _ count: Int) throws(ArchiveError) -> [String] {
    try snapshot { () throws(ArchiveError) in
      try storing { () throws(SQLiteError) in
        let select = try connection.prepare(sql)
        try select.bind(prefix, at: 1)
        // The greatest scalar: no text that begins with the prefix lies behind it.
        try select.bind(prefix + "\u{10ffff}", at: 2)
        try select.bind(Int64(count), at: 3)
        var texts: [String] = []
        while try select.step() { texts.append(select.text(0) ?? "") }
        return texts
      }
    }
  }
}
