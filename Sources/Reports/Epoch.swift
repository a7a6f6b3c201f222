/// The identity of a producer's outbox: a UUID. A wiped outbox has a new one, so its sequences are not taken for old ones.
package struct Epoch: BitwiseCopyable, Hashable, Sendable {
  package var high: UInt64
  package var low: UInt64

  package init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// Reads `8-4-4-4-12` hexadecimal digits; nil for anything else.
  package init?(_ text: String) {
    var digits = 0
    var high: UInt64 = 0
    var low: UInt64 = 0
    for (index, byte) in text.utf8.enumerated() {
      if index == 8 || index == 13 || index == 18 || index == 23 {
        guard byte == UInt8(ascii: "-") else { return nil }
        continue
      }
      guard let value = Character(Unicode.Scalar(byte)).hexDigitValue, digits < 32 else { return nil }
      if digits < 16 { high = high << 4 | UInt64(value) } else { low = low << 4 | UInt64(value) }
      digits += 1
    }
    guard digits == 32, text.utf8.count == 36 else { return nil }
    self.high = high
    self.low = low
  }
}

extension Epoch: CustomStringConvertible {
  package var description: String {
    let digits = Array("0123456789abcdef")
    var text = ""
    for index in 0..<32 {
      if index == 8 || index == 12 || index == 16 || index == 20 { text.append("-") }
      let word = index < 16 ? high : low
      text.append(digits[Int(word >> UInt64(60 - index % 16 * 4) & 15)])
    }
    return text
  }
}
