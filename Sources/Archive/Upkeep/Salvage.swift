import Reports
import SQLite

/// What is written in a store's file alone, and nowhere in the journal: carried from one that is damaged, as far as it can be read, into
/// the one that was made anew.
package struct Salvage: Equatable, Sendable {
  package struct Part: Equatable, Sendable {
    package var table: String
    /// Rows that could be read.
    package var readCount: UInt64
    /// Of those: rows that were not there yet, and now are.
    package var addedCount: UInt64
    /// What is known to be lost; empty where nothing is.
    package var says: String
  }

  /// In the order in which they are carried: acts before what names them. Tables of a later version than the file's are left out.
  package internal(set) var parts: [Part] = []

  /// The tables, with those first that others name.
  package static let tables = ["act", "silence", "silence_corner", "incident_join", "quarantine_drop"]
  /// How long it waits for the aggregator.
  private static let busyTimeoutMilliseconds: Int32 = 60_000
  private static let lostNote = "this line was lost to damage; it is made from what the act had done"

  package var isWhole: Bool { parts.allSatisfy(\.says.isEmpty) }
}

extension Salvage {
  /// Reads a file that was moved away, and adds to the store in a folder what it lacks of it, in one transaction; also beside an
  /// aggregator, and again.
  ///
  /// - Throws: as opening a store does; `.otherStore`; `.ownActs` where the store holds acts that the file does not: they would count as
  ///   earlier than what follows them.
  /// - Complexity: O(rows of these tables), of which it holds one table at a time.
  package init(from path: String, into folder: String) throws(ArchiveError) {
    let source = try ArchiveFile(path: path, isSearched: true)
    let target = try storing { () throws(SQLiteError) in
      try Connection(
        path: ArchiveFormat.path(inFolder: folder), mode: .readWrite, busyTimeoutMilliseconds: Self.busyTimeoutMilliseconds)
    }
    let version = try Migration.version(of: target, acceptsEmpty: false)
    guard version == ArchiveFormat.schemaVersion else {
      throw .olderSchema(path: target.path, found: version, supported: ArchiveFormat.schemaVersion)
    }
    let expected = try ArchiveMeta.read(from: target).storeID
    // A page that cannot be read says nothing against it.
    if let found = Self.storeID(source.connection), found != expected {
      throw .otherStore(path: path, found: found, expected: expected)
    }
    try storing { () throws(SQLiteError) in try target.execute("PRAGMA foreign_keys = ON") }
    parts = try target.transaction(.writing, wrapping: ArchiveError.init) { () throws(ArchiveError) in
      var parts: [Part] = []
      for table in Self.tables {
        if let part = try Self.carry(table, from: source.connection, to: target) { parts.append(part) }
      }
      return parts
    }
  }

  private static func storeID(_ connection: borrowing Connection) -> String? {
    guard let select = try? connection.prepare("SELECT store_id FROM meta"), (try? select.step()) == true else { return nil }
    return select.text(0)
  }

  /// Nil where the file knows no such table.
  private static func carry(
    _ table: String, from source: borrowing Connection, to target: borrowing Connection
  ) throws(ArchiveError) -> Part? {
    let columns = try storing { () throws(SQLiteError) in try SalvageTable(table, from: source, to: target) }
    guard let columns else { return nil }
    let (rows, error) = columns.rows(source)
    if table == "act" { try requireNoOthers(than: rows, columns, target) }
    var part = Part(table: table, readCount: UInt64(rows.count), addedCount: 0, says: "")
    var refusedCount = 0
    try storing { () throws(SQLiteError) in
      let insert = try target.prepare(columns.insert)
      for row in rows {
        for act in try lostActs(of: row, columns, target) { try insertLost(act, target) }
        try insert.bind(row)
        do throws(SQLiteError) {
          try insert.run()
          part.addedCount += UInt64(target.changes)
        } catch {
          // What is no row of this table was no row: a page of something else.
          guard error.kind == .constraint else { throw error }
          refusedCount += 1
        }
        insert.reset()
      }
      if table == "quarantine_drop" {
        try target.execute(
          """
          DELETE FROM quarantine WHERE EXISTS (SELECT 1 FROM quarantine_drop AS d
            WHERE d.journal_position = quarantine.journal_position AND d.journal_row = quarantine.journal_row)
          """)
      }
    }
    let lost = lost(of: rows, columns)
    var says = error.map { ["what lies between is damaged (\($0))"] } ?? []
    if !lost.isEmpty { says.append("\(columns.key.joined()) \(lost) is not there") }
    if refusedCount > 0 { says.append("\(refusedCount) rows hold what they cannot, or are of what is lost") }
    part.says = says.joined(separator: "; ")
    return part
  }

  /// The numbers that are missing in a table whose rows are numbered from 1 on without gaps, as `3, 7 to 9`.
  private static func lost(of rows: [[StoredValue]], _ columns: SalvageTable) -> String {
    guard columns.isNumbered else { return "" }
    var next: Int64 = 1
    var gaps: [String] = []
    for row in rows {
      guard case .integer(let number) = row[0], number >= next else { continue }
      if number > next { gaps.append(number == next + 1 ? "\(next)" : "\(next) to \(number - 1)") }
      next = number + 1
    }
    return gaps.prefix(8).joined(separator: ", ") + (gaps.count > 8 ? ", …" : "")
  }

  /// Sees to it that a store holds no act that is not one of these.
  private static func requireNoOthers(
    than rows: [[StoredValue]], _ columns: SalvageTable, _ target: borrowing Connection
  ) throws(ArchiveError) {
    let other = try storing { () throws(SQLiteError) -> Int64? in
      let known = Dictionary(rows.map { ($0[0].integer ?? 0, $0) }) { first, _ in first }
      let select = try target.prepare("\(columns.select) ORDER BY number")
      while try select.step() {
        let row = columns.row(select)
        let number = row[0].integer ?? 0
        if known[number] == row || columns.value("note", row) == .text(Array(lostNote.utf8)) { continue }
        return number
      }
      return nil
    }
    if let other { throw .ownActs(path: target.path, number: UInt64(clamping: other)) }
  }

  /// An act that a row names and that is not there: what it must have been.
  private struct LostAct {
    var number: Int64
    var verb: Act.Verb
    var kind: Act.Kind
    var id: StoredValue
    var object: StoredValue = .null
  }

  private static func lostActs(
    of row: [StoredValue], _ columns: SalvageTable, _ target: borrowing Connection
  ) throws(SQLiteError) -> [LostAct] {
    func value(_ name: String) -> StoredValue { columns.value(name, row) }
    func named(_ name: String, _ verb: Act.Verb, _ kind: Act.Kind, _ id: StoredValue) -> LostAct? {
      value(name).integer.map { LostAct(number: $0, verb: verb, kind: kind, id: id) }
    }
    var acts: [LostAct] = []
    switch columns.table {
    case "silence":
      let number = StoredValue.text(Array("\(value("number").integer ?? 0)".utf8))
      acts = [named("act", .silence, .silence, number), named("ended_act", .endSilence, .silence, number)].compactMap { $0 }
    case "incident_join":
      acts = [named("act", .merge, .incident, value("member"))].compactMap { $0 }
      for index in acts.indices { acts[index].object = value("head") }
    default: break
    }
    let exists = try target.prepare("SELECT 1 FROM act WHERE number = ?1")
    var lost: [LostAct] = []
    for act in acts {
      try exists.bind(act.number, at: 1)
      if try !exists.step() { lost.append(act) }
      exists.reset()
    }
    return lost
  }

  /// By nobody, at the time of the act before it.
  private static func insertLost(_ act: LostAct, _ target: borrowing Connection) throws(SQLiteError) {
    let insert = try target.prepare(
      """
      INSERT INTO act SELECT ?1, coalesce((SELECT at FROM act WHERE number < ?1 ORDER BY number DESC LIMIT 1),
        (SELECT at FROM act WHERE number > ?1 ORDER BY number LIMIT 1), 0), ?2, ?3, ?4, ?5, ?6, ?7
      """)
    func text(_ text: String) -> StoredValue { .text(Array(text.utf8)) }
    try insert.bind([
      .integer(act.number), text(Act.nobody), text(act.verb.rawValue), text(act.kind.rawValue), act.id, act.object,
      text(lostNote),
    ])
    try insert.run()
  }
}
