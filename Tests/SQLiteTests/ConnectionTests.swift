import Foundation
import SQLite
import TestSupport
import Testing

/// Opening, the header, errors and what they advise.
@Suite struct ConnectionTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func failure(_ body: () throws(SQLiteError) -> Void) -> SQLiteError? {
    do throws(SQLiteError) { try body() } catch { return error }
    return nil
  }

  @Test(arguments: [Connection.Mode.readWrite, .readOnly, .immutable])
  func aMissingFileCannotBeOpened(_ mode: Connection.Mode) {
    let path = "\(folder.path)/missing.sqlite"
    let error = failure { () throws(SQLiteError) in _ = try Connection(path: path, mode: mode) }
    #expect(error?.kind == .cannotOpen)
    #expect(error?.path == path)
    #expect(error?.systemErrorNumber == ENOENT)
    #expect(error?.description.contains("check that the file exists") == true)
  }

  @Test(arguments: ["plain", "with space", "file:odd", "q?mode=memory", "hash#tag", "50%25", "ünïcode", "quote'\""])
  func oddNamesAreNamesOfFiles(_ name: String) throws {
    let path = "\(folder.path)/\(name)"
    let connection = try Connection(path: path, mode: .create)
    try connection.execute("CREATE TABLE t (a)")
    #expect(FileManager.default.fileExists(atPath: path))
  }

  @Test func aPathWithNULIsRefused() {
    let error = failure { () throws(SQLiteError) in _ = try Connection(path: "\(folder.path)/a\0b", mode: .create) }
    #expect(error?.kind == .cannotOpen)
  }

  @Test func theHeaderKeepsItsMarks() throws {
    let path = "\(folder.path)/a"
    do {
      let connection = try Connection(path: path, mode: .create)
      let before = (try connection.userVersion(), try connection.applicationID())
      #expect(before == (0, 0))
      try connection.setUserVersion(7)
      try connection.setApplicationID(0x5443_5331)
    }
    let connection = try Connection(path: path, mode: .readOnly)
    let after = (try connection.userVersion(), try connection.applicationID())
    #expect(after == (7, 0x5443_5331))
  }

  @Test func aReaderCannotWrite() throws {
    let path = "\(folder.path)/a"
    do { try Connection(path: path, mode: .create).execute("CREATE TABLE t (a)") }
    let connection = try Connection(path: path, mode: .readOnly)
    let error = failure { () throws(SQLiteError) in try connection.execute("INSERT INTO t VALUES (1)") }
    #expect(error?.kind == .readOnly)
    #expect(error?.sql == "INSERT INTO t VALUES (1)")
  }

  @Test func garbageIsNoDatabase() throws {
    let path = "\(folder.path)/garbage"
    try Data(repeating: 0x5a, count: 5_000).write(to: URL(fileURLWithPath: path))
    let connection = try Connection(path: path, mode: .readOnly)
    let error = failure { () throws(SQLiteError) in _ = try connection.userVersion() }
    #expect(error?.kind == .notADatabase)
    #expect(error?.description.contains(path) == true)
  }

  @Test func aHeldLockIsBusyAfterTheTimeout() throws {
    let path = "\(folder.path)/a"
    let holder = try Connection(path: path, mode: .create)
    try holder.execute("CREATE TABLE t (a); BEGIN IMMEDIATE")
    let other = try Connection(path: path, mode: .readWrite, busyTimeoutMilliseconds: 10)
    let error = failure { () throws(SQLiteError) in try other.execute("BEGIN IMMEDIATE") }
    #expect(error?.kind == .busy)
  }

  @Test func aFullFileSaysSo() throws {
    let connection = try Connection(path: "\(folder.path)/a", mode: .create)
    try connection.execute("CREATE TABLE t (a)")
    _ = try connection.integer("PRAGMA max_page_count = 4")
    let error = failure { () throws(SQLiteError) in try connection.execute("INSERT INTO t VALUES (randomblob(100000))") }
    #expect(error?.kind == .full)
    #expect(error?.systemErrorNumber == 0)
    #expect(error?.advice?.contains("free space") == true)
  }

  @Test func hasLogSeesOnlyALogWithContent() throws {
    let path = "\(folder.path)/a"
    let connection = try Connection(path: path, mode: .create)
    try connection.execute("PRAGMA journal_mode = WAL")
    #expect(!Connection.hasLog(path: path))
    try connection.execute("CREATE TABLE t (a)")
    #expect(Connection.hasLog(path: path))
    let (pageCount, copiedCount) = try connection.checkpoint()
    #expect(pageCount > 0 && copiedCount == pageCount)
  }
}
