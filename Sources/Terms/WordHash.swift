/// A 64-bit hash of a word's bytes, the same everywhere and in every version: SimHashes that are stored are made of it.
///
/// Eight bytes at a time, little-endian and filled up with zeros, each mixed in by a multiplication and a shift, and one more at
/// the end; the multipliers are odd constants of published mixers. Unkeyed: tables that use it compare the bytes.
package enum WordHash {
  /// The state before a word of so many bytes.
  @inline(__always)
  static func start(byteCount: Int) -> UInt64 { 0x9e37_79b9_7f4a_7c15 &* UInt64(byteCount) &+ 0x2545_f491_4f6c_dd1d }

  /// The state after eight bytes more.
  @inline(__always)
  static func mix(_ state: UInt64, _ word: UInt64) -> UInt64 {
    let product = (state ^ word) &* 0xd6e8_feb8_6659_fd93
    return product ^ product >> 32
  }

  @inline(__always)
  static func finish(_ state: UInt64) -> UInt64 {
    let product = state &* 0x94d0_49bb_1331_11eb
    return product ^ product >> 29
  }

  /// The hash of a word. Complexity: O(count).
  package static func hash(_ bytes: Span<UInt8>) -> UInt64 {
    unsafe bytes.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return finish(start(byteCount: 0)) }
      return unsafe hash(base, count: buffer.count)
    }
  }

  /// The same of the bytes at a place.
  @inline(__always)
  static func hash(_ bytes: UnsafePointer<UInt8>, count: Int) -> UInt64 {
    var state = start(byteCount: count)
    var index = 0
    while index + 8 <= count {
      state = unsafe mix(state, Bytes.word(bytes, at: index))
      index += 8
    }
    let rest = count - index
    guard rest > 0 else { return finish(state) }
    let tail =
      unsafe count < 8
      ? Bytes.short(bytes, count: count) : Bytes.word(bytes, at: count - 8) >> UInt64((8 - rest) * 8)
    return finish(mix(state, tail))
  }
}
