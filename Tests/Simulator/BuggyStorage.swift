import Journal
import Platform
import TestSupport

/// A storage that syncs as a bug has it.
final class BuggyStorage: JournalStorage {
  private let base: FaultyStorage
  private let bug: PlantedBug

  init(_ base: FaultyStorage, _ bug: PlantedBug) {
    self.base = base
    self.bug = bug
  }

  var location: String { base.location }
  func names() throws(SystemError) -> [String] { try base.names() }
  func open(_ name: String, writable: Bool) throws(SystemError) -> any JournalFile {
    BuggyFile(try base.open(name, writable: writable), bug)
  }
  func create(_ name: String) throws(SystemError) -> any JournalFile { BuggyFile(try base.create(name), bug) }
  func rename(_ name: String, to newName: String) throws(SystemError) { try base.rename(name, to: newName) }
  func remove(_ name: String) throws(SystemError) { try base.remove(name) }
  func synchronizeDirectory() throws(SystemError) { try base.synchronizeDirectory() }
}

private final class BuggyFile: JournalFile {
  private let base: any JournalFile
  private let bug: PlantedBug

  init(_ base: any JournalFile, _ bug: PlantedBug) {
    self.base = base
    self.bug = bug
  }

  func byteCount() throws(SystemError) -> UInt64 { try base.byteCount() }
  func read(at offset: UInt64, count: Int) throws(SystemError) -> [UInt8] { try base.read(at: offset, count: count) }
  func write(_ bytes: Span<UInt8>, at offset: UInt64) throws(SystemError) -> Int { try base.write(bytes, at: offset) }
  func truncate(to byteCount: UInt64) throws(SystemError) { try base.truncate(to: byteCount) }

  func synchronize() throws(SystemError) {
    if bug == .acknowledgesBeforeSync { return }
    do {
      try base.synchronize()
    } catch {
      guard bug == .retriesFailedSync else { throw error }
      try base.synchronize()
    }
  }
}
