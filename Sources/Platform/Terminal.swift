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
}
