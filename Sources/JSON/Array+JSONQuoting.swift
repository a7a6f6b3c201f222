extension [UInt8] {
  /// Appends a string in quotes; bytes that are no UTF-8 become U+FFFD.
  ///
  /// Escaped are what RFC 8259 §7 asks for, the other control characters (U+007F–U+009F), for terminals, and the line
  /// separators U+2028 and U+2029, for scripts. Complexity: O(count).
  mutating func appendQuoted(_ text: Span<UInt8>) {
    append(UInt8(ascii: "\""))
    var start = 0
    while start < text.count {
      let rest = text.extracting(start..<text.count)
      do {
        appendEscaped(try UTF8Span(validating: rest).span)
        start = text.count
      } catch {
        appendEscaped(rest.extracting(0..<error.byteOffsets.lowerBound))
        append(contentsOf: [0xef, 0xbf, 0xbd])
        start += error.byteOffsets.upperBound
      }
    }
    append(UInt8(ascii: "\""))
  }

  /// Appends valid UTF-8 with its escapes.
  private mutating func appendEscaped(_ text: Span<UInt8>) {
    for index in text.indices {
      let byte = text[index]
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): appendEscape(byte)
      case UInt8(ascii: "\n"): appendEscape(UInt8(ascii: "n"))
      case UInt8(ascii: "\r"): appendEscape(UInt8(ascii: "r"))
      case UInt8(ascii: "\t"): appendEscape(UInt8(ascii: "t"))
      case 0..<0x20, 0x7f: appendEscape(unit: UInt16(byte))
      case 0x80..<0xa0 where text[index - 1] == 0xc2:
        // U+0080–U+009F: the lead byte has been appended already.
        removeLast()
        appendEscape(unit: UInt16(byte))
      case 0xa8...0xa9 where text[index - 1] == 0x80 && text[index - 2] == 0xe2:
        removeLast(2)
        appendEscape(unit: 0x2000 | UInt16(byte & 0x3f))
      default: append(byte)
      }
    }
  }

  private mutating func appendEscape(_ letter: UInt8) {
    append(UInt8(ascii: "\\"))
    append(letter)
  }

  private mutating func appendEscape(unit: UInt16) {
    appendEscape(UInt8(ascii: "u"))
    var shift: UInt16 = 16
    while shift > 0 {
      shift -= 4
      let digit = UInt8(truncatingIfNeeded: unit >> shift & 15)
      append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
    }
  }
}
