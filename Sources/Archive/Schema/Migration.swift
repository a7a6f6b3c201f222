import SQLite

/// One step of the schema: the script that leads from the version before to this one.
struct Migration {
  let script: String

  /// In order; the one at index i leads to version i + 1. A released one is never changed.
  static let all = [
    Migration(script: SchemaV1.script), Migration(script: SchemaV2.script), Migration(script: SchemaV3.script),
    Migration(script: SchemaV4.script), Migration(script: SchemaV5.script), Migration(script: SchemaV6.script),
  ]

  /// Brings a store to the newest version, from an empty file too, in one transaction.
  ///
  /// - Throws: `.notAStore` and `.newerSchema` before anything is written.
  static func run(on connection: borrowing Connection) throws(ArchiveError) {
    let path = connection.path
    if try version(of: connection, acceptsEmpty: true) == ArchiveFormat.schemaVersion { return }
    try connection.transaction(.writing, wrapping: ArchiveError.init) { () throws(ArchiveError) in
      // Read again: another process may have migrated meanwhile.
      let found = try version(of: connection, acceptsEmpty: true)
      guard found <= all.count else {
        throw .newerSchema(path: path, found: found, supported: all.count)
      }
      try storing { () throws(SQLiteError) in
        for migration in all[found...] { try connection.execute(migration.script) }
        try connection.setApplicationID(ArchiveFormat.applicationID)
        try connection.setUserVersion(Int32(all.count))
      }
    }
  }

  /// The schema version of a store, 0 … `ArchiveFormat.schemaVersion`.
  ///
  /// - Parameter acceptsEmpty: whether a new file, without any table or mark, is a store of version 0.
  static func version(of connection: borrowing Connection, acceptsEmpty: Bool) throws(ArchiveError) -> Int {
    let path = connection.path
    let (identifier, version, isEmpty) = try storing { () throws(SQLiteError) in
      (
        try connection.applicationID(), Int(try connection.userVersion()),
        try connection.integer("SELECT 1 FROM sqlite_schema LIMIT 1") == nil
      )
    }
    if acceptsEmpty && isEmpty && identifier == 0 && version == 0 { return 0 }
    guard identifier == ArchiveFormat.applicationID else {
      throw .notAStore(path: path, detail: "its application_id is \(identifier), not \(ArchiveFormat.applicationID)")
    }
    guard version >= 1 else { throw .notAStore(path: path, detail: "its schema version is \(version)") }
    guard version <= all.count else { throw .newerSchema(path: path, found: version, supported: all.count) }
    return version
  }
}
