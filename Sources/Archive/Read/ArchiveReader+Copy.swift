import SQLite

extension ArchiveReader {
  /// Whether an aggregator may be writing the store: a long read would keep it from emptying its write-ahead log meanwhile.
  package var isWritten: Bool { Connection.hasLog(path: path) }

  /// The store's length in bytes, as a copy will have it.
  package func byteCount() throws(ArchiveError) -> UInt64 {
    try storing { () throws(SQLiteError) in
      let pages = try connection.integer("PRAGMA page_count") ?? 0
      let pageSize = try connection.integer("PRAGMA page_size") ?? 0
      return UInt64(clamping: pages) * UInt64(clamping: pageSize)
    }
  }

  /// Copies the store into a new file and reads that one, which has no name any more once this returns: it goes with its reader.
  ///
  /// - Parameter check: called now and then; what it throws ends the copy.
  package func copy(to path: String, check: () throws -> Void) throws -> ArchiveReader {
    defer { Connection.remove(path: path) }
    do {
      try connection.copy(to: path, check: check)
    } catch let error as SQLiteError {
      throw ArchiveError(error)
    }
    return ArchiveReader(connection: try Self.open(path, .immutable), isImmutable: true)
  }
}
