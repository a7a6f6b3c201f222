package import SQLite

/// Reads a store, with or without an aggregator writing it; each answer is of one moment.
///
/// One thread at a time may use it.
package struct ArchiveReader: ~Copyable {
  let connection: Connection
  /// Opened as a file that nobody changes, since the folder lets nobody make the files that locks need.
  private let isImmutable: Bool

  /// The store's file.
  package var path: String { connection.path }

  /// Bytes of the write-ahead log beside it.
  package var logByteCount: UInt64 { Connection.logByteCount(path: path) }

  /// Opens the store in a folder.
  ///
  /// A folder that this user may not write is read too, as long as no write-ahead log with content lies in it alone.
  ///
  /// - Parameter log: is told of every statement that is prepared.
  /// - Throws: `.missing`, `.notAStore`, `.newerSchema`, `.olderSchema`, `.unreadable`, `.corrupt`.
  package init(folder: String, log: StatementLog? = nil) throws(ArchiveError) {
    let path = ArchiveFormat.path(inFolder: folder)
    do throws(ArchiveError) {
      self.init(connection: try Self.open(path, .readOnly, log), isImmutable: false)
    } catch {
      guard case .unreadable = error, !Connection.hasLog(path: path) else { throw error }
      self.init(connection: try Self.open(path, .immutable, log), isImmutable: true)
    }
  }

  init(connection: consuming Connection, isImmutable: Bool) {
    self.connection = connection
    self.isImmutable = isImmutable
  }

  static func open(_ path: String, _ mode: Connection.Mode, _ log: StatementLog? = nil) throws(ArchiveError) -> Connection {
    let connection = try storing { () throws(SQLiteError) in
      try Connection(path: path, mode: mode, busyTimeoutMilliseconds: 5_000, log: log)
    }
    let version = try Migration.version(of: connection, acceptsEmpty: false)
    guard version == ArchiveFormat.schemaVersion else {
      throw .olderSchema(path: path, found: version, supported: ArchiveFormat.schemaVersion)
    }
    return connection
  }

  /// Runs queries that see the store at one moment: that of `atOneMoment` within it.
  func snapshot<Value>(_ body: () throws(ArchiveError) -> Value) throws(ArchiveError) -> Value {
    if connection.isInTransaction { return try body() }
    let value = try connection.transaction(.reading, wrapping: ArchiveError.init, body)
    try checkUnchanged()
    return value
  }

  /// Sees to it that nobody wrote a file that was read as one that nobody does.
  func checkUnchanged() throws(ArchiveError) {
    if isImmutable && Connection.hasLog(path: path) {
      throw .unreadable(path: path, detail: "an aggregator began to write it meanwhile; try again")
    }
  }

  /// What the store says of itself.
  package func meta() throws(ArchiveError) -> ArchiveMeta {
    try snapshot { () throws(ArchiveError) in try ArchiveMeta.read(from: connection) }
  }

  func plan(_ sql: String) throws(ArchiveError) -> [String] {
    try storing { () throws(SQLiteError) in
      let explain = try connection.prepare("EXPLAIN QUERY PLAN \(sql)")
      var lines: [String] = []
      while try explain.step() { lines.append(explain.text(3) ?? "") }
      return lines
    }
  }
}
