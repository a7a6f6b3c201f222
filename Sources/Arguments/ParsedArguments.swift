/// A command line that fits its command.
package struct ParsedArguments: Equatable, Sendable {
  package var command: Command
  package var operands: [String] = []
  /// Help was asked for: nothing else counts.
  package var wantsHelp = false
  var values: [String: String] = [:]

  /// Whether a switch is on.
  package func has(_ flag: String) -> Bool { values[flag] != nil }

  /// A flag's value as it was typed.
  package func string(_ flag: String) -> String? { values[flag] }

  /// A flag's value, read by `parse`; nil where it was not given.
  ///
  /// - Parameter advice: what to write instead of a text, where that is known.
  /// - Throws: `ArgumentError` that names the flag, what was expected and what was found.
  package func value<Value>(
    _ flag: String, expected: String, advice: (String) -> String? = { _ in nil }, _ parse: (String) -> Value?
  ) throws(ArgumentError) -> Value? {
    guard let text = values[flag] else { return nil }
    guard let value = parse(text) else {
      throw ArgumentError("--\(flag): expected \(expected), found \"\(text)\"" + (advice(text).map { "; \($0)" } ?? ""))
    }
    return value
  }

  /// A whole number within bounds.
  package func integer(_ flag: String, in bounds: ClosedRange<Int>) throws(ArgumentError) -> Int? {
    try value(flag, expected: "a whole number from \(bounds.lowerBound) to \(bounds.upperBound)") { text in
      Int(text).flatMap { bounds.contains($0) ? $0 : nil }
    }
  }
}
