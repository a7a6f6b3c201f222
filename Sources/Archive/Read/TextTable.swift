/// A table of texts that can be searched for words: the side table of a kind, or what that does not know of yet.
struct TextTable {
  let schema: String
  let name: String

  static func side(_ kind: SummaryKind) -> TextTable { TextTable(schema: "main", name: "side_\(kind.rawValue)_text") }

  /// Of one connection, in memory.
  static let waiting = TextTable(schema: "temp", name: "waiting")

  /// Of what matches ?1, something that may be asked of the row.
  func matching(_ what: String) -> String { "SELECT \(what) FROM \(schema).\(name) WHERE \(name) MATCH ?1" }

  /// Okapi BM25, as FTS5 counts it: the lower the better.
  var rank: String { "bm25(\(name))" }

  /// A few words around those that match, of the column that holds them; they stand in brackets.
  var snippet: String { "snippet(\(name), -1, '[', ']', '…', 16)" }
}
