package import Engine
package import Reports
import SQLite

/// What the side tables find: candidates, each of which is held against the summary itself; and what they do not know of yet.
extension ArchiveReader {
  /// Summaries that wait for the side tables to be told of them.
  package func backlogCount() throws(ArchiveError) -> Int {
    try snapshot { () throws(ArchiveError) in
      try storing { () throws(SQLiteError) in Int(try connection.integer("SELECT count(*) FROM side_backlog") ?? 0) }
    }
  }

  /// The ids of the summaries whose box shares a place with a box, edges included; ascending.
  ///
  /// - Parameter box: its west may be greater than its east.
  /// - Complexity: O(candidates + backlog).
  package func ids(of kind: SummaryKind, touching box: BoundingBox) throws(ArchiveError) -> [ClusterID] {
    try snapshot { () throws(ArchiveError) in
      try storing { () throws(SQLiteError) in
        let touching = try connection.prepare(Self.touching(kind))
        var candidates = try backlog(kind)
        for span in box.spans {
          for (index, value) in [span.west, span.east, box.southE7, box.northE7].enumerated() {
            try touching.bind(Double(value) / 1e7, at: Int32(index + 1))
          }
          while try touching.step() {
            if let number = touching.integer(0) { candidates.insert(ClusterID(rawValue: UInt64(bitPattern: number))) }
          }
          touching.reset()
        }
        let own = try connection.prepare("SELECT west, south, east, north FROM \(kind.rawValue) WHERE id = ?1")
        var found: [ClusterID] = []
        for id in candidates {
          try own.bind(id.description, at: 1)
          var cursor = ColumnCursor()
          if try own.step(), let other = own.box(&cursor), box.touches(other) { found.append(id) }
          own.reset()
        }
        return found.sorted()
      }
    }
  }

  /// The ids of the episodes or clusters whose keywords and sample texts together hold all words, whatever their accents and case; a
  /// word that ends in `*` stands for all that begin so. Ascending.
  ///
  /// - Complexity: O(matches + backlog).
  package func ids(of kind: SummaryKind, saying words: [String]) throws(ArchiveError) -> [ClusterID] {
    try set(of: kind, saying: words).sorted()
  }

  private func set(of kind: SummaryKind, saying words: [String]) throws(ArchiveError) -> Set<ClusterID> {
    let query = words.map(Self.term).filter { !$0.isEmpty }.joined(separator: " ")
    if kind == .incident || query.isEmpty { return [] }
    return try snapshot { () throws(ArchiveError) in
      try storing { () throws(SQLiteError) in
        let pending = try backlog(kind)
        var found = try matches("main.side_\(kind.rawValue)_text", query)
        if !pending.isEmpty {
          // What waits is looked through by the same rules, in memory.
          found.subtract(pending)
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
          found.formUnion(try matches("temp.waiting", query))
        }
        return found
      }
    }
  }

  /// The ids of the incidents, episodes or clusters that say all words; an incident says what one of its episodes does.
  ///
  /// - Complexity: O(matches + backlog).
  package func search(_ kind: SummaryKind, _ words: [String]) throws(ArchiveError) -> Set<ClusterID> {
    guard kind == .incident else { return try set(of: kind, saying: words) }
    let episodes = try set(of: .episode, saying: words)
    return try storing { () throws(SQLiteError) in
      let select = try connection.prepare("SELECT incident FROM episode WHERE id = ?1")
      var found: Set<ClusterID> = []
      for id in episodes {
        try select.bind(id.description, at: 1)
        if try select.step(), let incident = ClusterID(select.text(0) ?? "") { found.insert(incident) }
        select.reset()
      }
      return found
    }
  }

  /// How SQLite answers both: the lines of EXPLAIN QUERY PLAN.
  package func sidePlans(_ kind: SummaryKind) throws(ArchiveError) -> [String] {
    try plan(Self.touching(kind)) + plan(Self.backlogIDs)
      + (kind == .incident ? [] : plan(Self.matching("main.side_\(kind.rawValue)_text")))
  }

  private static let backlogIDs = "SELECT id FROM side_backlog WHERE kind = ?1"

  private static func touching(_ kind: SummaryKind) -> String {
    "SELECT number FROM side_\(kind.rawValue)_box WHERE west <= ?2 AND east >= ?1 AND south <= ?4 AND north >= ?3"
  }

  private static func matching(_ table: String) -> String {
    let name = table.split(separator: ".").last ?? ""
    return "SELECT rowid FROM \(table) WHERE \(name) MATCH ?1"
  }

  private func backlog(_ kind: SummaryKind) throws(SQLiteError) -> Set<ClusterID> {
    let select = try connection.prepare(Self.backlogIDs)
    try select.bind(kind.rawValue, at: 1)
    var ids: Set<ClusterID> = []
    while try select.step() { if let id = ClusterID(select.text(0) ?? "") { ids.insert(id) } }
    return ids
  }

  private func matches(_ table: String, _ query: String) throws(SQLiteError) -> Set<ClusterID> {
    let select = try connection.prepare(Self.matching(table))
    try select.bind(query, at: 1)
    var ids: Set<ClusterID> = []
    while try select.step() { ids.insert(ClusterID(rawValue: UInt64(bitPattern: select.integer(0) ?? 0))) }
    return ids
  }

  /// A word as FTS5 quotes it, so that nothing in it is an operator.
  private static func term(_ word: String) -> String {
    let isPrefix = word.hasSuffix("*")
    let text = (isPrefix ? String(word.dropLast()) : word).filter { $0 != "\"" && $0 != "\0" }
    guard text.contains(where: { $0.isLetter || $0.isNumber }) else { return "" }
    return "\"\(text)\"\(isPrefix ? "*" : "")"
  }
}

extension BoundingBox {
  /// Whether two boxes share a place, edges included; either may lie across the antimeridian.
  func touches(_ other: BoundingBox) -> Bool {
    guard southE7 <= other.northE7, other.southE7 <= northE7 else { return false }
    return spans.contains { own in other.spans.contains { own.west <= $0.east && $0.west <= own.east } }
  }

  /// Its longitudes: two ranges where it lies across the antimeridian.
  var spans: [(west: Int32, east: Int32)] {
    let edge: Int32 = 1_800_000_000
    return westE7 <= eastE7 ? [(westE7, eastE7)] : [(westE7, edge), (-edge, eastE7)]
  }
}
