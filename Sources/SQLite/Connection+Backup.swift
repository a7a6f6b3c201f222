import CSQLite

extension Connection {
  /// Copies the whole database into another, page by page, as it stands in the transaction that is open here, or at the first step.
  ///
  /// - Parameters:
  ///   - destination: what it held before is gone.
  ///   - progress: told after every step how many pages are left, of how many.
  package func copy(
    into destination: borrowing Connection, pagesPerStep: Int32 = 2_048,
    progress: (_ leftCount: Int, _ pageCount: Int) -> Void = { _, _ in }
  ) throws(SQLiteError) {
    guard let backup = unsafe sqlite3_backup_init(destination.handle, "main", handle, "main") else {
      throw unsafe SQLiteError(
        sqlite3_extended_errcode(destination.handle), on: destination.handle, sql: "backup", path: destination.path)
    }
    var code = SQLITE_OK
    while code == SQLITE_OK {
      code = unsafe sqlite3_backup_step(backup, pagesPerStep)
      unsafe progress(Int(sqlite3_backup_remaining(backup)), Int(sqlite3_backup_pagecount(backup)))
    }
    let finished = unsafe sqlite3_backup_finish(backup)
    // What a step reports is of either side; the message stands with the destination.
    if code != SQLITE_DONE || finished != SQLITE_OK {
      throw unsafe SQLiteError(
        code == SQLITE_DONE ? finished : code, on: destination.handle, sql: "backup", path: destination.path)
    }
  }
}
