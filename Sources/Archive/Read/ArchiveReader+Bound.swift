import SQLite

/// How many rows a filter admits, as far as anybody wants to count.
package enum BoundedCount: Equatable, Sendable {
  case exactly(Int)
  /// So many at least.
  case atLeast(Int)
}

extension ArchiveReader {
  /// Counts the rows that a filter and what analysts did admit, whatever its limit and `after` say, up to a bound.
  ///
  /// - Parameter acts: heeded for incidents; nil where nothing that was done counts.
  /// - Complexity: as of the list, with `bound` keys at most where no place is given.
  package func count(
    _ kind: SummaryKind, _ filter: ClusterFilter, _ acts: ActFilter? = nil, bound: Int
  ) throws(ArchiveError) -> BoundedCount {
    var filter = filter
    filter.limit = nil
    filter.after = nil
    guard let query = ListQuery(kind, filter, isOfKeys: true) else { return .exactly(0) }
    let acts = kind == .incident ? acts : nil
    return try snapshot { () throws(ArchiveError) in
      try storing { () throws(SQLiteError) in
        var board = try ActBoard(acts ?? ActFilter(), on: connection)
        let select = try connection.prepare(query.keysSQL(hasPlaces: acts != nil && !board.isBlank))
        try query.bind(keywordNumbers: try keywordNumbers(filter.keywordWords, further: filter.furtherKeywords), to: select)
        var count = 0
        while try select.step() {
          guard let key = ListKey(select), query.admits(key) else { continue }
          if let acts, try !board.isListed(key, acts, self) { continue }
          count += 1
          if count == bound { return .atLeast(bound) }
        }
        return .exactly(count)
      }
    }
  }
}
