import Archive
import Engine
import SQLite
import TestSupport

/// A store in a folder of its own.
struct Store {
  let folder: TemporaryFolder
  var path: String { ArchiveFormat.path(inFolder: folder.path) }

  init() throws { folder = try TemporaryFolder() }

  func writer(_ storeID: String = "store-1", fingerprint: String = "settings-1") throws(ArchiveError) -> ArchiveWriter {
    try ArchiveWriter(folder: folder.path, storeID: storeID, settingsFingerprint: fingerprint)
  }

  func reader() throws(ArchiveError) -> ArchiveReader {
    try ArchiveReader(folder: folder.path)
  }

  /// Changes the file behind the archive's back.
  func execute(_ sql: String) throws(SQLiteError) {
    try Connection(path: path, mode: .create).execute(sql)
  }

  /// A store that holds a generator's first changes, and the twin of it.
  static func filled(seed: UInt64, rounds: Int = 30) throws -> (store: Store, twin: Twin, generator: ChangesGenerator) {
    let store = try Store()
    var generator = ChangesGenerator(seed: seed)
    var twin = Twin()
    var writer = try store.writer()
    for _ in 0..<rounds {
      let changes = generator.next()
      try writer.apply(changes, sample: Twin.sample)
      twin.apply(changes)
    }
    return (store, twin, generator)
  }
}

/// What a body throws, as it says it; nil where it returns.
func failure(_ body: () throws(ArchiveError) -> Void) -> ArchiveError? {
  do throws(ArchiveError) { try body() } catch { return error }
  return nil
}

extension ArchiveReader {
  /// The cluster with an id; nil where there is none.
  func cluster(_ id: String) throws(ArchiveError) -> ClusterDetail? {
    guard case .found(.cluster(let detail)) = try find(id, among: [.cluster]) else { return nil }
    return detail
  }
}
