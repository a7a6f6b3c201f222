import Glibc

extension Span<UInt8> {
  /// The index of the next byte of a value, or the end. Complexity: O(count).
  func index(of byte: UInt8, from start: Int) -> Int {
    unsafe withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress, let found = unsafe memchr(base + start, Int32(byte), bytes.count - start) else {
        return bytes.count
      }
      return unsafe UnsafeRawPointer(found) - base
    }
  }
}
