import CSQLite

/// The SQLite that this program runs on.
package enum SQLiteLibrary {
  /// As `3.40.1`.
  package static var version: String { unsafe String(cString: sqlite3_libversion()) }
}
