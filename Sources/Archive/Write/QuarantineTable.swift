import Engine
import Reports
import SQLite

/// Writes the refused events: `quarantine`, and what of them counts in `meta`.
struct QuarantineTable: ~Copyable {
  private let insert: Statement
  private let retry: Statement
  private let evict: Statement
  private let forgetDrops: Statement
  private let count: Statement
}

extension QuarantineTable {
  /// Prepares the statements.
  init(on connection: borrowing Connection) throws(SQLiteError) {
    try self.init(
      insert: connection.prepare(
        """
        INSERT INTO quarantine (
          number, code, member, message, producer, sequence, received_at, journal_position, journal_row, is_whole, source, event_id,
          event_time, raw
        ) SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14
        WHERE NOT EXISTS (SELECT 1 FROM quarantine_drop WHERE journal_position = ?8 AND journal_row = ?9)
        """),
      retry: connection.prepare(
        "UPDATE quarantine SET retry_count = ?2, retried_at = ?3, retry_verdict = ?4, retry_code = ?5 WHERE number = ?1"),
      evict: connection.prepare("DELETE FROM quarantine WHERE number < ?1"),
      forgetDrops: connection.prepare("DELETE FROM quarantine_drop WHERE journal_position < ?1"),
      count: connection.prepare("UPDATE meta SET refused_count = ?1, refused_evicted_count = ?2"))
  }

  /// Stores what was refused, what became of what was sent again, and lets the oldest go. One that the journal no longer holds
  /// (nil) is left out.
  func write(
    _ changes: Changes, _ fetch: (Changes.Refusal) throws -> RefusedEvent?
  ) throws(ArchiveError) {
    for refusal in changes.refusals {
      let event: RefusedEvent?
      do { event = try fetch(refusal) } catch { throw .sample(error) }
      guard let event else { continue }
      try storing { () throws(SQLiteError) in try write(refusal, event) }
    }
    try storing { () throws(SQLiteError) in
      for retry in changes.retries { try write(retry) }
      guard let quarantine = changes.quarantine else { return }
      try evict.bind([.count(quarantine.firstNumber)])
      try evict.run()
      try forgetDrops.bind([.count(quarantine.firstPosition)])
      try forgetDrops.run()
      try count.bind([.count(quarantine.refusedCount), .count(quarantine.firstNumber - 1)])
      try count.run()
    }
  }

  private func write(_ refusal: Changes.Refusal, _ event: RefusedEvent) throws(SQLiteError) {
    let rejection = refusal.rejection
    try insert.bind([
      .count(refusal.number), .text(Array(rejection.code.utf8)), .text(Array(rejection.member.utf8)),
      .text(Array(rejection.message.utf8)), .count(refusal.producer), .count(refusal.sequence), .time(refusal.receivedAt),
      .count(refusal.position), .count(refusal.row), .flag(!rejection.isBroken), Self.text(event.source), Self.text(event.id),
      .time(event.time), .text(StoredText.repaired(event.raw)),
    ])
    try insert.run()
  }

  private static func text(_ bytes: [UInt8]) -> StoredValue { bytes.isEmpty ? .null : .text(StoredText.repaired(bytes)) }

  private func write(_ row: Changes.Retry) throws(SQLiteError) {
    let (verdict, code) = Self.words(row.verdict)
    try retry.bind([
      .count(row.number), .count(row.count), .time(row.at), .text(Array(verdict.utf8)),
      code.map { .text(Array($0.utf8)) } ?? .null,
    ])
    try retry.run()
  }

  private static func words(_ verdict: Verdict) -> (verdict: String, code: String?) {
    switch verdict {
    case .accepted: ("accepted", nil)
    case .duplicateOfCursor, .duplicateOfIdentity: ("duplicate", nil)
    case .late: ("late", nil)
    case .rejected(let rejection): ("rejected", rejection.code)
    }
  }
}
