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

  /// Takes note of a source that is kept already, however many there are.
  package mutating func learn(_ source: Span<UInt8>) { known.insert(hash(source)) }

  /// Whether a source is known or may become so, and takes note of it. Complexity: O(bytes).
  package mutating func admits(_ source: Span<UInt8>) -> Bool {
    let hash = hash(source)
    if known.count < limit { known.insert(hash) }
    return known.contains(hash)
  }

  private func hash(_ source: Span<UInt8>) -> UInt64 {
    var hasher = SipHash(key: key)
    hasher.combine(source)
    return hasher.finish()
  }
}
