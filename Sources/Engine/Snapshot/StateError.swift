/// Why an engine's state cannot be given back.
package enum StateError: Error, Equatable, CustomStringConvertible {
  /// It ends before the engine has all of it, or goes on after.
  case cutShort
  case tooLong(byteCount: Int)
  /// What stands there cannot be an engine's.
  case malformed(String)
  /// Where it is read from has failed.
  case unreadable(String)

  package var description: String {
    switch self {
    case .cutShort: "it ends too early"
    case .tooLong(let byteCount): "\(byteCount) bytes too many stand at its end"
    case .malformed(let what): what
    case .unreadable(let why): why
    }
  }
}
