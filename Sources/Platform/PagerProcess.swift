import CPlatform
import Glibc

/// A command of the shell that reads what this program has to say and shows it page by page.
package struct PagerProcess: ~Copyable {
  private let input: Descriptor
  private let child: ChildProcess

  /// Starts it. From now on SIGINT is its own: it decides what ^C means.
  package init(command: String) throws(SystemError) {
    var rawInput: Int32 = -1
    let identifier = unsafe cplatform_spawn_reader(command, &rawInput)
    guard identifier > 0 else { throw .current("run", command) }
    cplatform_ignore_interrupt()
    input = Descriptor(owning: rawInput)
    child = ChildProcess(identifier: identifier)
  }

  /// Hands everything over and waits for its end. One that does not want to read on is no error.
  ///
  /// - Returns: its exit code: 126 and 127 where the shell could not run it.
  package consuming func show(_ bytes: [UInt8]) throws(SystemError) -> Int32 {
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
      let written = try retrying("write", "the pager") {
        unsafe rest.withUnsafeBytes { unsafe Glibc.write(input.rawValue, $0.baseAddress, $0.count) }
      }
      rest = rest.dropFirst(written)
    }
  }
}
