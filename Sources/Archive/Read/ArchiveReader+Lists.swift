import Engine
import Reports
import SQLite

extension ArchiveReader {
  /// The clusters that a filter admits, in its order; equal stores give equal rows.
  ///
  /// - Complexity: without a place, keywords and alerts O(rows walked until the limit); else O(m log m) for m clusters in the band
  ///   of latitude or with the keywords, and one look at every keyword where words are given.
  package func clusters(_ filter: ClusterFilter) throws(ArchiveError) -> [ClusterRow] {
    try snapshot { () throws(ArchiveError) in
      if let ids = try latest(filter) { return try storing { () throws(SQLiteError) in try rows(of: ids) } }
      return try listInSnapshot(.cluster, filter) {
        ClusterRow($0)
      } place: {
        $0.location
      }
    }
  }

  /// The ids of the latest clusters, where they are found with less work than their rows: those of a place, a page of those of words
  /// or of many ids, for which indexes tell all that is asked. Nil for other lists.
  private func latest(_ filter: ClusterFilter) throws(ArchiveError) -> [ClusterID]? {
    let isPage = filter.limit != nil && (filter.ids != nil || !filter.keywordWords.isEmpty)
    guard filter.order == .recent, isPage || filter.hasPlace else { return nil }
    let limit = filter.limit ?? .max
    guard let query = ListQuery(.cluster, filter, isOfKeys: true) else { return [] }
    return try storing { () throws(SQLiteError) in
      let select = try connection.prepare(query.keysSQL())
      try query.bind(keywordNumbers: try keywordNumbers(filter.keywordWords, further: filter.furtherKeywords), to: select)
      var keys: [ListKey] = []
      while try select.step() {
        guard let key = ListKey(select), query.admits(key) else { continue }
        keys.append(key)
        if keys.count == limit && query.keysAreOrdered { break }
        if limit < .max / 2 && keys.count >= 2 * limit { keys.cut(to: limit) }
      }
      keys.cut(to: limit)
      return keys.map(\.id)
    }
  }

  private func rows(of ids: [ClusterID]) throws(SQLiteError) -> [ClusterRow] {
    let select = try connection.prepare("\(ListQuery.select(.cluster)) WHERE c.id = ?1")
    var rows: [ClusterRow] = []
    for id in ids {
      try select.bind(id.description, at: 1)
      if try select.step(), let row = ClusterRow(select) { rows.append(row) }
      select.reset()
    }
    return rows
  }

  /// The episodes that a filter admits, in its order; one without a place lies nowhere near. Words must be of one of its
  /// keywords. Complexity as of `incidents`.
  package func episodes(_ filter: ClusterFilter) throws(ArchiveError) -> [EpisodeRow] {
    try snapshot { () throws(ArchiveError) in
      let rows = try listInSnapshot(.episode, filter) {
        EpisodeRow($0)
      } place: {
        $0.summary.centroid
      }
      return try storing { () throws(SQLiteError) in try withKeywords(rows) }
    }
  }

  /// The incidents that a filter admits, in its order; one without a place lies nowhere near. Words must be of one of its
  /// keywords. Complexity as of `clusters`, and a search for the keywords of each row.
  package func incidents(_ filter: ClusterFilter) throws(ArchiveError) -> [IncidentRow] {
    try snapshot { () throws(ArchiveError) in
      let rows = try listInSnapshot(.incident, filter) {
        IncidentRow($0)
      } place: {
        $0.summary.centroid
      }
      return try storing { () throws(SQLiteError) in try withKeywords(rows) }
    }
  }

  /// - Parameter choose: has the last word on each row, and may fill it in.
  func listInSnapshot<Row>(
    _ kind: SummaryKind, _ filter: ClusterFilter, _ read: (borrowing Statement) -> Row?, place: (Row) -> Coordinate?,
    choose: (inout Row) throws(SQLiteError) -> Bool = { _ in true }
  ) throws(ArchiveError) -> [Row] {
    guard let query = ListQuery(kind, filter) else { return [] }
    let limit = filter.limit ?? .max
    return try storing { () throws(SQLiteError) in
      let statement = try connection.prepare(query.sql)
      try query.bind(keywordNumbers: try keywordNumbers(filter.keywordWords, further: filter.furtherKeywords), to: statement)
      var rows: [Row] = []
      while rows.count < limit, try statement.step() {
        guard var row = read(statement) else { continue }
        guard !filter.hasPlace || place(row).map({ filter.admits($0) }) ?? false else { continue }
        if try choose(&row) { rows.append(row) }
      }
      return rows
    }
  }

  /// Fills in the keywords of incidents, ascending by number.
  func withKeywords(_ rows: [IncidentRow]) throws(SQLiteError) -> [IncidentRow] {
    let select = try keywordsStatement(.incident)
    var filled = rows
    for index in filled.indices {
      try select.bind(filled[index].summary.id.description, at: 1)
      while try select.step() {
        filled[index].summary.keywords.append(UInt32(clamping: select.count(0)))
        filled[index].keywords.append(select.text(1) ?? "")
      }
      select.reset()
    }
    return filled
  }

  /// Fills in the other keywords of episodes, ascending by number.
  func withKeywords(_ rows: [EpisodeRow]) throws(SQLiteError) -> [EpisodeRow] {
    let select = try keywordsStatement(.episode)
    var filled = rows
    for index in filled.indices {
      try select.bind(filled[index].summary.id.description, at: 1)
      while try select.step() {
        let number = UInt32(clamping: select.count(0))
        guard number != filled[index].summary.keyword else { continue }
        filled[index].summary.otherKeywords.append(number)
        filled[index].keywords.append(select.text(1) ?? "")
      }
      select.reset()
    }
    return filled
  }

  /// Numbers and texts of the keywords of ?1, ascending by number.
  private func keywordsStatement(_ kind: SummaryKind) throws(SQLiteError) -> Statement {
    try connection.prepare(
      """
      SELECT p.keyword, k.text FROM \(kind.rawValue)_keyword AS p CROSS JOIN keyword AS k ON k.number = p.keyword
      WHERE p.\(kind.rawValue) = ?1 ORDER BY p.keyword
      """)
  }

  /// How SQLite answers a filter: the lines of EXPLAIN QUERY PLAN; none where nothing can match.
  package func plan(_ filter: ClusterFilter, of kind: SummaryKind = .cluster) throws(ArchiveError) -> [String] {
    try ListQuery(kind, filter).map { query throws(ArchiveError) in try plan(query.sql) } ?? []
  }

  /// Every keyword that the store knows, ascending by number.
  package func keywords() throws(ArchiveError) -> [String] {
    try snapshot { () throws(ArchiveError) in
      try storing { () throws(SQLiteError) in
        let select = try connection.prepare("SELECT text FROM keyword ORDER BY number")
        var keywords: [String] = []
        while try select.step() { keywords.append(select.text(0) ?? "") }
        return keywords
      }
    }
  }

  /// The numbers of the keywords that hold all words or are further ones, as a JSON array; empty where no word is given.
  func keywordNumbers(_ words: [String], further: Set<String> = []) throws(SQLiteError) -> String {
    if words.isEmpty { return "[]" }
    let match = WordMatch(words)
    // Finding bytes is quick in SQLite and leaves few texts to look at.
    let select = try connection.prepare(
      "SELECT number, text FROM keyword WHERE ?2 OR instr(text, ?1) > 0 ORDER BY number")
    try select.bind(text: match.longest, at: 1)
    try select.bind(Int64(further.isEmpty ? 0 : 1), at: 2)
    var numbers: [String] = []
    while try select.step() {
      let text = select.text(1) ?? ""
      if further.contains(text) || match.matches(Array(text.utf8)) { numbers.append(String(select.integer(0) ?? -1)) }
    }
    return "[\(numbers.joined(separator: ","))]"
  }
}
