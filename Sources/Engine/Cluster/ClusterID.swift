/// A cluster's name: a published hash of its keyword and its least core node, so that it is the same in every store.
package struct ClusterID: BitwiseCopyable, Hashable, Comparable, Sendable {
  package var rawValue: UInt64

  package init(rawValue: UInt64) { self.rawValue = rawValue }

  package static func < (a: ClusterID, b: ClusterID) -> Bool { a.rawValue < b.rawValue }

  /// Crockford's base 32 in lower case: no i, l, o or u to misread.
  private static let digits = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)

  /// Reads the thirteen characters that `description` gives; nil for anything else.
  package init?(_ text: Substring) { self.init(String(text)) }

  /// Reads the thirteen characters that `description` gives; nil for anything else.
  package init?(_ text: String) {
    // No generic: lists read one a row, in other modules.
    guard text.utf8.count == 13 else { return nil }
    var value: UInt64 = 0
    for (index, byte) in text.utf8.enumerated() {
      let lowercase = byte >= 65 && byte <= 90 ? byte + 32 : byte
      guard let digit = Self.digits.firstIndex(of: lowercase), index > 0 || digit < 16 else { return nil }
      value = value << 5 | UInt64(digit)
    }
    rawValue = value
  }
}

extension ClusterID: CustomStringConvertible {
  /// Thirteen characters, the same order as the raw values.
  package var description: String {
    let text = utf8
    return String(decoding: (0..<13).map { text[$0] }, as: UTF8.self)
  }

  /// The bytes of `description`, without memory of their own.
  package var utf8: InlineArray<13, UInt8> {
    InlineArray { Self.digits[Int(rawValue >> UInt64(60 - $0 * 5) & 31)] }
  }
}
