import SQLite

/// The store's file, of whatever version, as its upkeep opens it.
struct ArchiveFile: ~Copyable {
  let connection: Connection
  /// 1 … `ArchiveFormat.schemaVersion`.
  let version: Int
}

extension ArchiveFile {
  /// Opens it for reading, also in a folder that this user may not write.
  ///
  /// - Parameter isSearched: What is left is read of a file that is shorter than it says, too.
  /// - Throws: `.missing`, `.notAStore`, `.newerSchema`, `.locked`, `.unreadable`, `.corrupt`.
  init(folder: String, isSearched: Bool = false) throws(ArchiveError) {
    try self.init(path: ArchiveFormat.path(inFolder: folder), isSearched: isSearched)
  }

  /// The same of one that lies elsewhere, or is called otherwise.
  init(path: String, isSearched: Bool = false) throws(ArchiveError) {
    do throws(ArchiveError) {
      try self.init(path, .readOnly, isSearched)
    } catch {
      guard case .unreadable = error, !Connection.hasLog(path: path) else { throw error }
      try self.init(path, .immutable, isSearched)
    }
  }

  private init(_ path: String, _ mode: Connection.Mode, _ isSearched: Bool) throws(ArchiveError) {
    let connection = try storing { () throws(SQLiteError) in try Connection(path: path, mode: mode) }
    if isSearched { try storing { () throws(SQLiteError) in try connection.acceptShorterFile() } }
    version = try Migration.version(of: connection, acceptsEmpty: false)
    self.connection = connection
  }
}
