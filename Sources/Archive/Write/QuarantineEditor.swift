import SQLite

/// Throws refused events away, beside whoever writes the store: the one change that does not come from the journal.
///
/// What is thrown away is remembered by its place there, so that it does not come back with a store that is made anew.
package struct QuarantineEditor: ~Copyable {
  private let connection: Connection

  /// Opens the store in a folder.
  ///
  /// - Throws: `.missing`, `.notAStore`, `.newerSchema`, `.olderSchema`, `.unreadable`, `.corrupt`.
  package init(folder: String) throws(ArchiveError) {
    let path = ArchiveFormat.path(inFolder: folder)
    let connection = try storing { () throws(SQLiteError) in try Connection(path: path, mode: .readWrite) }
    let version = try Migration.version(of: connection, acceptsEmpty: false)
    guard version == ArchiveFormat.schemaVersion else {
      throw .olderSchema(path: path, found: version, supported: ArchiveFormat.schemaVersion)
    }
    try storing { () throws(SQLiteError) in try connection.execute("PRAGMA secure_delete = FAST") }
    self.connection = connection
  }

  /// Deletes rows by their numbers; those that are not there are passed over.
  ///
  /// - Returns: How many were there.
  package func drop(_ numbers: [UInt64]) throws(ArchiveError) -> Int {
    try connection.transaction(.writing, wrapping: ArchiveError.init) { () throws(ArchiveError) in
      try storing { () throws(SQLiteError) in
        let remember = try connection.prepare(
          "INSERT INTO quarantine_drop SELECT journal_position, journal_row FROM quarantine WHERE number = ?1 ON CONFLICT DO NOTHING"
        )
        let delete = try connection.prepare("DELETE FROM quarantine WHERE number = ?1")
        var count = 0
        for number in numbers {
          try remember.bind([.count(number)])
          try remember.run()
          try delete.bind([.count(number)])
          try delete.run()
          count += Int(connection.changes)
        }
        return count
      }
    }
  }
}
