import Glibc

extension Connection {
  /// Whether a write-ahead log with content lies beside a database: what a reader of the file alone would not see.
  package static func hasLog(path: String) -> Bool {
    logByteCount(path: path) > 0
  }

  /// Bytes of the write-ahead log beside a database; zero without one.
  package static func logByteCount(path: String) -> UInt64 { byteCount(of: "\(path)-wal") }

  /// Bytes of a database's file; zero without one.
  package static func byteCount(of path: String) -> UInt64 {
    var status = stat()
    return unsafe stat(path, &status) == 0 ? UInt64(max(0, status.st_size)) : 0
  }
}
