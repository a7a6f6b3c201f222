/// The sources that a sender may report of.
package struct SourceScope: Equatable, Sendable {
  /// How their names begin; nil for all of them.
  private let prefixes: [[UInt8]]?

  /// Every source.
  package static let all = SourceScope(prefixes: nil)

  /// Those whose names begin with one of the prefixes; the empty one stands for all.
  package init(prefixes: [[UInt8]]) { self.init(prefixes: prefixes as [[UInt8]]?) }

  private init(prefixes: [[UInt8]]?) { self.prefixes = prefixes }

  /// Whether every source lies in it.
  package var isEverything: Bool { prefixes?.contains([]) ?? true }

  /// Whether a source lies in it. Complexity: O(prefixes).
  package func contains(_ source: Span<UInt8>) -> Bool {
    guard let prefixes else { return true }
    for prefix in prefixes where prefix.count <= source.count {
      if prefix.indices.allSatisfy({ prefix[$0] == source[$0] }) { return true }
    }
    return false
  }
}
