package import Reports

/// The sources that one sender has named, and how many that may be: names are kept for good, and others are to find room.
package struct SourceShare: Sendable {
  private let key: SipHash.Key
  private let limit: Int
  private var known: Set<UInt64> = []

  /// - Parameter limit: distinct sources that it may name.
  package init(key: SipHash.Key, limit: Int) {
    self.key = key
    self.limit = limit
  }

  /// Whether a source is known or may become so, and takes note of it. Complexity: O(bytes).
  package mutating func admits(_ source: Span<UInt8>) -> Bool {
    var hasher = SipHash(key: key)
    hasher.combine(source)
    let hash = hasher.finish()
    if known.contains(hash) { return true }
    guard known.count < limit else { return false }
    known.insert(hash)
    return true
  }
}
