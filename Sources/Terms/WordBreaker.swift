import CText
import Reports

/// The owner of ICU's word boundaries: the words of a text in any script.
@safe struct WordBreaker: ~Copyable {
  private let handle: OpaquePointer

  init() throws(TermsError) {
    guard let handle = unsafe ctext_breaker_create(Limits.textByteCount) else { throw .unavailable }
    unsafe self.handle = handle
  }

  deinit { unsafe ctext_breaker_destroy(handle) }

  /// Loads the folded words of a text into a scanner, each followed by a space; false where the text is no UTF-8 or too long.
  /// Complexity: O(count).
  func load(_ text: Span<UInt8>, into scanner: inout WordScanner) -> Bool {
    var words: UnsafePointer<UInt8>?
    var count = 0
    let status = unsafe text.withUnsafeBufferPointer { buffer in
      unsafe ctext_breaker_read(handle, buffer.baseAddress, buffer.count, &words, &count)
    }
    guard status == ctext_ok, let words = unsafe words else { return false }
    // They live until the breaker's next call.
    unsafe scanner.load(Span(_unsafeStart: words, count: count))
    return true
  }
}
