package import Reports
import SQLite

/// What a store says of itself.
package struct ArchiveMeta: Equatable, Sendable {
  /// The store's own name.
  package let storeID: String
  /// The settings with which the content was made.
  package let settingsFingerprint: String
  /// The journal position through which everything is stored.
  package let position: UInt64
  /// Every later report before this time is late; nil until the first report.
  package let watermark: Timestamp?

  /// Reads the one row.
  static func read(from connection: borrowing Connection) throws(ArchiveError) -> ArchiveMeta {
    let meta = try storing { () throws(SQLiteError) -> ArchiveMeta? in
      let select = try connection.prepare("SELECT store_id, settings_fingerprint, journal_position, watermark FROM meta")
      guard try select.step() else { return nil }
      return ArchiveMeta(
        storeID: select.text(0) ?? "", settingsFingerprint: select.text(1) ?? "",
        position: UInt64(clamping: select.integer(2) ?? 0),
        watermark: select.integer(3).map { Timestamp(microseconds: $0) })
    }
    guard let meta else { throw .corrupt(path: connection.path, detail: "its meta table is empty") }
    return meta
  }
}
