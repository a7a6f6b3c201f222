import Glibc
import Platform
import Render

/// Where results and complaints go: data to standard output, everything else to standard error.
enum Output {
  /// Writes to standard output. A reader that has gone away is no error: the program just ends.
  static func write(_ bytes: [UInt8]) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      let written = unsafe rest.withUnsafeBytes { unsafe Glibc.write(1, $0.baseAddress, $0.count) }
      if written < 0 {
        if errno == EINTR { continue }
        if errno == EPIPE { exit(ExitCode.success.rawValue) }
        throw SystemError.current("write", "standard output")
      }
      rest = rest.dropFirst(written)
    }
  }

  static func write(_ text: String) throws { try write(Array(text.utf8)) }

  /// Says something to the person at the terminal; what it quotes from outside is made harmless first.
  static func complain(_ text: String) {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { harmless(String($0)) }
    writeError("tocsin: " + lines.joined(separator: "\n        ") + "\n")
  }

  /// Writes to standard error as it is.
  static func writeError(_ text: String) {
    let bytes = Array(text.utf8)
    _ = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(2, $0.baseAddress, $0.count) }
  }

  /// Whether standard output may carry colour: it is a terminal, and NO_COLOR is not set (no-color.org).
  static var allowsColor: Bool {
    Terminal.isTerminal(descriptor: 1) && (environment("NO_COLOR") ?? "").isEmpty && environment("TERM") != "dumb"
  }

  /// The columns of the terminal; nil where standard output is none.
  static var width: Int? { Terminal.isTerminal(descriptor: 1) ? Terminal.width(descriptor: 1) : nil }

  static func environment(_ name: String) -> String? { unsafe getenv(name).map { unsafe String(cString: $0) } }
}
