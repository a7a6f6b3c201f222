import CZeroMQ

/// A public key of CurveZMQ (Curve25519): 32 bytes, written as 40 characters of Z85 (ZeroMQ RFC 32).
package struct CurveKey: Hashable, Sendable, CustomStringConvertible {
  /// Characters of a key in Z85, and bytes of it.
  package static let characterCount = 40
  package static let byteCount = 32

  /// The 40 characters.
  package let description: String

  /// Reads 40 characters of Z85; nil for anything else.
  package init?(_ text: String) {
    guard Self.bytes(text) != nil else { return nil }
    description = text
  }

  /// The key of 32 bytes; nil for another number of them.
  package init?(_ bytes: Span<UInt8>) {
    guard bytes.count == Self.byteCount else { return nil }
    var text = [CChar](repeating: 0, count: Self.characterCount + 1)
    let encoded = unsafe bytes.withUnsafeBufferPointer { unsafe zmq_z85_encode(&text, $0.baseAddress, $0.count) }
    guard unsafe encoded != nil else { return nil }
    description = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// The bytes that 40 characters stand for.
  static func bytes(_ text: String) -> [UInt8]? {
    guard text.utf8.count == characterCount, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else { return nil }
    var bytes = [UInt8](repeating: 0, count: byteCount)
    guard unsafe zmq_z85_decode(&bytes, text) != nil else { return nil }
    // libzmq reads five characters that stand for more than 32 bits without a word: what does not come back was none.
    let again = CurveKey(bytes.span)
    return again?.description == text ? bytes : nil
  }
}
