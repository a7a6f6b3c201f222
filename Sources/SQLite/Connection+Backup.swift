import CSQLite

extension Connection {
  /// Copies the whole database into another, page by page, as it stands in the transaction that is open here, or at the first step.
  ///
  /// - Parameters:
  ///   - destination: what it held before is gone.
  ///   - progress: told after every step how many pages are left, of how many.
  ///     What it throws, and what `wrapping` makes of an error of SQLite's, ends the copy, half as it is.
  package func copy<Failure: Error>(
    into destination: borrowing Connection, pagesPerStep: Int32 = 2_048, wrapping: (SQLiteError) -> Failure,
    progress: (_ leftCount: Int, _ pageCount: Int) throws(Failure) -> Void
  ) throws(Failure) {
    guard let backup = unsafe sqlite3_backup_init(destination.handle, "main", handle, "main") else {
      throw wrapping(
        unsafe SQLiteError(
          sqlite3_extended_errcode(destination.handle), on: destination.handle, sql: "backup", path: destination.path))
    }
    var code = SQLITE_OK
    do throws(Failure) {
      while code == SQLITE_OK {
        code = unsafe sqlite3_backup_step(backup, pagesPerStep)
        try unsafe progress(Int(sqlite3_backup_remaining(backup)), Int(sqlite3_backup_pagecount(backup)))
      }
    } catch {
      unsafe _ = sqlite3_backup_finish(backup)
      throw error
    }
    let finished = unsafe sqlite3_backup_finish(backup)
    // What a step reports is of either side; the message stands with the destination.
    if code != SQLITE_DONE || finished != SQLITE_OK {
      throw wrapping(
        unsafe SQLiteError(
          code == SQLITE_DONE ? finished : code, on: destination.handle, sql: "backup", path: destination.path))
    }
  }
}
