import Platform

/// Tells the service manager (systemd) how the service does, by the protocol of sd_notify(3): one datagram of `NAME=VALUE` lines.
///
/// Where nobody has asked for it (`NOTIFY_SOCKET` is not set) every call does nothing.
package struct ServiceManager: ~Copyable {
  package enum Notice {
    /// The endpoint is open and was seen to refuse strangers.
    case ready
    /// The configuration is being read anew; `ready` ends it.
    case reloading
    /// No more is taken; what was taken is being answered and stored.
    case stopping
    /// What it does, for people.
    case status(String)
    /// The present phase is getting on, and may take as long again before it is said to hang.
    case extendTimeout(seconds: UInt64)
    /// It is alive, all of it.
    case watchdog
  }

  private let sender: DatagramSender?
  /// How long it may be silent before it is taken to hang and killed; nil where nobody looks.
  package let watchdogNanoseconds: UInt64?

  /// Reads from the environment what the manager wants to know: `NOTIFY_SOCKET`, `WATCHDOG_USEC`, `WATCHDOG_PID`. What it cannot
  /// use of that it says, and does without: no service ends because nobody listens to it.
  package init(environment: (String) -> String?, processIdentifier: Int32) {
    guard let path = environment("NOTIFY_SOCKET") else {
      sender = nil
      watchdogNanoseconds = nil
      return
    }
    do {
      sender = try DatagramSender(path: path)
    } catch {
      Log.write(.warning, "the service manager cannot be told anything", ["reason": error])
      sender = nil
    }
    let isMine = environment("WATCHDOG_PID").map { Int32($0) == processIdentifier } ?? true
    let microseconds = isMine ? environment("WATCHDOG_USEC").flatMap { UInt64($0) } : nil
    watchdogNanoseconds = microseconds.flatMap { $0 > 0 && $0 < UInt64.max / 1_000 ? $0 * 1_000 : nil }
  }

  /// Says something; where it cannot be heard at the moment it is not said again.
  package borrowing func tell(_ notices: Notice...) {
    guard sender != nil else { return }
    let text = notices.map(Self.text).joined(separator: "\n")
    try? sender?.send(Array(text.utf8))
  }

  private static func text(_ notice: Notice) -> String {
    switch notice {
    case .ready: "READY=1"
    case .reloading: "RELOADING=1\nMONOTONIC_USEC=\(Clock.monotonicNanoseconds() / 1_000)"
    case .stopping: "STOPPING=1"
    case .status(let text): "STATUS=" + text.map { $0.isNewline ? " " : String($0) }.joined()
    case .extendTimeout(let seconds): "EXTEND_TIMEOUT_USEC=\(seconds * 1_000_000)"
    case .watchdog: "WATCHDOG=1"
    }
  }
}
