import Glibc

extension Connection {
  /// Whether a write-ahead log with content lies beside a database: what a reader of the file alone would not see.
  package static func hasLog(path: String) -> Bool {
    var status = stat()
    return unsafe stat("\(path)-wal", &status) == 0 && status.st_size > 0
  }
}
