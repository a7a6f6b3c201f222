import CSQLite

/// A failure that SQLite reported: what, where, and what to do next.
package struct SQLiteError: Error, Equatable, Sendable {
  /// The failures that callers tell apart.
  package enum Kind: Equatable, Sendable {
    case busy, full, readOnly, corrupt, cannotOpen, notADatabase, constraint, other
  }

  /// The primary result code, the low byte of `extendedCode`.
  package var code: Int32 { extendedCode & 0xff }
  /// SQLite's extended result code.
  package let extendedCode: Int32
  /// The operating system's `errno` where SQLite kept one; else zero.
  package let systemErrorNumber: Int32
  /// SQLite's own words.
  package let message: String
  /// The statement that failed; empty where there was none.
  package let sql: String
  /// The database's file.
  package let path: String

  package init(extendedCode: Int32, systemErrorNumber: Int32 = 0, message: String, sql: String = "", path: String) {
    self.extendedCode = extendedCode
    self.systemErrorNumber = systemErrorNumber
    self.message = message
    self.sql = sql
    self.path = path
  }

  /// Reads what a connection says about its last failure.
  init(_ extendedCode: Int32, on connection: OpaquePointer?, sql: String, path: String) {
    // Other failures would show the number of an earlier one.
    let isOfSystem = [SQLITE_CANTOPEN, SQLITE_IOERR, SQLITE_FULL].contains(extendedCode & 0xff)
    unsafe self.init(
      extendedCode: extendedCode, systemErrorNumber: isOfSystem ? sqlite3_system_errno(connection) : 0,
      message: String(cString: sqlite3_errmsg(connection)), sql: sql, path: path)
  }

  package var kind: Kind {
    switch code {
    case SQLITE_BUSY, SQLITE_LOCKED: .busy
    case SQLITE_FULL: .full
    case SQLITE_READONLY: .readOnly
    case SQLITE_CORRUPT: .corrupt
    case SQLITE_CANTOPEN: .cannotOpen
    case SQLITE_NOTADB: .notADatabase
    case SQLITE_CONSTRAINT: .constraint
    default: .other
    }
  }

  /// What the operator can do about it; nil where nothing general can be said.
  package var advice: String? {
    switch kind {
    case .busy: "another process holds the database; wait until it is done, or stop it, and try again"
    case .full: "the disk or the file's size limit is full; free space and try again: the transaction was rolled back"
    case .readOnly: "this user may not write the file, its folder or its -wal and -shm files; correct the permissions"
    case .corrupt: "the file is damaged; move it away and let it be built anew, or restore a backup"
    case .cannotOpen: "check that the file exists and that this user may read it and its folder"
    case .notADatabase: "the file is not an SQLite database; check the path"
    case .constraint, .other: nil
    }
  }
}

extension SQLiteError: CustomStringConvertible {
  package var description: String {
    var text = "\(path): \(message) (SQLite code \(extendedCode)"
    if systemErrorNumber != 0 { text += ", errno \(systemErrorNumber)" }
    text += ")"
    if !sql.isEmpty { text += " in: \(sql)" }
    if let advice { text += "; \(advice)" }
    return text
  }
}
