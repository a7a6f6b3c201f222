/// Finds the elements of a JSON array without parsing them.
enum ArrayScanner {
  /// White space of JSON (RFC 8259 §2).
  static func isWhiteSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 }

  /// The index behind the opening bracket; nil where there is none.
  static func firstElement(_ body: Span<UInt8>) -> Int? {
    let index = skipWhiteSpace(body, from: 0)
    return index < body.count && body[index] == UInt8(ascii: "[") ? index + 1 : nil
  }

  /// Whether the array closes where its first element would be.
  static func isEmpty(_ body: Span<UInt8>, from start: Int) -> Bool {
    let index = skipWhiteSpace(body, from: start)
    return index < body.count && body[index] == UInt8(ascii: "]")
  }

  /// The index of the comma or bracket that ends an element, or the end of a body that is cut off.
  ///
  /// Brackets are counted whatever their kind: where they do not match, the element is no JSON. Complexity: O(count).
  static func elementEnd(_ body: Span<UInt8>, from start: Int) -> Int {
    var depth = 0
    var index = start
    while index < body.count {
      switch body[index] {
      case UInt8(ascii: "\""): index = stringEnd(body, from: index + 1)
      case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
      case UInt8(ascii: "]") where depth == 0, UInt8(ascii: ",") where depth == 0: return index
      case UInt8(ascii: "]"), UInt8(ascii: "}"): depth = max(0, depth - 1)
      default: break
      }
      index += 1
    }
    return body.count
  }

  /// The index of the quote that closes a string, or the end.
  private static func stringEnd(_ body: Span<UInt8>, from start: Int) -> Int {
    var quote = body.index(of: UInt8(ascii: "\""), from: start)
    while quote < body.count {
      var first = quote
      while first > start, body[first - 1] == UInt8(ascii: "\\") { first -= 1 }
      // A quote behind an odd number of backslashes is escaped.
      if (quote - first) % 2 == 0 { return quote }
      quote = body.index(of: UInt8(ascii: "\""), from: quote + 1)
    }
    return quote
  }

  private static func skipWhiteSpace(_ body: Span<UInt8>, from start: Int) -> Int {
    var index = start
    while index < body.count, isWhiteSpace(body[index]) { index += 1 }
    return index
  }
}
