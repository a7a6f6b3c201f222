import Glibc

extension Connection {
  /// Copies the database as it is now into a new file, by SQLite's own means of backup: writers meanwhile neither wait nor show.
  ///
  /// - Parameter check: called now and then; what it throws ends the copy, half as it is.
  package func copy(to path: String, check: () throws -> Void) throws {
    let target = try Connection(path: path, mode: .create)
    // Nobody knows the file yet: nothing must be undone in it.
    try target.execute("PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF")
    // What is read in one transaction is of one moment; without it the copy would begin anew at every change.
    try transaction(.reading, wrapping: { $0 as any Error }) { () throws(any Error) in
      _ = try integer("SELECT 1 FROM sqlite_schema LIMIT 1")
      try copy(into: target, wrapping: { $0 as any Error }) { (_, _) throws(any Error) in try check() }
    }
  }

  /// Takes a database's name away, and its journal; connections that have it open go on.
  package static func remove(path: String) {
    for name in [path, path + "-journal"] { unsafe _ = unlink(name) }
  }
}
