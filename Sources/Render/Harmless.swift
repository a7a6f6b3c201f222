/// Text that can be printed to a terminal: what would move the cursor, change colours, break the line or turn the direction
/// of writing is shown as an escape, such as `\u{1b}`.
///
/// Escaped are C0, DEL, C1, the line separators U+2028 and U+2029 and the bidirectional controls (UAX #9 §2).
///
/// - Complexity: O(count).
package func harmless(_ text: String) -> String {
  guard text.unicodeScalars.contains(where: isHarmful) else { return text }
  var result = ""
  for scalar in text.unicodeScalars {
    if isHarmful(scalar) {
      result += "\\u{" + String(scalar.value, radix: 16) + "}"
    } else {
      result.unicodeScalars.append(scalar)
    }
  }
  return result
}

/// The same for text of which lines may stand in a quoted field of CSV: line feeds stay, and carriage returns before them.
func harmlessButLines(_ text: String) -> String {
  guard text.unicodeScalars.contains(where: isHarmful) else { return text }
  return text.split(separator: "\n", omittingEmptySubsequences: false).map { harmless(String($0)) }.joined(separator: "\n")
}

private func isHarmful(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.value {
  case 0..<0x20, 0x7f..<0xa0, 0x2028, 0x2029: true
  default: isBidirectionalControl(scalar)
  }
}

/// Whether a scalar has the Unicode property Bidi_Control: marks, embeddings, overrides and isolates.
func isBidirectionalControl(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.value {
  case 0x061c, 0x200e, 0x200f, 0x202a...0x202e, 0x2066...0x2069: true
  default: false
  }
}
