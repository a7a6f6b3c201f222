import Engine
import SQLite

/// Fills `side_episode_text` or `side_cluster_text`: a document for each summary, of its keywords and its sample texts.
struct SideTexts: ~Copyable {
  private let read: Statement
  private let known: Statement
  private let remove: Statement
  private let add: Statement
}

extension SideTexts {
  /// The document of ?1: its keywords and its texts, each on lines.
  static func document(_ kind: SummaryKind) -> String {
    let keywords =
      switch kind {
      case .episode:
        """
        (SELECT group_concat(k.text, char(10)) FROM episode_keyword AS p CROSS JOIN keyword AS k ON k.number = p.keyword
          WHERE p.episode = c.id)
        """
      case .cluster, .incident: "(SELECT k.text FROM keyword AS k WHERE k.number = c.keyword)"
      }
    return """
      SELECT \(keywords), (SELECT group_concat(s.text, char(10)) FROM \(kind.rawValue)_sample AS s WHERE s.\(kind.rawValue) = c.id)
      FROM \(kind.rawValue) AS c WHERE c.id = ?1
      """
  }

  /// Prepares the statements.
  init(of kind: SummaryKind, on connection: borrowing Connection) throws(SQLiteError) {
    let table = "side_\(kind.rawValue)_text"
    try self.init(
      read: connection.prepare(Self.document(kind)),
      known: connection.prepare("SELECT keywords, texts FROM \(table) WHERE rowid = ?1"),
      remove: connection.prepare("DELETE FROM \(table) WHERE rowid = ?1"),
      add: connection.prepare("INSERT INTO \(table) (rowid, keywords, texts) VALUES (?1, ?2, ?3)"))
  }

  /// Tells of one summary's texts, where they are others than before.
  func fill(_ id: ClusterID, isThere: Bool) throws(SQLiteError) {
    let number = Int64(bitPattern: id.rawValue)
    var document: [[UInt8]]?
    if isThere {
      try read.bind(id.description, at: 1)
      if try read.step() { document = [read.bytes(0) ?? [], read.bytes(1) ?? []] }
      read.reset()
    }
    try known.bind(number, at: 1)
    let before: [[UInt8]]? = try known.step() ? [known.bytes(0) ?? [], known.bytes(1) ?? []] : nil
    known.reset()
    if before == document { return }
    if before != nil {
      try remove.bind(number, at: 1)
      try remove.run()
    }
    guard let document else { return }
    try add.bind(number, at: 1)
    try add.bind(text: document[0], at: 2)
    try add.bind(text: document[1], at: 3)
    try add.run()
  }
}
