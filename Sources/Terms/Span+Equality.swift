extension Span<UInt8> {
  /// Whether two runs hold the same bytes. Complexity: O(count).
  func isEqual(_ other: Span<UInt8>) -> Bool {
    guard count == other.count else { return false }
    for index in indices where self[index] != other[index] { return false }
    return true
  }
}
