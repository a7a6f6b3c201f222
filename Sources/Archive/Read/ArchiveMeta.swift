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

  /// False alarms a day that the settings of the content accept; nil where they do not say.
  package var falseAlarmsPerDay: Double? { setting("detection.falseAlarmsPerDay").flatMap { Double($0) } }

  /// The language of the keywords' stems; nil where the settings do not say.
  package var language: String? { setting("detection.language").map { $0.filter { $0 != "\"" } } }

  private func setting(_ key: String) -> String? {
    settingsFingerprint.split(separator: "\n").first { $0.hasPrefix(key + "=") }.map { String($0.dropFirst(key.count + 1)) }
  }

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
