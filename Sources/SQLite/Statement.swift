import CSQLite

/// A compiled statement, owned: prepared once, then bound, stepped and reset as often as needed.
///
/// Parameters count from 1 and columns from 0, as in SQLite. Reading a column outside the row gives nil or zero.
@safe package struct Statement: ~Copyable {
  private let handle: OpaquePointer
  private let path: String

  /// Takes over a handle that nobody else finalizes.
  init(owning handle: OpaquePointer, path: String) {
    unsafe self.handle = handle
    self.path = path
  }

  deinit {
    unsafe sqlite3_finalize(handle)
  }

  private func check(_ code: Int32) throws(SQLiteError) {
    if code != SQLITE_OK { throw failure(code) }
  }

  private func failure(_ code: Int32) -> SQLiteError {
    let sql = unsafe sqlite3_sql(handle).map { unsafe String(cString: $0) } ?? ""
    return unsafe SQLiteError(code, on: sqlite3_db_handle(handle), sql: sql, path: path)
  }

  /// Advances to the next row.
  ///
  /// - Returns: true on a row, false at the end.
  /// - Throws: what SQLite reports; the statement is reset then.
  package func step() throws(SQLiteError) -> Bool {
    let code = unsafe sqlite3_step(handle)
    if code == SQLITE_ROW { return true }
    if code == SQLITE_DONE { return false }
    let error = failure(code)
    reset()
    throw error
  }

  /// Makes it ready to run again, with its bindings kept.
  package func reset() {
    // The code repeats the failure of the last step, which was thrown there.
    unsafe _ = sqlite3_reset(handle)
  }

  /// Runs it to its end and resets it.
  package func run() throws(SQLiteError) {
    while try step() {}
    reset()
  }
}

// MARK: Binding

extension Statement {
  package func bind(_ value: Int64, at parameter: Int32) throws(SQLiteError) {
    try unsafe check(sqlite3_bind_int64(handle, parameter, value))
  }

  package func bind(_ value: Int64?, at parameter: Int32) throws(SQLiteError) {
    if let value { try bind(value, at: parameter) } else { try bindNull(at: parameter) }
  }

  /// Binds the 64 bits as they are: values from 2⁶³ up are negative in SQL.
  package func bind(bitPattern value: UInt64, at parameter: Int32) throws(SQLiteError) {
    try bind(Int64(bitPattern: value), at: parameter)
  }

  /// Binds a number; SQLite holds a NaN as NULL.
  package func bind(_ value: Double, at parameter: Int32) throws(SQLiteError) {
    try unsafe check(sqlite3_bind_double(handle, parameter, value))
  }

  /// Binds a copy of UTF-8 bytes; NUL bytes are kept.
  package func bind(text bytes: [UInt8], at parameter: Int32) throws(SQLiteError) {
    let code = unsafe bytes.withUnsafeBytes { buffer in
      unsafe csqlite_bind_text(handle, parameter, buffer.baseAddress, UInt64(buffer.count))
    }
    try check(code)
  }

  package func bind(_ text: String, at parameter: Int32) throws(SQLiteError) {
    try bind(text: text.utf8.span, at: parameter)
  }

  /// Binds a text of the program's own, without a copy.
  package func bind(constant text: StaticString, at parameter: Int32) throws(SQLiteError) {
    try unsafe check(
      csqlite_bind_static_text(handle, parameter, text.utf8Start, UInt64(text.utf8CodeUnitCount)))
  }

  /// Binds a copy of UTF-8 bytes.
  package func bind(text bytes: Span<UInt8>, at parameter: Int32) throws(SQLiteError) {
    let code = unsafe bytes.withUnsafeBytes { buffer in
      unsafe csqlite_bind_text(handle, parameter, buffer.baseAddress, UInt64(buffer.count))
    }
    try check(code)
  }

  /// Binds a copy of bytes.
  package func bind(blob bytes: [UInt8], at parameter: Int32) throws(SQLiteError) {
    let code = unsafe bytes.withUnsafeBytes { buffer in
      unsafe csqlite_bind_blob(handle, parameter, buffer.baseAddress, UInt64(buffer.count))
    }
    try check(code)
  }

  package func bindNull(at parameter: Int32) throws(SQLiteError) {
    try unsafe check(sqlite3_bind_null(handle, parameter))
  }
}

// MARK: Reading the row

extension Statement {
  package func isNull(_ column: Int32) -> Bool { unsafe sqlite3_column_type(handle, column) == SQLITE_NULL }

  /// The column as an integer; nil where it is NULL.
  package func integer(_ column: Int32) -> Int64? { isNull(column) ? nil : unsafe sqlite3_column_int64(handle, column) }

  /// The column as a number; nil where it is NULL.
  package func double(_ column: Int32) -> Double? { isNull(column) ? nil : unsafe sqlite3_column_double(handle, column) }

  /// A copy of the column's bytes, of a text or a blob; nil where it is NULL.
  package func bytes(_ column: Int32) -> [UInt8]? {
    if isNull(column) { return nil }
    guard let start = unsafe sqlite3_column_blob(handle, column) else { return [] }
    return unsafe Array(UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, column))))
  }

  /// The column as a string, with bytes that are not UTF-8 repaired; nil where it is NULL.
  package func text(_ column: Int32) -> String? {
    if isNull(column) { return nil }
    guard let start = unsafe sqlite3_column_text(handle, column) else { return "" }
    return unsafe String(
      decoding: UnsafeBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, column))), as: UTF8.self)
  }
}
