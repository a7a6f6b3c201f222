import CSQLite
import Glibc

extension Connection {
  /// Pages that are copied between two looks about.
  private static let pageCount: Int32 = 4_096

  /// Copies the database as it is now into a new file, by SQLite's own means of backup: writers meanwhile neither wait nor show.
  ///
  /// - Parameter check: called now and then; what it throws ends the copy, half as it is.
  package func copy(to path: String, check: () throws -> Void) throws {
    let target = try Connection(path: path, mode: .create)
    // Nobody knows the file yet: nothing must be undone in it.
    try target.execute("PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF")
    // What is read in one transaction is of one moment; without it the copy would begin anew at every change.
    try transaction(.reading, wrapping: { $0 as any Error }) { () throws(any Error) in
      _ = try integer("SELECT 1 FROM sqlite_schema LIMIT 1")
      try target.fill(from: self, check: check)
    }
  }

  /// Takes a database's name away, and its journal; connections that have it open go on.
  package static func remove(path: String) {
    for name in [path, path + "-journal"] { unsafe _ = unlink(name) }
  }

  private func fill(from source: borrowing Connection, check: () throws -> Void) throws {
    guard let backup = unsafe sqlite3_backup_init(handle, "main", source.handle, "main") else {
      throw unsafe SQLiteError(sqlite3_extended_errcode(handle), on: handle, sql: "backup", path: path)
    }
    var code = SQLITE_OK
    var interruption: (any Error)?
    while code == SQLITE_OK {
      do { try check() } catch {
        interruption = error
        break
      }
      code = unsafe sqlite3_backup_step(backup, Self.pageCount)
    }
    let end = unsafe sqlite3_backup_finish(backup)
    if let interruption { throw interruption }
    guard code == SQLITE_DONE, end == SQLITE_OK else {
      throw unsafe SQLiteError(code == SQLITE_DONE ? end : code, on: handle, sql: "backup", path: path)
    }
  }
}
