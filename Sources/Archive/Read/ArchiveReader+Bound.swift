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
        if let count = query.idCount { return count < bound ? .exactly(count) : .atLeast(bound) }
        let keywordNumbers = try keywordNumbers(filter.keywordWords, further: filter.furtherKeywords)
        var board = try ActBoard(acts ?? ActFilter(), on: connection)
        let isHeeded = acts != nil && (!board.isBlank || acts?.isAboutHandling == true)
        if query.admitsAll && !isHeeded {
          // None of them needs to be looked at.
          let select = try connection.prepare("SELECT count(*) FROM (\(query.keysSQL()) LIMIT \(bound))")
          try query.bind(keywordNumbers: keywordNumbers, to: select)
          let count = try select.step() ? Int(clamping: select.count(0)) : 0
          return count < bound ? .exactly(count) : .atLeast(bound)
        }
        let select = try connection.prepare(query.keysSQL(hasPlaces: isHeeded))
        try query.bind(keywordNumbers: keywordNumbers, to: select)
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
