package import Engine
package import Reports
import SQLite

extension ArchiveReader {
  /// The clusters of some keywords, by their texts, whose reports stand in the cell of a place and around a time.
  ///
  /// - Complexity: O(clusters of the keywords).
  package func clusters(
    holding place: Coordinate, at time: Timestamp, keywords: [String]
  ) throws(ArchiveError) -> [ClusterRow] {
    let cell = try grid(of: try meta()).cell(of: place)
    return try snapshot { () throws(ArchiveError) in
      try storing { () throws(SQLiteError) in
        let select = try connection.prepare(
          """
          \(ListQuery.select(.cluster, indexedBy: "cluster_by_keyword"))
          WHERE c.keyword = (SELECT number FROM keyword WHERE text = ?1) AND c.opened_at <= ?2 AND c.last_report_at >= ?2
            AND EXISTS (SELECT 1 FROM cluster_cell AS cc WHERE cc.cluster = c.id AND cc.cell = ?3)
          ORDER BY c.opened_at, c.id
          """)
        var rows: [ClusterRow] = []
        for keyword in keywords {
          try select.bind(keyword, at: 1)
          try select.bind(time.microseconds, at: 2)
          try select.bind(Int64(bitPattern: cell.rawValue), at: 3)
          while try select.step() {
            if let row = ClusterRow(select) { rows.append(row) }
          }
          select.reset()
        }
        return rows
      }
    }
  }

  /// The incident that an episode belongs to; nil where the store does not hold the episode.
  package func incident(of episode: ClusterID) throws(ArchiveError) -> ClusterID? {
    try snapshot { () throws(ArchiveError) in
      try storing { () throws(SQLiteError) in
        let select = try connection.prepare("SELECT incident FROM episode WHERE id = ?1")
        try select.bind(episode.description, at: 1)
        return try select.step() ? ClusterID(select.text(0) ?? "") : nil
      }
    }
  }
}
