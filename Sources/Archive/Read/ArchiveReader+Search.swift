package import Engine
import SQLite

/// What says some words.
package struct SearchAnswer: Equatable, Sendable {
  /// All of them.
  package internal(set) var ids: Set<ClusterID> = []
  /// How well each matches, the lower the better; nil where more match than are ranked.
  package internal(set) var ranks: [ClusterID: Double]? = [:]

  /// How many are ranked at most: to rank takes a look at each.
  package static let rankedCount = 2_000
}

/// Searches for words in keywords and in the texts that are kept.
extension ArchiveReader {
  /// The ids of the episodes or clusters whose keywords and sample texts together hold all words, whatever their accents and case; a
  /// word that ends in `*` stands for all that begin so. Ascending.
  ///
  /// - Complexity: O(matches + backlog).
  package func ids(of kind: SummaryKind, saying words: [String]) throws(ArchiveError) -> [ClusterID] {
    kind == .incident ? [] : try search(kind, words).ids.sorted()
  }

  /// The incidents, episodes or clusters that say all words, and how well; an incident says what one of its episodes does.
  ///
  /// - Complexity: O(matches + backlog).
  package func search(_ kind: SummaryKind, _ words: [String]) throws(ArchiveError) -> SearchAnswer {
    guard let query = Self.query(words) else { return SearchAnswer() }
    return try snapshot { () throws(ArchiveError) in
      try storing { () throws(SQLiteError) in
        let own = try matches(kind == .incident ? .episode : kind, query)
        guard kind == .incident else { return own }
        let select = try connection.prepare("SELECT incident FROM episode WHERE id = ?1")
        var answer = SearchAnswer()
        var ranks: [ClusterID: Double] = [:]
        for id in own.ids {
          try select.bind(id.description, at: 1)
          if try select.step(), let incident = ClusterID(select.text(0) ?? "") {
            answer.ids.insert(incident)
            if let rank = own.ranks?[id] { ranks[incident] = min(rank, ranks[incident] ?? rank) }
          }
          select.reset()
        }
        answer.ranks = own.ranks == nil ? nil : ranks
        return answer
      }
    }
  }

  /// What each of some summaries says around the words, in a line; what says them no more is left out.
  ///
  /// - Complexity: O(summaries × log n).
  package func snippets(
    _ kind: SummaryKind, _ words: [String], of ids: [ClusterID]
  ) throws(ArchiveError) -> [ClusterID: String] {
    guard let query = Self.query(words) else { return [:] }
    return try snapshot { () throws(ArchiveError) in
      try storing { () throws(SQLiteError) in
        let below = try connection.prepare(
          "SELECT \(kind == .incident ? "id FROM episode WHERE incident = ?1 ORDER BY ri DESC, id" : "?1")")
        var snippets: [ClusterID: String] = [:]
        for table in try textTables(kind == .incident ? .episode : kind) {
          let select = try connection.prepare("\(table.matching(table.snippet)) AND rowid = ?2")
          try select.bind(query, at: 1)
          for id in ids {
            try below.bind(id.description, at: 1)
            while snippets[id] == nil, try below.step() {
              guard let part = ClusterID(below.text(0) ?? "") else { continue }
              try select.bind(Int64(bitPattern: part.rawValue), at: 2)
              if try select.step(), let text = select.text(0) {
                snippets[id] = text.split(whereSeparator: \.isNewline).joined(separator: " / ")
              }
              select.reset()
            }
            below.reset()
          }
        }
        return snippets
      }
    }
  }

  /// The tables that hold the texts of a kind. What waits for the side table is looked through by the same rules, in memory, and comes first:
  /// what the side table says of it is old.
  private func textTables(_ kind: SummaryKind) throws(SQLiteError) -> [TextTable] {
    let pending = try backlog(kind)
    if pending.isEmpty { return [.side(kind)] }
    try connection.execute(
      """
      PRAGMA temp_store = MEMORY;
      DROP TABLE IF EXISTS temp.waiting;
      CREATE VIRTUAL TABLE temp.waiting USING fts5 (keywords, texts, tokenize = 'unicode61 remove_diacritics 2')
      """)
    let read = try connection.prepare(SideTexts.document(kind))
    let add = try connection.prepare("INSERT INTO temp.waiting (rowid, keywords, texts) VALUES (?1, ?2, ?3)")
    for id in pending {
      try read.bind(id.description, at: 1)
      if try read.step() {
        try add.bind(Int64(bitPattern: id.rawValue), at: 1)
        try add.bind(text: read.bytes(0) ?? [], at: 2)
        try add.bind(text: read.bytes(1) ?? [], at: 3)
        try add.run()
      }
      read.reset()
    }
    return [.waiting, .side(kind)]
  }

  private func matches(_ kind: SummaryKind, _ query: String) throws(SQLiteError) -> SearchAnswer {
    let tables = try textTables(kind)
    let pending = tables.count > 1 ? try backlog(kind) : []
    func forEach(_ what: (TextTable) -> String, _ body: (ClusterID, borrowing Statement) -> Void) throws(SQLiteError) {
      for table in tables {
        let select = try connection.prepare(table.matching("rowid, \(what(table))"))
        try select.bind(query, at: 1)
        while try select.step() {
          let id = ClusterID(rawValue: UInt64(bitPattern: select.integer(0) ?? 0))
          if table.name == TextTable.waiting.name || !pending.contains(id) { body(id, select) }
        }
      }
    }
    var answer = SearchAnswer()
    try forEach { _ in
      "NULL"
    } _: { id, _ in
      answer.ids.insert(id)
    }
    guard answer.ids.count <= SearchAnswer.rankedCount else {
      answer.ranks = nil
      return answer
    }
    var ranks: [ClusterID: Double] = [:]
    try forEach {
      $0.rank
    } _: { id, row in
      ranks[id] = row.double(1) ?? 0
    }
    answer.ranks = ranks
    return answer
  }

  /// Words as FTS5 quotes them, so that nothing in them is an operator; nil where none is left.
  private static func query(_ words: [String]) -> String? {
    let terms = words.compactMap { word -> String? in
      let isPrefix = word.hasSuffix("*")
      let text = (isPrefix ? String(word.dropLast()) : word).filter { $0 != "\"" && $0 != "\0" }
      guard text.contains(where: { $0.isLetter || $0.isNumber }) else { return nil }
      return "\"\(text)\"\(isPrefix ? "*" : "")"
    }
    return terms.isEmpty ? nil : terms.joined(separator: " ")
  }
}
