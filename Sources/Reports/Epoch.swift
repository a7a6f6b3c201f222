/// The identity of a producer's outbox: a UUID. A wiped outbox has a new one, so its sequences are not taken for old ones.
package struct Epoch: BitwiseCopyable, Hashable, Sendable {
  package var high: UInt64
  package var low: UInt64

  package init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// Reads `8-4-4-4-12` hexadecimal digits; nil for anything else.
  package init?(_ text: String) { self.init(text.utf8.span) }

  /// The same of UTF-8.
  package init?(_ text: Span<UInt8>) {
    guard text.count == 36 else { return nil }
    (high, low) = (0, 0)
    for index in text.indices {
      let byte = text[index]
      if index == 8 || index == 13 || index == 18 || index == 23 {
        guard byte == UInt8(ascii: "-") else { return nil }
        continue
      }
      guard let digit = Self.digit(byte) else { return nil }
      high = high << 4 | low >> 60
      low = low << 4 | digit
    }
  }

  private static func digit(_ byte: UInt8) -> UInt64? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt64(byte - UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt64(byte - UInt8(ascii: "a")) + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt64(byte - UInt8(ascii: "A")) + 10
    default: nil
    }
  }
}

extension Epoch: CustomStringConvertible {
  /// Its text in lower case.
  package var utf8: InlineArray<36, UInt8> {
    var text = InlineArray<36, UInt8>(repeating: UInt8(ascii: "-"))
    var place = 0
    for digit in 0..<32 {
      if digit == 8 || digit == 12 || digit == 16 || digit == 20 { place += 1 }
      let value = UInt8(truncatingIfNeeded: (digit < 16 ? high : low) >> UInt64(60 - digit % 16 * 4) & 15)
      text[place] = value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
      place += 1
    }
    return text
  }

  package var description: String {
    let utf8 = utf8
    return String(decoding: utf8.indices.map { utf8[$0] }, as: UTF8.self)
  }
}
