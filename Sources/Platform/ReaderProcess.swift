import CPlatform
import Glibc

/// A program that reads what this one has to say.
package struct ReaderProcess: ~Copyable {
  private let input: Descriptor
  private let child: ChildProcess

  /// Starts it.
  ///
  /// - Parameters:
  ///   - arguments: its name, which is looked for in PATH, and what follows.
  ///   - output: a descriptor to which it writes; nil for this program's standard output.
  /// - Throws: an error of number ENOENT where there is no such program.
  package init(_ arguments: [String], output: Int32? = nil) throws(SystemError) {
    precondition(!arguments.isEmpty)
    var strings = unsafe arguments.map { unsafe strdup($0) } + [nil]
    defer { unsafe strings.forEach { unsafe free($0) } }
    var rawInput: Int32 = -1
    let identifier = unsafe cplatform_spawn_reader(&strings, output ?? -1, &rawInput)
    guard identifier > 0 else { throw .current("run", arguments[0]) }
    input = Descriptor(owning: rawInput)
    child = ChildProcess(identifier: identifier)
  }

  /// A command of the shell that shows what it reads page by page. From now on SIGINT is its own: it decides what ^C means.
  package static func pager(command: String) throws(SystemError) -> ReaderProcess {
    unsafe setenv("LESS", "FRX", 0)
    unsafe setenv("LV", "-c", 0)
    let pager = try ReaderProcess(["/bin/sh", "-c", command])
    cplatform_ignore_interrupt()
    return pager
  }

  /// Hands everything over and waits for its end. One that does not want to read on is no error.
  ///
  /// - Returns: its exit code: of a pager 126 and 127 where the shell could not run it.
  package consuming func feed(_ bytes: [UInt8]) throws(SystemError) -> Int32 {
    let child = child
    do throws(SystemError) {
      try Self.write(bytes, to: input)
    } catch {
      guard error.isBrokenPipe else { throw error }
    }
    return child.wait()
  }

  private static func write(_ bytes: [UInt8], to input: consuming Descriptor) throws(SystemError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let written = try retrying("write", "to a program") {
        unsafe rest.withUnsafeBytes { unsafe Glibc.write(input.rawValue, $0.baseAddress, $0.count) }
      }
      rest = rest.dropFirst(written)
    }
  }
}
