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

  /// What there is too little of, in words, where it may pass when some is freed. After a failed sync nobody knows what is there:
  /// that never passes.
  package var shortage: String? {
    switch errno {
    case _ where operation == "sync": nil
    case ENOSPC, EDQUOT: "the disk is full"
    case EMFILE, ENFILE: "no file descriptor is left"
    default: nil
    }
  }

  /// Whether the reader of a pipe has gone away.
  package var isBrokenPipe: Bool { errno == EPIPE }
}

extension SystemError: CustomStringConvertible {
  package var description: String { "\(operation) \(subject): \(Self.reason(errno))" }

  /// The system's words for a number that it gave.
  package static func reason(_ errno: Int32) -> String {
    unsafe strerror(errno).map { unsafe String(cString: $0) } ?? "error \(errno)"
  }
}
