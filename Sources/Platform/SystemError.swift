import Glibc

/// A refusal of the operating system: what was tried, on what, and why it did not go.
package struct SystemError: Error, Equatable, Sendable {
  /// The call, in words: "open", "write", "sync".
  package var operation: String
  /// The path, or whatever else it was tried on.
  package var subject: String
  /// The number that the system gave.
  package var errno: Int32

  package init(operation: String, subject: String, errno: Int32) {
    self.operation = operation
    self.subject = subject
    self.errno = errno
  }

  /// The fault that the calling thread's `errno` holds.
  package static func current(_ operation: String, _ subject: String) -> SystemError {
    SystemError(operation: operation, subject: subject, errno: Glibc.errno)
  }

  /// Whether it is for want of space, quota or file descriptors, and may pass when some are freed.
  package var isShortage: Bool { [ENOSPC, EDQUOT, EMFILE, ENFILE].contains(errno) }

  /// Whether the reader of a pipe has gone away.
  package var isBrokenPipe: Bool { errno == EPIPE }
}

extension SystemError: CustomStringConvertible {
  package var description: String {
    let reason = unsafe strerror(errno).map { unsafe String(cString: $0) } ?? "error \(errno)"
    return "\(operation) \(subject): \(reason)"
  }
}
