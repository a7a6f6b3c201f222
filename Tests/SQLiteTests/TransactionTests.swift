import SQLite
import TestSupport
import Testing

/// All or nothing.
@Suite struct TransactionTests {
  private struct Stop: Error {}
  private let folder: TemporaryFolder
  private var path: String { "\(folder.path)/a" }

  init() throws {
    folder = try TemporaryFolder()
    try Connection(path: path, mode: .create).execute("CREATE TABLE t (a INTEGER PRIMARY KEY)")
  }

  private func count() throws -> Int64? {
    try Connection(path: path, mode: .readOnly).integer("SELECT count(*) FROM t")
  }

  @Test func aValueComesBackAndTheRowsStay() throws {
    let connection = try Connection(path: path, mode: .readWrite)
    let value = try connection.transaction(.writing) { () throws(SQLiteError) in
      try connection.execute("INSERT INTO t VALUES (1), (2)")
      return 5
    }
    #expect(value == 5)
    #expect(try count() == 2)
    #expect(connection.isInTransaction == false)
  }

  @Test func whatTheBodyThrowsRollsBack() throws {
    let connection = try Connection(path: path, mode: .readWrite)
    #expect(throws: Stop.self) {
      try connection.transaction(.writing, wrapping: { _ in Stop() }) { () throws(Stop) in
        do { try connection.execute("INSERT INTO t VALUES (1)") } catch { throw Stop() }
        throw Stop()
      }
    }
    #expect(connection.isInTransaction == false)
    #expect(try count() == 0)
  }

  @Test func aFullFileRollsBackAndCanBeTriedAgain() throws {
    let connection = try Connection(path: path, mode: .readWrite)
    try connection.execute("CREATE TABLE u (a)")
    func fill() throws(SQLiteError) {
      try connection.transaction(.writing) { () throws(SQLiteError) in
        try connection.execute("INSERT INTO t VALUES (1); INSERT INTO u VALUES (randomblob(100000))")
      }
    }
    _ = try connection.integer("PRAGMA max_page_count = 5")
    #expect(throws: SQLiteError.self) { try fill() }
    #expect(connection.isInTransaction == false)
    #expect(try count() == 0)
    _ = try connection.integer("PRAGMA max_page_count = 1000")
    try fill()
    #expect(try count() == 1)
  }

  @Test func aReadingTransactionSeesOneState() throws {
    let writer = try Connection(path: path, mode: .readWrite)
    try writer.execute("PRAGMA journal_mode = WAL")
    let reader = try Connection(path: path, mode: .readOnly)
    let counts = try reader.transaction(.reading) { () throws(SQLiteError) in
      let before = try reader.integer("SELECT count(*) FROM t")
      try writer.execute("INSERT INTO t VALUES (1)")
      return (before, try reader.integer("SELECT count(*) FROM t"))
    }
    #expect(counts == (0, 0))
    #expect(try count() == 1)
  }
}
