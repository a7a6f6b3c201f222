import Engine
import Reports
import SQLite

/// Writes the names and the counts that belong to them: `keyword`, `source` and `producer`.
struct NameTables: ~Copyable {
  private let keyword: Statement
  private let source: Statement
  private let producer: Statement
}

extension NameTables {
  /// Prepares the statements.
  init(on connection: borrowing Connection) throws(SQLiteError) {
    try self.init(
      keyword: connection.prepare(
        "INSERT INTO keyword VALUES (?1, ?2) ON CONFLICT (number) DO UPDATE SET text = excluded.text"),
      source: connection.prepare(
        """
        INSERT INTO source (
          number, name, received, accepted, duplicate, late, rejected, last_seen_at, role, cancelled, near_duplicate,
          commonest_place, refused_keyword, resent
        ) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14) ON CONFLICT (number) DO UPDATE SET
          name = excluded.name, received = excluded.received, accepted = excluded.accepted, duplicate = excluded.duplicate,
          late = excluded.late, rejected = excluded.rejected, last_seen_at = excluded.last_seen_at, role = excluded.role,
          cancelled = excluded.cancelled, near_duplicate = excluded.near_duplicate,
          commonest_place = excluded.commonest_place, refused_keyword = excluded.refused_keyword,
          resent = excluded.resent
        """),
      producer: connection.prepare(
        """
        INSERT INTO producer (
          number, name, received, accepted, duplicate, late, rejected, last_seen_at, epoch, through_sequence, announced_sequence, missing,
          rerequest_count, resent
        ) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14) ON CONFLICT (number) DO UPDATE SET
          name = excluded.name, received = excluded.received, accepted = excluded.accepted, duplicate = excluded.duplicate,
          late = excluded.late, rejected = excluded.rejected, last_seen_at = excluded.last_seen_at,
          epoch = excluded.epoch, through_sequence = excluded.through_sequence,
          announced_sequence = excluded.announced_sequence, missing = excluded.missing,
          rerequest_count = excluded.rerequest_count, resent = excluded.resent
        """))
  }

  func write(_ changes: Changes) throws(SQLiteError) {
    for name in changes.keywords {
      try keyword.bind(Int64(name.number), at: 1)
      try keyword.bind(text: StoredText.name(name.text, number: name.number), at: 2)
      try keyword.run()
    }
    for row in changes.sources {
      try Self.bind(row.number, row.name, row.ledger, row.lastSeenAt, to: source)
      try source.bind(row.role.rawValue, at: 9)
      let counts = [
        row.cancelledCount, row.nearDuplicateCount, row.commonestPlaceCount, row.refusedKeywordCount, row.resentCount,
      ]
      try source.bind(counts.map { .count($0) }, from: 10)
      try source.run()
    }
    for row in changes.producers {
      try Self.bind(row.number, row.name, row.ledger, row.lastSeenAt, to: producer)
      try producer.bind(row.epoch.description, at: 9)
      let counts = [row.throughSequence, row.announcedSequence, row.missingCount, row.rerequestCount, row.resentCount]
      try producer.bind(counts.map { .count($0) }, from: 10)
      try producer.run()
    }
  }

  /// Parameters 1 to 8, which sources and producers have in common.
  private static func bind(
    _ number: UInt32, _ name: [UInt8], _ ledger: Ledger, _ lastSeenAt: Timestamp?, to statement: borrowing Statement
  ) throws(SQLiteError) {
    try statement.bind(Int64(number), at: 1)
    try statement.bind(text: StoredText.name(name, number: number), at: 2)
    try statement.bind(Int64(clamping: ledger.received), at: 3)
    try statement.bind(Int64(clamping: ledger.accepted), at: 4)
    try statement.bind(Int64(clamping: ledger.duplicate), at: 5)
    try statement.bind(Int64(clamping: ledger.late), at: 6)
    try statement.bind(Int64(clamping: ledger.rejected), at: 7)
    try statement.bind(lastSeenAt?.microseconds, at: 8)
  }
}
