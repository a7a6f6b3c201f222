/// 64 bytes: in a `MappedArray` each is one of the processor's cache lines.
struct CacheLine: Plain {
  /// Bytes of a line.
  static let byteCount = 64

  private let words = SIMD8<UInt64>()
}
