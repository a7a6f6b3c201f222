import Configuration
import Engine

/// A TOML text → a configuration.
package struct ConfigurationFuzzer: Fuzzer {
  package static let name = "configuration"

  private let channel: Channel

  package init(channel: @escaping Channel) { self.channel = channel }

  package func check(_ input: [UInt8]) throws -> Bool {
    guard let text = String(validating: input, as: UTF8.self) else { return false }
    let configuration: Configuration
    do throws(ConfigurationError) {
      configuration = try Configuration(parsing: text, file: "f")
    } catch {
      try Self.checkProblems(error, text)
      return false
    }
    let rendered = configuration.rendered()
    let read = String(decoding: channel(Array(rendered.utf8)), as: UTF8.self)
    let again: Configuration
    do throws(ConfigurationError) {
      again = try Configuration(parsing: read, file: "rendered")
    } catch { throw Violation("what is in force, rendered, is refused: \(error)\n\(rendered)") }
    try require(again == configuration, "what is in force, rendered, is something else:\n\(rendered)")
    try require(again.rendered() == rendered, "rendered twice it differs:\n\(rendered)")
    try require(again.fingerprint == configuration.fingerprint, "the fingerprint differs")
    // What may change in a running service has nothing to change here.
    var running = configuration
    let reload = running.reload(again)
    try require(reload == Reload() && running == configuration, "the same, read anew, changes \(reload)")
    return true
  }

  /// Something is wrong, somewhere in the text, and said in the order of the text.
  private static func checkProblems(_ error: ConfigurationError, _ text: String) throws {
    try require(!error.problems.isEmpty, "refused without a problem")
    let lineCount = text.utf8.count { $0 == UInt8(ascii: "\n") } + 1
    var last = 0
    for problem in error.problems {
      try require(!problem.message.isEmpty, "a problem without words")
      guard let line = problem.line, let column = problem.column else { throw Violation("a problem without a place: \(problem)") }
      try require((1...lineCount).contains(line) && column >= 1, "\(problem) is not in a text of \(lineCount) lines")
      try require(line >= last, "\(problem) is told too late")
      last = line
    }
  }
}
