import CPlatform
import Glibc

/// What stands behind a descriptor, for the layout of a command's output.
package enum Terminal {
  /// Whether a person may be looking at it.
  package static func isTerminal(descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

  /// Its columns; nil where it is no terminal or does not say.
  package static func width(descriptor: Int32) -> Int? {
    let columns = Int(cplatform_terminal_width(descriptor))
    return columns > 0 ? columns : nil
  }

  /// Its lines; nil where it is no terminal or does not say.
  package static func height(descriptor: Int32) -> Int? {
    let lines = Int(cplatform_terminal_height(descriptor))
    return lines > 0 ? lines : nil
  }

  /// Lets SIGINT and SIGTERM end the program at once with 128 and the signal's number, 130 for ^C, once what `leave` was told is
  /// written. A `SignalSet` that is made later has them instead.
  package static func endOnInterrupt() throws(SystemError) {
    guard cplatform_end_on_interrupt() == 0 else { throw .current("watch", "signals") }
  }

  /// What standard error is to be sent when a signal ends the program: at most 31 bytes, such as what rubs a line out.
  package static func leave(with text: String) {
    let bytes = Array(text.utf8)
    unsafe bytes.withUnsafeBufferPointer { unsafe cplatform_set_farewell($0.baseAddress, $0.count) }
  }
}
