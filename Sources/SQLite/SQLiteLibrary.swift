import CSQLite

/// The SQLite that this program runs on.
package enum SQLiteLibrary {
  /// As `3.40.1`.
  package static var version: String { unsafe String(cString: sqlite3_libversion()) }

  /// Whether SQLite leaves its memory uncounted: nobody asks for the sums, and each piece would take a lock for them.
  ///
  /// False where something else in this process has begun to use SQLite before: then all works as well.
  static let countsNoMemory = csqlite_count_no_memory() == SQLITE_OK
}
