import Glibc

/// A child of this process that is to be waited for, once.
package struct ChildProcess: Sendable {
  package let identifier: Int32

  init(identifier: Int32) { self.identifier = identifier }

  /// Waits until it has ended.
  ///
  /// - Returns: What it ended with: zero where all went well; 128 and the signal's number where it was killed.
  package func wait() -> Int32 {
    var status: Int32 = 0
    while unsafe waitpid(identifier, &status, 0) < 0 { guard errno == EINTR else { return EIO } }
    return status & 0x7f == 0 ? status >> 8 & 0xff : 128 + status & 0x7f
  }

  /// Ends it at once, whatever it does; it is still to be waited for.
  package func kill() { Glibc.kill(identifier, SIGKILL) }
}
