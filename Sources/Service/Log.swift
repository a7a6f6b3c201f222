import JSON
import Platform
import Reports
import Synchronization

/// Lines for operators on standard error: time, level, message, then the fields in the order given. The level and the format are
/// the program's, set once before its threads start.
package enum Log {
  package enum Level: String, CaseIterable, Comparable, Sendable {
    /// Every batch, by its id.
    case debug
    case info, warning, error

    fileprivate var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }

    package static func < (a: Level, b: Level) -> Bool { a.rank < b.rank }
  }

  package enum Format: String, CaseIterable, Sendable {
    /// `key=value` with quotes where they are needed.
    case logfmt
    /// One object a line.
    case json
  }

  private static let threshold = Atomic<Int>(Level.info.rank)
  private static let isJSON = Atomic<Bool>(false)

  /// Sets the form of the lines and the least level that is written.
  package static func configure(format: Format, level: Level) {
    threshold.store(level.rank, ordering: .relaxed)
    isJSON.store(format == .json, ordering: .relaxed)
  }

  /// Writes nothing from now on: a simulation breaks thousands of services a minute.
  package static func silence() { threshold.store(Level.allCases.count, ordering: .relaxed) }

  /// Whether lines of a level are written: asked before fields are made that cost something.
  package static func isOn(_ level: Level) -> Bool { level.rank >= threshold.load(ordering: .relaxed) }

  /// Writes one line in one call, so that lines of several threads do not mix.
  package static func write(_ level: Level, _ message: String, _ fields: KeyValuePairs<String, any CustomStringConvertible> = [:])
  {
    guard isOn(level) else { return }
    let time = Timestamp(microseconds: Clock.wallMicroseconds() / 1_000 * 1_000)
    let line =
      isJSON.load(ordering: .relaxed)
      ? json(time, level, message, fields) : Array(logfmt(time, level, message, fields).utf8)
    // Where even this cannot be written there is nobody to tell.
    try? StandardStream.error.write(line)
  }

  private static func logfmt(
    _ time: Timestamp, _ level: Level, _ message: String, _ fields: KeyValuePairs<String, any CustomStringConvertible>
  ) -> String {
    var line = "time=\(time) level=\(level.rawValue) message=\(quote(message))"
    for (key, value) in fields { line += " \(key)=\(quote("\(value)"))" }
    return line + "\n"
  }

  private static func json(
    _ time: Timestamp, _ level: Level, _ message: String, _ fields: KeyValuePairs<String, any CustomStringConvertible>
  ) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("time", time.description)
    writer.member("level", level.rawValue)
    writer.member("message", message)
    for (key, value) in fields {
      // Numbers stay numbers.
      if let integer = value as? any FixedWidthInteger {
        writer.key(key)
        writer.value(integer)
      } else {
        writer.member(key, "\(value)")
      }
    }
    writer.endObject()
    writer.endLine()
    return writer.bytes
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
