/// What marks a file as a store.
package enum ArchiveFormat {
  /// "TCS1" in the file's header: `PRAGMA application_id`.
  package static let applicationID: Int32 = 0x5443_5331
  /// The file in the store's folder.
  package static let fileName = "summaries.sqlite"
  /// The schema that this release reads and writes: `PRAGMA user_version`.
  package static var schemaVersion: Int { Migration.all.count }

  /// The store's file in a folder.
  package static func path(inFolder folder: String) -> String {
    folder.isEmpty || folder.hasSuffix("/") ? folder + fileName : "\(folder)/\(fileName)"
  }
}
