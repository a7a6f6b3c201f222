import Glibc
import Platform
import Render

/// Where results and complaints go: data to standard output, everything else to standard error.
enum Output {
  /// Writes to standard output. A reader that has gone away is no error: the program just ends.
  static func write(_ bytes: [UInt8]) throws {
    do {
      try StandardStream.output.write(bytes)
    } catch {
      guard error.isBrokenPipe else { throw error }
      exit(ExitCode.success.rawValue)
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
    // Where even this cannot be written there is nobody to tell.
    try? StandardStream.error.write(text.utf8)
  }

  /// Whether standard output may carry colour: it is a terminal, and NO_COLOR is not set (no-color.org).
  static var allowsColor: Bool {
    Terminal.isTerminal(descriptor: 1) && (Environment.value("NO_COLOR") ?? "").isEmpty && Environment.value("TERM") != "dumb"
  }

  /// The columns of the terminal; nil where standard output is none.
  static var width: Int? { Terminal.isTerminal(descriptor: 1) ? Terminal.width(descriptor: 1) : nil }
}
