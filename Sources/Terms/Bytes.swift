/// Runs of bytes, eight at a time.
package enum Bytes {
  /// Up to seven bytes as an integer, the first the least, zeros above.
  @inline(__always)
  static func short(_ bytes: UnsafePointer<UInt8>, count: Int) -> UInt64 {
    let raw = unsafe UnsafeRawPointer(bytes)
    if count >= 4 {
      let low = unsafe UInt64(UInt32(littleEndian: raw.loadUnaligned(as: UInt32.self)))
      let high = unsafe UInt64(UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: count - 4, as: UInt32.self)))
      return low | high << UInt64((count - 4) * 8)
    }
    guard count > 0 else { return 0 }
    let (first, middle, last) = unsafe (UInt64(bytes[0]), UInt64(bytes[count >> 1]), UInt64(bytes[count - 1]))
    return first | middle << UInt64((count >> 1) * 8) | last << UInt64((count - 1) * 8)
  }

  /// Eight bytes as an integer, the first the least.
  @inline(__always)
  static func word(_ bytes: UnsafePointer<UInt8>, at index: Int) -> UInt64 {
    unsafe UInt64(littleEndian: UnsafeRawPointer(bytes).loadUnaligned(fromByteOffset: index, as: UInt64.self))
  }

  /// Whether two runs hold the same bytes. Complexity: O(count).
  @inline(__always)
  static func areEqual(_ one: UnsafePointer<UInt8>, _ other: UnsafePointer<UInt8>, count: Int) -> Bool {
    if count < 8 { return unsafe short(one, count: count) == short(other, count: count) }
    var index = 0
    while index + 8 <= count {
      if unsafe word(one, at: index) != word(other, at: index) { return false }
      index += 8
    }
    return unsafe word(one, at: count - 8) == word(other, at: count - 8)
  }
}
