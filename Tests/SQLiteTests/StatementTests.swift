import SQLite
import TestSupport
import Testing

/// Every kind of value there and back, reuse, and a statement's life.
@Suite struct StatementTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func connect() throws(SQLiteError) -> Connection {
    let connection = try Connection(path: "\(folder.path)/a", mode: .create)
    try connection.execute("CREATE TABLE IF NOT EXISTS t (a)")
    return connection
  }

  @Test(arguments: [0, 1, -1, .max, .min] as [Int64])
  func integersRoundTrip(_ value: Int64) throws {
    let connection = try connect()
    let statement = try connection.prepare("SELECT ?1, ?2")
    try statement.bind(value, at: 1)
    try statement.bind(bitPattern: UInt64(bitPattern: value), at: 2)
    let isRow = try statement.step()
    #expect(isRow)
    #expect(statement.integer(0) == value)
    #expect(statement.integer(1) == value)
  }

  @Test(arguments: [0, -0.0, 1.5, .infinity, .leastNonzeroMagnitude, .greatestFiniteMagnitude])
  func numbersRoundTrip(_ value: Double) throws {
    let connection = try connect()
    let statement = try connection.prepare("SELECT ?1")
    try statement.bind(value, at: 1)
    _ = try statement.step()
    #expect(statement.double(0) == value)
  }

  @Test func textsBindAsSpansAndAsConstants() throws {
    let connection = try connect()
    let statement = try connection.prepare("SELECT ?1, ?2, ?3")
    let bytes = Array("a\0ü".utf8)
    try statement.bind(text: bytes.span, at: 1)
    try statement.bind(text: bytes.span.extracting(0..<0), at: 2)
    try statement.bind(constant: "open", at: 3)
    // Bindings are kept until others come.
    for _ in 0..<2 {
      let isRow = try statement.step()
      #expect(isRow)
      #expect(statement.bytes(0) == bytes)
      #expect(statement.bytes(1) == [])
      #expect(statement.text(2) == "open")
      statement.reset()
    }
  }

  @Test func notANumberIsNull() throws {
    let connection = try connect()
    let statement = try connection.prepare("SELECT ?1")
    try statement.bind(Double.nan, at: 1)
    _ = try statement.step()
    #expect(statement.isNull(0) == true)
    #expect(statement.double(0) == nil)
  }

  @Test(arguments: ["", "plain", "it's \"quoted\"", "a\0b", "\0", "naïve 🚒", "'; DROP TABLE t; --"])
  func textsRoundTrip(_ value: String) throws {
    let connection = try connect()
    let insert = try connection.prepare("INSERT INTO t VALUES (?1)")
    try insert.bind(value, at: 1)
    try insert.run()
    #expect(connection.changes == 1)
    let select = try connection.prepare("SELECT a, typeof(a) FROM t")
    _ = try select.step()
    #expect(select.text(0) == value)
    #expect(select.bytes(0) == Array(value.utf8))
    #expect(select.text(1) == "text")
  }

  @Test(arguments: [[], [0], [255, 0, 128]] as [[UInt8]])
  func blobsRoundTrip(_ value: [UInt8]) throws {
    let connection = try connect()
    let statement = try connection.prepare("SELECT ?1, typeof(?1)")
    try statement.bind(blob: value, at: 1)
    _ = try statement.step()
    #expect(statement.bytes(0) == value)
    #expect(statement.text(1) == "blob")
  }

  @Test func illFormedTextIsRepairedWhenRead() throws {
    let connection = try connect()
    let statement = try connection.prepare("SELECT ?1")
    try statement.bind(text: [0x61, 0xff, 0x62], at: 1)
    _ = try statement.step()
    #expect(statement.text(0) == "a\u{FFFD}b")
  }

  @Test func nullsAndAbsentColumnsAreNil() throws {
    let connection = try connect()
    let statement = try connection.prepare("SELECT ?1")
    try statement.bind(nil as Int64?, at: 1)
    #expect(statement.integer(0) == nil)
    _ = try statement.step()
    for column in [0, 1, -1, .max] as [Int32] {
      #expect(statement.integer(column) == nil)
      #expect(statement.double(column) == nil)
      #expect(statement.text(column) == nil)
      #expect(statement.bytes(column) == nil)
    }
  }

  @Test func aStatementRunsAgainAfterAFailure() throws {
    let connection = try connect()
    try connection.execute("CREATE TABLE u (a INTEGER PRIMARY KEY)")
    let insert = try connection.prepare("INSERT INTO u VALUES (?1)")
    for (value, succeeds) in [(1, true), (1, false), (2, true)] as [(Int64, Bool)] {
      do throws(SQLiteError) {
        try insert.bind(value, at: 1)
        try insert.run()
        #expect(succeeds)
      } catch {
        #expect(!succeeds)
        #expect(error.kind == .constraint)
        #expect(error.sql == "INSERT INTO u VALUES (?1)")
      }
    }
  }

  @Test(arguments: ["", "-- nothing", "SELEKT", "SELECT * FROM nowhere"])
  func whatIsNoStatementIsAnError(_ sql: String) throws {
    let connection = try connect()
    #expect(throws: SQLiteError.self) { _ = try connection.prepare(sql) }
  }

  @Test func aParameterOutsideTheStatementIsAnError() throws {
    let connection = try connect()
    let statement = try connection.prepare("SELECT ?1")
    for parameter in [0, 2, -1] as [Int32] {
      #expect(throws: SQLiteError.self) { try statement.bind(1 as Int64, at: parameter) }
    }
  }

  @Test func aStatementOutlivesItsConnection() throws {
    func orphan() throws(SQLiteError) -> Statement { try connect().prepare("SELECT 42") }
    let statement = try orphan()
    _ = try statement.step()
    #expect(statement.integer(0) == 42)
  }
}
