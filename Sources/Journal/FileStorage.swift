package import Platform

/// A journal's folder on a file system.
package struct FileStorage: JournalStorage {
  package let location: String

  /// Makes the folder where it is missing, for its owner only.
  package init(creating path: String) throws(SystemError) {
    try FileSystem.makeDirectories(path)
    location = path
  }

  /// A folder that exists, as for reading only.
  package init(path: String) { location = path }

  package func names() throws(SystemError) -> [String] { try FileSystem.names(in: location) }

  package func open(_ name: String, writable: Bool) throws(SystemError) -> any JournalFile {
    StoredFile(file: try File(path(name), writable ? .update : .read))
  }

  package func create(_ name: String) throws(SystemError) -> any JournalFile {
    StoredFile(file: try File(path(name), .createExclusively))
  }

  package func rename(_ name: String, to newName: String) throws(SystemError) {
    try FileSystem.rename(path(name), to: path(newName))
  }

  package func remove(_ name: String) throws(SystemError) { try FileSystem.remove(path(name)) }

  package func synchronizeDirectory() throws(SystemError) { try FileSystem.synchronizeDirectory(location) }

  private func path(_ name: String) -> String { location + "/" + name }
}

/// Shares one open file between the writer and the thread that syncs.
private final class StoredFile: JournalFile {
  private let file: File

  init(file: consuming File) { self.file = file }

  var descriptor: Int32? { file.rawDescriptor }
  var isOpenElsewhere: Bool { file.isOpenElsewhere }

  func byteCount() throws(SystemError) -> UInt64 { try file.byteCount() }

  func read(at offset: UInt64, count: Int) throws(SystemError) -> [UInt8] { try file.read(at: offset, count: count) }

  func write(_ bytes: Span<UInt8>, at offset: UInt64) throws(SystemError) -> Int { try file.writeSome(bytes, at: offset) }

  func truncate(to byteCount: UInt64) throws(SystemError) { try file.truncate(to: byteCount) }

  func synchronize() throws(SystemError) { try file.synchronize() }
}
