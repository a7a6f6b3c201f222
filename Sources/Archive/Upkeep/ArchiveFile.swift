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
  /// - Throws: `.missing`, `.notAStore`, `.newerSchema`, `.locked`, `.unreadable`, `.corrupt`.
  init(folder: String) throws(ArchiveError) {
    try self.init(path: ArchiveFormat.path(inFolder: folder))
  }

  /// The same of one that lies elsewhere, or is called otherwise.
  init(path: String) throws(ArchiveError) {
    do throws(ArchiveError) {
      try self.init(path, .readOnly)
    } catch {
      guard case .unreadable = error, !Connection.hasLog(path: path) else { throw error }
      try self.init(path, .immutable)
    }
  }

  private init(_ path: String, _ mode: Connection.Mode) throws(ArchiveError) {
    let connection = try storing { () throws(SQLiteError) in try Connection(path: path, mode: mode) }
    version = try Migration.version(of: connection, acceptsEmpty: false)
    self.connection = connection
  }
}
