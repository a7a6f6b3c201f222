import Glibc

extension Span<UInt8> {
  /// The eight bytes from an index on as an integer, least significant first.
  @inlinable @inline(__always)
  package func word(at index: Int) -> UInt64 {
    precondition(index >= 0 && index &+ 8 <= count, "eight bytes are there")
    return unsafe UInt64(littleEndian: bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: index, as: UInt64.self))
  }

  /// The last bytes, fewer than eight, as an integer, least significant first.
  @inlinable @inline(__always)
  package func lastWord(byteCount: Int) -> UInt64 {
    if byteCount == 0 { return 0 }
    if count >= 8 { return word(at: count &- 8) >> UInt64(truncatingIfNeeded: (8 &- byteCount) &* 8) }
    var word: UInt64 = 0
    for index in 0..<count { word |= UInt64(self[index]) &<< UInt64(truncatingIfNeeded: index &* 8) }
    return word >> UInt64(truncatingIfNeeded: (count &- byteCount) &* 8)
  }

  /// Whether two runs of bytes are the same.
  ///
  /// - Complexity: O(count).
  package func isSame(as other: Span<UInt8>) -> Bool {
    guard count == other.count else { return false }
    return unsafe withUnsafeBufferPointer { own in
      unsafe other.withUnsafeBufferPointer { other in
        guard let first = own.baseAddress, let second = other.baseAddress else { return true }
        return unsafe memcmp(first, second, own.count) == 0
      }
    }
  }
}
