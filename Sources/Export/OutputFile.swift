import Glibc
import Platform

/// A file that appears whole or not at all: written beside its place under another name, synced, and then named.
///
/// Where it goes unnamed, what was written goes with it. Only a kill leaves the other name behind: `NAME.partial-…`.
package struct OutputFile: ~Copyable {
  /// Where it is to be.
  package let path: String
  /// Where it is meanwhile.
  package let partialPath: String
  package let replaces: Bool
  let file: File
  private var isNamed = false

  /// Makes an empty file, of its owner's alone (0600), beside `path`.
  ///
  /// - Parameter replaces: whether a file that is there already gives way; refused where it may not, or is no file.
  package init(_ path: String, replaces: Bool) throws {
    if FileSystem.exists(path) {
      guard try FileSystem.isRegularFile(path) else { throw OutputError.notAFile(path: path) }
      guard replaces else { throw OutputError.exists(path: path) }
    }
    let bytes = try SecureRandom.bytes(count: 6)
    let partialPath = "\(path).partial-\(bytes.map { String(UInt16($0) | 0x100, radix: 16).dropFirst() }.joined())"
    self.init(path: path, partialPath: partialPath, replaces: replaces, file: try Self.make(partialPath, for: path))
  }

  private init(path: String, partialPath: String, replaces: Bool, file: consuming File) {
    self.path = path
    self.partialPath = partialPath
    self.replaces = replaces
    self.file = file
  }

  private static func make(_ partialPath: String, for path: String) throws(OutputError) -> File {
    do throws(SystemError) {
      return try File(partialPath, .createExclusively)
    } catch {
      throw .cannotMake(path: path, error)
    }
  }

  deinit {
    if !isNamed { Self.remove(partialPath) }
  }

  /// SQLite's journal too, should it have begun one.
  private static func remove(_ path: String) {
    for name in [path, path + "-journal"] { try? FileSystem.remove(name) }
  }

  /// Writes at the end.
  package func write(_ bytes: Span<UInt8>) throws {
    do {
      try file.write(bytes)
    } catch {
      throw OutputError.cannotWrite(path: path, error)
    }
  }

  /// Waits until everything is on the disk and gives it its name, in one step.
  package mutating func finish() throws {
    do {
      try file.synchronize()
      try name()
      isNamed = true
      try FileSystem.synchronizeDirectory(FileSystem.folder(of: path))
    } catch let error as SystemError {
      throw OutputError.cannotWrite(path: path, error)
    }
  }

  private func name() throws {
    if replaces { return try FileSystem.rename(partialPath, to: path) }
    do {
      // A file that has come meanwhile stays.
      try FileSystem.link(partialPath, as: path)
      try? FileSystem.remove(partialPath)
    } catch {
      if error.errno == EEXIST { throw OutputError.exists(path: path) }
      // Some file systems of removable disks know no second name.
      guard [EPERM, EOPNOTSUPP, ENOSYS, EMLINK].contains(error.errno) else { throw error }
      if FileSystem.exists(path) { throw OutputError.exists(path: path) }
      try FileSystem.rename(partialPath, to: path)
    }
  }
}
