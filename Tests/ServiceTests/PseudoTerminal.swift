import Foundation
import TestSupport

/// A command as a person at a terminal sees it: what it writes, on both streams, and how it ends.
enum PseudoTerminal {
  private static let script = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().appending(
    path: "Terminal/terminal.py"
  ).path

  /// Runs a command of the shell's on a terminal of so many rows and columns.
  ///
  /// - Parameters:
  ///   - typed: what is typed once `after` has been printed.
  static func run(
    command: [String], rows: Int = 24, columns: Int = 80, typed: String = "", after: String = "",
    environment: [String: String] = [:]
  ) throws -> (status: Int32, output: String) {
    let folder = try TemporaryFolder()
    var variables = ["TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "TOCSIN_PAGER": "", "NO_COLOR": "", "CLICOLOR": "1"]
    variables.merge(environment) { $1 }
    let child = try Child(
      ["python3", script, "\(rows)", "\(columns)", typed, after, "--"] + command, output: folder.path("out"),
      errors: folder.path("errors"), environment: variables)
    let status = child.wait()
    let errors = (try? String(contentsOfFile: folder.path("errors"), encoding: .utf8)) ?? ""
    return (
      status, String(decoding: (try? Data(contentsOf: folder.url.appending(path: "out"))) ?? Data(), as: UTF8.self) + errors
    )
  }

  static func run(
    _ arguments: [String], rows: Int = 24, columns: Int = 80, typed: String = "", after: String = "",
    environment: [String: String] = [:]
  ) throws -> (status: Int32, output: String) {
    try run(
      command: [Tocsin.binary.path] + arguments, rows: rows, columns: columns, typed: typed, after: after,
      environment: environment)
  }
}
