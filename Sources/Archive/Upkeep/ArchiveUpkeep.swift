import SQLite

/// What is done to a store's file that nobody else writes meanwhile, and the copy of one that somebody does.
package enum ArchiveUpkeep {
  /// Brings a store's schema up to date.
  ///
  /// - Returns: the versions before and after.
  package static func migrate(folder: String) throws(ArchiveError) -> (from: Int, to: Int) {
    let from = try ArchiveFile(folder: folder).version
    let connection = try storing { () throws(SQLiteError) in
      try Connection(path: ArchiveFormat.path(inFolder: folder), mode: .readWrite)
    }
    try storing { () throws(SQLiteError) in try connection.execute("PRAGMA foreign_keys = ON") }
    try Migration.run(on: connection)
    return (from, ArchiveFormat.schemaVersion)
  }

  /// Writes a store's file anew without what is free in it.
  ///
  /// - Returns: its bytes before and after.
  package static func vacuum(folder: String) throws(ArchiveError) -> (before: UInt64, after: UInt64) {
    let path = ArchiveFormat.path(inFolder: folder)
    // Asked first, so that nothing is written into a file that is not ours.
    _ = try ArchiveFile(folder: folder).version
    let before = Connection.byteCount(of: path) + Connection.logByteCount(path: path)
    let connection = try storing { () throws(SQLiteError) in try Connection(path: path, mode: .readWrite) }
    try compact(connection)
    return (before, Connection.byteCount(of: path) + Connection.logByteCount(path: path))
  }

  /// Takes what was deleted out of the search index, the file and the write-ahead log.
  ///
  /// - Throws: `.heldLog` where somebody reads an earlier state, which is kept in the log for them.
  static func compact(_ connection: borrowing Connection) throws(ArchiveError) {
    let isHeld = try storing { () throws(SQLiteError) in try rewrite(connection) }
    if isHeld { throw .heldLog(path: connection.path) }
  }

  /// Whether the write-ahead log could not be emptied.
  private static func rewrite(_ connection: borrowing Connection) throws(SQLiteError) -> Bool {
    // A deleted document's words stay in the index until its segments are merged. Schemas before the fourth have none.
    for table in ["side_cluster_text", "side_episode_text"]
    where try connection.integer("SELECT count(*) FROM sqlite_schema WHERE name = '\(table)'") == 1 {
      try connection.execute("INSERT INTO \(table) (\(table)) VALUES ('optimize')")
    }
    try connection.execute("VACUUM")
    return try connection.integer("PRAGMA wal_checkpoint(TRUNCATE)") != 0
  }

  /// Copies a store's file as it stands at this moment into a new one, also while an aggregator writes it. The copy is one file, without a
  /// write-ahead log.
  ///
  /// - Parameters:
  ///   - path: a file that does not exist; where the copy fails it may be there in part.
  ///   - progress: told how many pages are left, of how many.
  package static func copy(
    folder: String, to path: String, progress: (_ leftCount: Int, _ pageCount: Int) -> Void = { _, _ in }
  ) throws(ArchiveError) {
    let source = try ArchiveFile(folder: folder)
    try storing { () throws(SQLiteError) in
      let copy = try Connection(path: path, mode: .create)
      // Read under one transaction, so that what is written meanwhile does not begin it anew.
      try source.connection.transaction(.reading) { () throws(SQLiteError) in
        _ = try source.connection.integer("SELECT 1 FROM sqlite_schema LIMIT 1")
        try source.connection.copy(into: copy, wrapping: { $0 }) { (left, count) throws(SQLiteError) in progress(left, count) }
      }
    }
    try storing { () throws(SQLiteError) in
      let copy = try Connection(path: path, mode: .readWrite)
      try copy.execute("PRAGMA journal_mode = DELETE")
    }
  }
}
