import CSQLite

/// An open database, owned: closed when it goes.
///
/// One thread at a time may use a connection and its statements. A statement may outlive its connection: SQLite then closes
/// the file with the last of them.
@safe package struct Connection: ~Copyable {
  /// How a file is opened.
  package enum Mode: Equatable, Sendable {
    /// Reads and writes; the file is made where it is missing.
    case create
    /// Reads and writes a file that exists.
    case readWrite
    /// Reads only; in write-ahead mode the files beside it may still be made.
    case readOnly
    /// The same, of a file that this user may write: of any other SQLite forgets the `CHECK`s, and nothing can look at them.
    case examining
    /// Reads a file that nobody changes meanwhile: no locks, and its write-ahead log is not looked at.
    case immutable
  }

  let handle: OpaquePointer
  /// The file, as it was given.
  package let path: String
  private let log: StatementLog?

  /// Opens a file; the file's content is first read by the first statement.
  ///
  /// - Parameters:
  ///   - busyTimeoutMilliseconds: how long a statement waits for another process's lock.
  ///   - fileSystem: the name of the VFS that the file lies in; nil for the system's.
  ///   - log: is told of every statement that is prepared.
  package init(
    path: String, mode: Mode, busyTimeoutMilliseconds: Int32 = 5_000, fileSystem: String? = nil, log: StatementLog? = nil
  ) throws(SQLiteError) {
    guard !path.utf8.contains(0) else {
      throw SQLiteError(extendedCode: SQLITE_CANTOPEN, message: "a path holds no NUL", path: path)
    }
    _ = SQLiteLibrary.countsNoMemory
    var flags = SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
    switch mode {
    case .create: flags |= SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
    case .readWrite, .examining: flags |= SQLITE_OPEN_READWRITE
    case .readOnly, .immutable: flags |= SQLITE_OPEN_READONLY
    }
    var opened: OpaquePointer?
    let code = unsafe sqlite3_open_v2(Self.uri(path, immutable: mode == .immutable), &opened, flags, fileSystem)
    guard code == SQLITE_OK, let connection = unsafe opened else {
      let error = unsafe SQLiteError(code, on: opened, sql: "", path: path)
      unsafe sqlite3_close_v2(opened)
      throw error
    }
    unsafe handle = connection
    self.path = path
    self.log = log
    unsafe sqlite3_busy_timeout(connection, busyTimeoutMilliseconds)
    // A database that somebody hands us must not be able to run functions through its schema.
    unsafe _ = csqlite_set_option(connection, SQLITE_DBCONFIG_DEFENSIVE, 1)
    unsafe _ = csqlite_set_option(connection, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0)
    guard mode == .examining else { return }
    // Nothing is written, nor where it is the last to close.
    unsafe _ = csqlite_set_option(connection, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
    unsafe sqlite3_exec(connection, "PRAGMA query_only = ON", nil, nil, nil)
  }

  /// Has a file that is shorter than it says taken for as long as it is, so that the rest of it can be read; for reading alone.
  package func acceptShorterFile() throws(SQLiteError) {
    // SQLite has no other way to ask for it, and forbids this one to connections that are on their guard.
    unsafe _ = csqlite_set_option(handle, SQLITE_DBCONFIG_DEFENSIVE, 0)
    try execute("PRAGMA query_only = ON; PRAGMA writable_schema = ON")
  }

  deinit {
    unsafe sqlite3_close_v2(handle)
  }

  /// Always a URI, so that a path that looks like one is not taken for one.
  private static func uri(_ path: String, immutable: Bool) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var uri = Array((path.hasPrefix("/") ? "file://" : "file:").utf8)
    for byte in path.utf8 {
      switch byte {
      case UInt8(ascii: "?"), UInt8(ascii: "#"), UInt8(ascii: "%"):
        uri += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      default: uri.append(byte)
      }
    }
    if immutable { uri += "?immutable=1".utf8 }
    return String(decoding: uri, as: UTF8.self)
  }

  /// Lets statements write what lies behind virtual tables: for a file that this program is just making, whose indexes it builds whole.
  package func allowShadowTables() {
    unsafe _ = csqlite_set_option(handle, SQLITE_DBCONFIG_DEFENSIVE, 0)
  }

  func check(_ code: Int32, _ sql: String) throws(SQLiteError) {
    if code != SQLITE_OK { throw unsafe SQLiteError(code, on: handle, sql: sql, path: path) }
  }

  /// Runs statements that give no rows, separated by semicolons; rows are dropped.
  package func execute(_ sql: String) throws(SQLiteError) {
    try unsafe check(sqlite3_exec(handle, sql, nil, nil, nil), sql)
  }

  /// Compiles one statement, to be kept and run often.
  package func prepare(_ sql: String, file: StaticString = #fileID, line: UInt = #line) throws(SQLiteError) -> Statement {
    log?.note(sql, file, line)
    var prepared: OpaquePointer?
    try unsafe check(sqlite3_prepare_v3(handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &prepared, nil), sql)
    guard let statement = unsafe prepared else {
      throw SQLiteError(extendedCode: SQLITE_MISUSE, message: "there is no statement to prepare", sql: sql, path: path)
    }
    return unsafe Statement(owning: statement, path: path)
  }

  /// The first column of a statement's first row as an integer; nil where there is no row or it is NULL.
  package func integer(_ sql: String, file: StaticString = #fileID, line: UInt = #line) throws(SQLiteError) -> Int64? {
    let statement = try prepare(sql, file: file, line: line)
    return try statement.step() ? statement.integer(0) : nil
  }

  /// Rows that the last INSERT, UPDATE or DELETE touched.
  package var changes: Int64 { unsafe sqlite3_changes64(handle) }

  /// Whether a transaction is open.
  package var isInTransaction: Bool { unsafe sqlite3_get_autocommit(handle) == 0 }

  /// Copies what the write-ahead log holds into the file, as far as readers allow, without waiting for anyone.
  ///
  /// - Returns: the pages in the log, and how many of them are in the file now; fewer where a reader still needs the older ones.
  package func checkpoint() throws(SQLiteError) -> (pageCount: Int, copiedCount: Int) {
    var frameCount: Int32 = 0
    var copiedCount: Int32 = 0
    try unsafe check(
      sqlite3_wal_checkpoint_v2(handle, nil, SQLITE_CHECKPOINT_PASSIVE, &frameCount, &copiedCount), "checkpoint")
    return (Int(frameCount), Int(copiedCount))
  }
}
