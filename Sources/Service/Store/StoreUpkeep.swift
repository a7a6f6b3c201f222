import Archive
import Platform

/// Upkeep of a store's summaries: what needs the lock takes it, so that no aggregator is disturbed.
package enum StoreUpkeep {
  /// Brings the schema of the summaries up to date.
  package static func migrate(directory: String) throws(ServiceError) -> (from: Int, to: Int) {
    try locked(directory) { try ArchiveUpkeep.migrate(folder: directory) }
  }

  /// Writes the summaries anew without what is free in them.
  package static func vacuum(directory: String) throws(ServiceError) -> (before: UInt64, after: UInt64) {
    try locked(directory) { try ArchiveUpkeep.vacuum(folder: directory) }
  }

  /// Copies the summaries into a new file, also while an aggregator writes them: beside its place first, then it is moved there.
  ///
  /// - Returns: the copy's bytes.
  package static func backUp(
    directory: String, to path: String, progress: (_ leftCount: Int, _ pageCount: Int) -> Void
  ) throws(ServiceError) -> UInt64 {
    guard !FileSystem.exists(path) else { throw ServiceError("\(path): exists already; name another file, or move it away") }
    let parent = FileSystem.folder(of: path)
    guard FileSystem.exists(parent) else {
      throw ServiceError("\(path): there is no folder \(parent); make it, or name another file")
    }
    let temporary = path + ".partial"
    do {
      // Of a copy that was broken off.
      try removeAll(temporary)
      // It holds texts, and SQLite would let everybody read what it makes.
      _ = try File(temporary, .createExclusively)
      try ArchiveUpkeep.copy(folder: directory, to: temporary, progress: progress)
      let file = try File(temporary, .read)
      try file.synchronize()
      let byteCount = try file.byteCount()
      guard !FileSystem.exists(path) else { throw ServiceError("\(path): exists by now; name another file") }
      try FileSystem.rename(temporary, to: path)
      try FileSystem.synchronizeDirectory(FileSystem.folder(of: path))
      return byteCount
    } catch {
      try? removeAll(temporary)
      throw error as? ServiceError ?? ServiceError("\(error)")
    }
  }

  private static func removeAll(_ path: String) throws {
    for suffix in ["", "-journal", "-wal", "-shm"] where FileSystem.exists(path + suffix) { try FileSystem.remove(path + suffix) }
  }

  private static func locked<Value>(_ directory: String, _ body: () throws -> Value) throws(ServiceError) -> Value {
    guard FileSystem.exists(StoreLayout(directory: directory).summaries) else {
      throw ServiceError("\(ArchiveError.missing(path: StoreLayout(directory: directory).summaries))")
    }
    do {
      let lock = try FileLock(directory: directory)
      defer { _ = lock }
      return try body()
    } catch FileLockError.held(_, let holder) {
      let who = holder.map { "process \($0)" } ?? "another process"
      throw ServiceError("\(directory): \(who) writes this store; stop it first")
    } catch {
      throw error as? ServiceError ?? ServiceError("\(error)")
    }
  }
}
