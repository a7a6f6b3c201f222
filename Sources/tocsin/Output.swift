import Glibc
import Platform
import Render
import Synchronization

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

  /// What `--color` and `--no-pager` say, before anything is printed.
  struct Settings: Sendable {
    enum Color: String, CaseIterable, Sendable { case auto, always, never }
    var color = Color.auto
    var mayPage = true
  }

  private static let settings = Mutex(Settings())

  static func configure(_ new: Settings) { settings.withLock { $0 = new } }

  /// Prints what somebody may want to read: where it is longer than the terminal, through a pager.
  static func show(_ bytes: [UInt8]) throws {
    guard let command = pager, isLonger(bytes) else { return try write(bytes) }
    let code = try ReaderProcess.pager(command: command).feed(bytes)
    guard code != 126, code != 127 else {
      complain("\(command): cannot be run; set PAGER to another, or TOCSIN_PAGER to nothing for none")
      return try write(bytes)
    }
  }

  static func show(_ text: String) throws { try show(Array(text.utf8)) }

  /// The pager's command: TOCSIN_PAGER, else PAGER, else less; nil where there is to be none.
  private static var pager: String? {
    guard settings.withLock({ $0.mayPage }), Terminal.isTerminal(descriptor: 1), Terminal.isTerminal(descriptor: 0),
      Environment.value("TERM") ?? "dumb" != "dumb"
    else { return nil }
    let command = Environment.value("TOCSIN_PAGER") ?? Environment.value("PAGER") ?? "less"
    return command.isEmpty || command == "cat" ? nil : command
  }

  /// Whether text takes more lines than the terminal has, those that it breaks counted.
  private static func isLonger(_ bytes: [UInt8]) -> Bool {
    guard let height = Terminal.height(descriptor: 1) else { return false }
    let width = Terminal.width(descriptor: 1) ?? 80
    var lines = 0
    for line in bytes.split(separator: UInt8(ascii: "\n"), maxSplits: height, omittingEmptySubsequences: false) {
      lines += max(1, (Renderer.width(String(decoding: line.prefix(width * height), as: UTF8.self)) + width - 1) / width)
    }
    // The last part is empty, and the shell's prompt takes a line.
    return lines > height
  }

  /// Whether standard output may carry colour. `--color` decides; else NO_COLOR forbids (no-color.org), CLICOLOR_FORCE demands,
  /// CLICOLOR=0 forbids (bixense.com/clicolors), and a terminal that is not dumb may have it.
  static var allowsColor: Bool {
    switch settings.withLock({ $0.color }) {
    case .always: return true
    case .never: return false
    case .auto: break
    }
    if !(Environment.value("NO_COLOR") ?? "").isEmpty { return false }
    if !["", "0"].contains(Environment.value("CLICOLOR_FORCE") ?? "") { return true }
    return Terminal.isTerminal(descriptor: 1) && Environment.value("CLICOLOR") != "0" && Environment.value("TERM") != "dumb"
  }

  /// What turns tables into what is printed.
  static func renderer(_ format: OutputFormat) -> Renderer {
    Renderer(format: format, width: width, allowsColor: allowsColor, isForTerminal: Terminal.isTerminal(descriptor: 1))
  }

  /// The columns of the terminal; nil where standard output is none.
  static var width: Int? { Terminal.isTerminal(descriptor: 1) ? Terminal.width(descriptor: 1) : nil }
}
