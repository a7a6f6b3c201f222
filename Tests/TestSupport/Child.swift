package import Foundation

#if canImport(Glibc)
  import Glibc
#endif

/// A child process by `posix_spawn` and `waitpid`: no run loop and no monitor thread that tests could starve.
package final class Child {
  package struct Failed: Error, CustomStringConvertible { package let description: String }

  package let identifier: pid_t
  private var status: Int32?

  /// Starts a program, found by PATH, with standard streams from and to files; `/dev/null` where none is named.
  package init(
    _ arguments: [String], input: String = "/dev/null", output: String = "/dev/null", errors: String = "/dev/null",
    environment: [String: String] = [:]
  ) throws {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_addopen(&actions, 0, input, O_RDONLY, 0)
    unsafe posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    unsafe posix_spawn_file_actions_addopen(&actions, 2, errors, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    let merged = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    var words: [UnsafeMutablePointer<CChar>?] = unsafe arguments.map { unsafe strdup($0) } + [nil]
    var variables: [UnsafeMutablePointer<CChar>?] = unsafe merged.map { unsafe strdup("\($0.key)=\($0.value)") } + [nil]
    defer { unsafe (words + variables).forEach { unsafe free($0) } }
    var identifier: pid_t = 0
    let code = unsafe posix_spawnp(&identifier, arguments[0], &actions, nil, &words, &variables)
    guard code == 0 else { throw Failed(description: "\(arguments[0]): \(unsafe String(cString: strerror(code)))") }
    self.identifier = identifier
  }

  package var isRunning: Bool {
    if status != nil { return false }
    var raw: Int32 = 0
    guard unsafe waitpid(identifier, &raw, WNOHANG) == identifier else { return true }
    status = Self.decode(raw)
    return false
  }

  /// Waits for its end: its exit code, or minus the signal that ended it.
  @discardableResult
  package func wait() -> Int32 {
    if let status { return status }
    var raw: Int32 = 0
    while unsafe waitpid(identifier, &raw, 0) < 0, errno == EINTR {}
    let decoded = Self.decode(raw)
    status = decoded
    return decoded
  }

  package func signal(_ number: Int32) {
    if status == nil { Glibc.kill(identifier, number) }
  }

  private static func decode(_ raw: Int32) -> Int32 { raw & 0x7f == 0 ? raw >> 8 & 0xff : -(raw & 0x7f) }

  /// Runs a program to its end.
  package static func run(_ arguments: [String], input: String = "/dev/null", output: String = "/dev/null") throws -> Int32 {
    try Child(arguments, input: input, output: output).wait()
  }
}
