import Platform
import Reports

/// Lines for operators on standard error, in logfmt: time, level, message, then the fields in the order given.
package enum Log {
  package enum Level: String, Sendable {
    case info, warning, error
  }

  /// Writes one line in one call, so that lines of several threads do not mix.
  package static func write(_ level: Level, _ message: String, _ fields: KeyValuePairs<String, any CustomStringConvertible> = [:])
  {
    let time = Timestamp(microseconds: Clock.wallMicroseconds() / 1_000 * 1_000)
    var line = "time=\(time) level=\(level.rawValue) message=\(quote(message))"
    for (key, value) in fields { line += " \(key)=\(quote("\(value)"))" }
    line += "\n"
    // Where even this cannot be written there is nobody to tell.
    try? StandardStream.error.write(line.utf8)
  }

  /// A value as logfmt has it: bare where it is one plain word, else in quotes with escapes.
  static func quote(_ value: String) -> String {
    let isPlain = !value.isEmpty && value.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && $0 != 0x22 && $0 != 0x3d && $0 != 0x5c }
    if isPlain { return value }
    var quoted = "\""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case "\n": quoted += "\\n"
      case _ where scalar.value < 0x20 || (0x7f..<0xa0).contains(scalar.value):
        quoted += "\\u{\(String(scalar.value, radix: 16))}"
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}
