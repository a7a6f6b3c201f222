import Reports
import SQLite

/// How many rows a filter admits, as far as anybody wants to count.
package enum BoundedCount: Equatable, Sendable {
  case exactly(Int)
  /// So many at least.
  case atLeast(Int)
}

extension ArchiveReader {
  /// Counts the rows that a filter admits, whatever its limit and `after` say, up to a bound.
  ///
  /// - Complexity: as of the list, with `bound` rows at most where no place is given.
  package func count(_ kind: SummaryKind, _ filter: ClusterFilter, bound: Int) throws(ArchiveError) -> BoundedCount {
    var filter = filter
    filter.limit = nil
    filter.after = nil
    guard let query = ListQuery(kind, filter) else { return .exactly(0) }
    return try snapshot { () throws(ArchiveError) in
      try storing { () throws(SQLiteError) in
        let select = try connection.prepare(query.placesSQL)
        try query.bind(keywordNumbers: try keywordNumbers(filter.keywordWords, further: filter.furtherKeywords), to: select)
        var count = 0
        while try select.step() {
          if filter.hasPlace {
            guard !select.isNull(0), !select.isNull(1),
              filter.admits(Coordinate(latitudeE7: select.degreesE7(0), longitudeE7: select.degreesE7(1)))
            else { continue }
          }
          count += 1
          if count == bound { return .atLeast(bound) }
        }
        return .exactly(count)
      }
    }
  }
}

extension ListQuery {
  /// The places of the rows, in no order.
  fileprivate var placesSQL: String {
    let tables =
      switch kind {
      case .incident: IncidentRow.tables(indexedBy: index)
      case .episode: EpisodeRow.tables(indexedBy: index)
      case .cluster: ClusterRow.tables(indexedBy: index)
      }
    return """
      SELECT c.latitude, c.longitude FROM \(tables)
      WHERE \(conditions.isEmpty ? "TRUE" : conditions.joined(separator: " AND "))
      """
  }
}
