import CPlatform
import Glibc

/// The signals that end, reload or concern the service, read as data instead of interrupting it.
///
/// Made first in `main`: threads inherit the block from the one that starts them.
package struct SignalSet: ~Copyable, Sendable {
  package enum Signal: Sendable {
    /// SIGTERM.
    case terminate
    /// SIGINT.
    case interrupt
    /// SIGHUP.
    case hangUp
    /// SIGPIPE.
    case brokenPipe
  }

  private let owner: Descriptor

  /// Blocks SIGTERM, SIGINT, SIGHUP and SIGPIPE in the calling thread and those that it starts from now on.
  package init() throws(SystemError) {
    let code = cplatform_block_signals()
    guard code == 0 else { throw SystemError(operation: "block", subject: "signals", errno: code) }
    let rawValue = cplatform_signalfd()
    guard rawValue >= 0 else { throw .current("watch", "signals") }
    owner = Descriptor(owning: rawValue)
  }

  /// For `poll`; readable while a signal is pending.
  package var descriptor: Int32 { owner.rawValue }

  /// Takes a pending signal; nil where there is none.
  package borrowing func next() throws(SystemError) -> Signal? {
    switch cplatform_next_signal(owner.rawValue) {
    case SIGTERM: .terminate
    case SIGINT: .interrupt
    case SIGHUP: .hangUp
    case SIGPIPE: .brokenPipe
    case 0: nil
    default: throw .current("read", "signals")
    }
  }

  /// Lets a write to a closed pipe fail with EPIPE and nothing worse: for commands without a signal set.
  package static func ignoreSIGPIPE() throws(SystemError) {
    guard cplatform_ignore_sigpipe() == 0 else { throw .current("ignore", "SIGPIPE") }
  }

  /// Lets a write beyond the limit of a file's size fail with EFBIG and nothing worse: for who has half a file to take away then.
  package static func ignoreSIGXFSZ() throws(SystemError) {
    guard cplatform_ignore_sigxfsz() == 0 else { throw .current("ignore", "SIGXFSZ") }
  }
}
