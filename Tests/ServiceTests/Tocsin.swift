import Foundation
import TestSupport
import Testing

/// The real executable, run as a user would: `TOCSIN_BINARY`, else the one that was built beside the tests.
struct Tocsin {
  struct Result {
    var status: Int32
    var output: String
    var complaints: String
  }

  /// Where the tests were built, and every executable beside them.
  static let builds = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()

  static let binary: URL = {
    let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    if let path = ProcessInfo.processInfo.environment["TOCSIN_BINARY"] { return URL(filePath: path, relativeTo: package) }
    return builds.appending(path: "tocsin")
  }()

  /// Runs a command to its end.
  static func run(
    _ arguments: [String], input: Data? = nil, environment: [String: String] = [:], timeoutSeconds: Int = 120
  ) throws -> Result {
    let folder = try TemporaryFolder()
    try (input ?? Data()).write(to: folder.url.appending(path: "in"))
    let child = try Child(
      ["timeout", "\(timeoutSeconds)", binary.path] + arguments, input: folder.path("in"), output: folder.path("out"),
      errors: folder.path("err"),
      environment: environment)
    let status = child.wait()
    func text(_ name: String) -> String {
      String(decoding: (try? Data(contentsOf: folder.url.appending(path: name))) ?? Data(), as: UTF8.self)
    }
    return Result(status: status, output: text("out"), complaints: text("err"))
  }

  /// Runs a command that must succeed and gives its output.
  static func output(_ arguments: [String], sourceLocation: SourceLocation = #_sourceLocation) throws -> String {
    let result = try run(arguments)
    #expect(result.status == 0, "\(arguments): \(result.complaints)", sourceLocation: sourceLocation)
    return result.output
  }
}

/// A running `tocsin serve`.
final class Daemon {
  let child: Child
  let endpoint: String
  private let logURL: URL

  struct Failed: Error, CustomStringConvertible { let description: String }

  /// Starts it on a free port and waits until it listens.
  init(
    store: String, endpoint: String = "tcp://127.0.0.1:*", log: TemporaryFolder, arguments: [String] = [],
    environment: [String: String] = [:]
  ) throws {
    logURL = log.url.appending(path: "serve-\(UUID().uuidString).log")
    child = try Child(
      [Tocsin.binary.path, "serve", "--store", store, "--endpoint", endpoint] + arguments, errors: logURL.path,
      environment: environment)
    for _ in 0..<600 {
      let text = String(decoding: (try? Data(contentsOf: logURL)) ?? Data(), as: UTF8.self)
      if let line = text.split(separator: "\n").first(where: { $0.contains("message=listening") }),
        let field = line.split(separator: " ").first(where: { $0.hasPrefix("endpoint=") })
      {
        self.endpoint = String(field.dropFirst("endpoint=".count))
        return
      }
      if !child.isRunning { throw Failed(description: "serve ended with \(child.wait()): \(text)") }
      usleep(50_000)
    }
    child.signal(SIGKILL)
    throw Failed(description: "serve does not listen")
  }

  var log: String { String(decoding: (try? Data(contentsOf: logURL)) ?? Data(), as: UTF8.self) }

  /// SIGTERM, then its exit code.
  func stop() -> Int32 {
    child.signal(SIGTERM)
    return child.wait()
  }

  /// SIGKILL: nothing is tidied up.
  func kill() {
    child.signal(SIGKILL)
    child.wait()
  }

  deinit { kill() }
}

/// Daemons and those who talk to them, one after the other.
@Suite(.serialized) struct ServiceTests {}

/// Commands at a store, one after the other: they and the daemons wait for other things than one another.
@Suite(.serialized) struct StoreCommandTests {}
