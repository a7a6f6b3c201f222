import Glibc

/// The right of one process to a folder: an exclusive `flock` on `DIR/lock`, which holds the owner's process id as text.
///
/// The kernel releases it when the owner dies, however it dies; the file stays.
package struct FileLock: ~Copyable, Sendable {
  private let file: File

  /// Takes the lock on a folder at once, or throws.
  package init(directory: String) throws(FileLockError) {
    let file = try Self.open(directory + "/lock")
    guard flock(file.rawDescriptor, LOCK_EX | LOCK_NB) == 0 else {
      guard errno == EWOULDBLOCK else { throw .failed(.current("lock", file.path)) }
      throw .held(path: file.path, holder: Self.holder(file))
    }
    do throws(SystemError) {
      try file.truncate(to: 0)
      try file.write(Array("\(getpid())\n".utf8).span, at: 0)
    } catch { throw .failed(error) }
    self.file = file
  }

  private static func open(_ path: String) throws(FileLockError) -> File {
    do { return try File(path, .create) } catch { throw .failed(error) }
  }

  /// The process id that a lock file holds.
  private static func holder(_ file: borrowing File) -> Int? {
    guard let text = try? file.read(at: 0, count: 20) else { return nil }
    return Int(String(decoding: text.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self))
  }
}

/// Why a folder could not be locked.
package enum FileLockError: Error, Equatable, Sendable {
  /// Another process has it; nil where its id could not be read.
  case held(path: String, holder: Int?)
  case failed(SystemError)
}

extension FileLockError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .held(let path, let holder?): "\(path): held by process \(holder); stop it first, or use another folder"
    case .held(let path, nil): "\(path): held by another process; stop it first, or use another folder"
    case .failed(let error): "\(error)"
    }
  }
}
