/// SipHash with 64-bit or 128-bit output (Aumasson & Bernstein 2012): keyed, so that nobody outside can aim for collisions.
///
/// `compressionRounds`, at least 1, is 1 for tables (SipHash-1-3) and 2 where a secret is protected (SipHash-2-4).
@usableFromInline package struct SipHash: Sendable {
  @usableFromInline package struct Key: Equatable, Sendable {
    @usableFromInline package var first: UInt64
    @usableFromInline package var second: UInt64
    package init(first: UInt64, second: UInt64) {
      self.first = first
      self.second = second
    }
    /// The key of hashes that must be the same in every deployment, such as a cluster's id.
    package static let published = Key(first: 0, second: 0)
  }

  @usableFromInline var v0: UInt64
  @usableFromInline var v1: UInt64
  @usableFromInline var v2: UInt64
  @usableFromInline var v3: UInt64
  @usableFromInline var tail: UInt64
  @usableFromInline var byteCount: Int
  @usableFromInline let compressionRounds: Int
  @usableFromInline let finalizationRounds: Int
  @usableFromInline let wide: Bool

  @inlinable @inline(__always)
  package init(key: Key, compressionRounds: Int = 1, finalizationRounds: Int = 3, wide: Bool = false) {
    v0 = 0x736f_6d65_7073_6575 ^ key.first
    v1 = 0x646f_7261_6e64_6f6d ^ key.second ^ (wide ? 0xee : 0)
    v2 = 0x6c79_6765_6e65_7261 ^ key.first
    v3 = 0x7465_6462_7974_6573 ^ key.second
    (tail, byteCount) = (0, 0)
    self.compressionRounds = compressionRounds
    self.finalizationRounds = finalizationRounds
    self.wide = wide
  }

  @inlinable @inline(__always)
  mutating func round() {
    v0 &+= v1
    v1 = (v1 << 13 | v1 >> 51) ^ v0
    v0 = v0 << 32 | v0 >> 32
    v2 &+= v3
    v3 = (v3 << 16 | v3 >> 48) ^ v2
    v0 &+= v3
    v3 = (v3 << 21 | v3 >> 43) ^ v0
    v2 &+= v1
    v1 = (v1 << 17 | v1 >> 47) ^ v2
    v2 = v2 << 32 | v2 >> 32
  }

  @inlinable @inline(__always)
  mutating func compress(_ word: UInt64) {
    v3 ^= word
    round()
    if compressionRounds > 1 { for _ in 1..<compressionRounds { round() } }
    v0 ^= word
  }

  /// Adds bytes. Complexity: O(count).
  package mutating func combine(_ bytes: Span<UInt8>) {
    let held = byteCount & 7
    // Bytes that wait for more go on waiting: as many after every word as before it.
    let (shift, back) = (UInt64(truncatingIfNeeded: held &* 8), UInt64(truncatingIfNeeded: (8 &- held) &* 8))
    let rest = bytes.count & 7
    var index = 0
    if held == 0 {
      while index < bytes.count &- rest {
        compress(bytes.word(at: index))
        index &+= 8
      }
    } else {
      while index < bytes.count &- rest {
        let word = bytes.word(at: index)
        compress(tail | word &<< shift)
        tail = word &>> back
        index &+= 8
      }
    }
    byteCount &+= bytes.count
    guard rest > 0 else { return }
    let word = bytes.lastWord(byteCount: rest)
    tail |= word &<< shift
    if held &+ rest >= 8 {
      compress(tail)
      tail = word &>> back
    }
  }

  /// Adds the eight bytes of an integer, least significant first.
  @inlinable @inline(__always)
  package mutating func combine(_ word: UInt64) {
    let shift = UInt64(truncatingIfNeeded: (byteCount & 7) &* 8)
    compress(tail | word &<< shift)
    tail = shift == 0 ? 0 : word &>> (64 &- shift)
    byteCount &+= 8
  }

  /// The 64-bit hash.
  package consuming func finish() -> UInt64 { finish128().0 }

  /// The 128-bit hash, first half first; the second is zero unless `wide`.
  package consuming func finish128() -> (UInt64, UInt64) {
    compress(tail | UInt64(byteCount & 255) << 56)
    v2 ^= wide ? 0xee : 0xff
    for _ in 0..<finalizationRounds { round() }
    let first = v0 ^ v1 ^ v2 ^ v3
    guard wide else { return (first, 0) }
    v1 ^= 0xdd
    for _ in 0..<finalizationRounds { round() }
    return (first, v0 ^ v1 ^ v2 ^ v3)
  }
}
