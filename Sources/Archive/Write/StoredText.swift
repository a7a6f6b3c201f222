/// Bytes as the store holds them: valid UTF-8, whatever came.
enum StoredText {
  /// The bytes, each ill-formed sequence replaced by U+FFFD.
  static func repaired(_ bytes: [UInt8]) -> [UInt8] {
    isValid(bytes) ? bytes : Array(String(decoding: bytes, as: UTF8.self).utf8)
  }

  /// A name that stays distinct: two that differ only in broken bytes would be the same once repaired.
  static func name(_ bytes: [UInt8], number: UInt32) -> [UInt8] {
    isValid(bytes) ? bytes : repaired(bytes) + Array(" #\(number)".utf8)
  }

  private static func isValid(_ bytes: [UInt8]) -> Bool { (try? UTF8Span(validating: bytes.span)) != nil }
}
