/// Why a configuration is not taken: everything that is wrong with it, in the order of the file.
package struct ConfigurationError: Error, Equatable, Sendable {
  package struct Problem: Equatable, Sendable {
    package var file: String
    /// From 1; nil where the file could not be read at all.
    package var line: Int?
    package var column: Int?
    /// The key at fault as a dotted path; empty where it is the whole file.
    package var key: String
    /// What was expected, and what was found.
    package var message: String
  }

  /// At least one.
  package var problems: [Problem]
}

extension ConfigurationError.Problem: CustomStringConvertible {
  /// `FILE:LINE:COLUMN: KEY: MESSAGE`, as compilers write it. May hold text of the file as it stands there.
  package var description: String {
    var place = file
    if let line { place += ":\(line)" }
    if let column { place += ":\(column)" }
    return key.isEmpty ? "\(place): \(message)" : "\(place): \(key): \(message)"
  }
}

extension ConfigurationError: CustomStringConvertible {
  /// One problem a line.
  package var description: String { problems.map(\.description).joined(separator: "\n") }
}
