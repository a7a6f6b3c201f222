import Foundation

/// What a caller of the tests may ask for by variables.
package enum Environment {
  /// A number of at least one; nil where the variable is not set.
  package static func count(_ name: String) -> Int? {
    guard let text = ProcessInfo.processInfo.environment[name] else { return nil }
    guard let count = Int(text), count > 0 else { preconditionFailure("\(name) is no number of at least one: \(text)") }
    return count
  }

  /// By how much a process may be larger than its bound: a sanitizer that it was built with keeps memory that was freed.
  package static let sanitizerByteCount = (count("TOCSIN_SANITIZER_MEBIBYTES") ?? 0) << 20
}
