import Render
import Testing

struct PlainTextTests {
  @Test func onlyLineFeedsAndTabsStay() {
    for (given, expected) in [
      ("", ""), ("a\tb\nc", "a\tb\nc"), ("a\r\nb\r\n", "a\nb\n"), ("a\rb\r", "a\\u{d}b\\u{d}"), ("\r\r\n", "\\u{d}\n"),
      ("\0", "\\u{0}"), ("\u{1b}]0;x\u{7}", "\\u{1b}]0;x\\u{7}"), ("\u{9b}31m", "\\u{9b}31m"), ("é水🌊", "é水🌊"),
      ("\u{202e}", "\\u{202e}"), ("\u{2028}", "\\u{2028}"), ("\u{61c}", "\\u{61c}"), ("\u{7f}", "\\u{7f}"),
      ("e\u{301}", "e\u{301}"),
    ] {
      #expect(Array(plainText(given).unicodeScalars) == Array(expected.unicodeScalars))
    }
  }
}
