/// Text for a field of a table that others read: line feeds and tabs stay, every other control is shown as an escape as `harmless` does.
///
/// NUL, where many readers end a text, ESC, which terminals obey, and what turns the direction of writing are among them.
///
/// - Complexity: O(count).
package func plainText(_ text: String) -> String {
  // Nearly always there is nothing: all that is harmful is below a blank, DEL, or begins with one of these bytes.
  guard text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7f || $0 == 0xc2 || $0 == 0xd8 || $0 == 0xe2 }) else { return text }
  var result = ""
  var isAfterReturn = false
  for scalar in text.unicodeScalars {
    // A return before a line feed is half of one line break.
    if isAfterReturn, scalar != "\n" { result += harmless("\r") }
    isAfterReturn = scalar == "\r"
    switch scalar {
    case "\r": continue
    case "\n", "\t": result.unicodeScalars.append(scalar)
    default: result += harmless(String(scalar))
    }
  }
  return isAfterReturn ? result + harmless("\r") : result
}
