import CText

/// The Unicode library that this program runs on; what text becomes depends on it.
package enum TextLibrary {
  /// As `72.1`.
  package static var version: String {
    unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 20) { buffer in
      guard let base = buffer.baseAddress else { return "" }
      unsafe ctext_icu_version(base)
      return unsafe String(cString: base)
    }
  }
}
