package import Platform

/// A folder that holds a journal: files where the service runs, a faulty disk where it is tested.
package protocol JournalStorage: Sendable {
  /// The folder's path, for messages.
  var location: String { get }
  /// Every name in the folder, ascending.
  func names() throws(SystemError) -> [String]
  /// Opens a file that exists.
  func open(_ name: String, writable: Bool) throws(SystemError) -> any JournalFile
  /// Makes a file; EEXIST where the name is taken.
  func create(_ name: String) throws(SystemError) -> any JournalFile
  /// Gives a file another name; one that had it before is replaced.
  func rename(_ name: String, to newName: String) throws(SystemError)
  func remove(_ name: String) throws(SystemError)
  /// Waits until names that were made, changed or removed are on the disk.
  func synchronizeDirectory() throws(SystemError)
}

/// An open file of a journal; it is closed when nobody holds it any more. Safe to use from several threads.
package protocol JournalFile: AnyObject, Sendable {
  func byteCount() throws(SystemError) -> UInt64
  /// At most `count` bytes at `offset`; fewer only where the file ends.
  func read(at offset: UInt64, count: Int) throws(SystemError) -> [UInt8]
  /// Writes at `offset` the whole or a part; the number of bytes written.
  func write(_ bytes: Span<UInt8>, at offset: UInt64) throws(SystemError) -> Int
  func truncate(to byteCount: UInt64) throws(SystemError)
  /// Waits until bytes and length are on the disk.
  func synchronize() throws(SystemError)
  /// Whether anybody else has it open: what is written then is what they read.
  var isOpenElsewhere: Bool { get }
  /// By what the system knows it, so that another process can write to it; nil where it is none of the system's files.
  var descriptor: Int32? { get }
}

extension JournalFile {
  package var descriptor: Int32? { nil }
  package var isOpenElsewhere: Bool { false }

  /// Writes everything at `offset`; where it throws, some of it may have been written.
  package func writeAll(_ bytes: Span<UInt8>, at offset: UInt64) throws(SystemError) {
    var written = 0
    while written < bytes.count {
      written += try write(bytes.extracting(droppingFirst: written), at: offset + UInt64(written))
    }
  }
}
