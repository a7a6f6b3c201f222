import CPlatform

/// Tables that are read here and there, where they are large: with pages of 2 MiB the processor finds each of them without walking along
/// the page tables first. Wherever the kernel has none, they are arrays as any.
extension Array where Element: Plain {
  /// As many elements as `count`, all alike.
  init(huge element: Element, count: Int) {
    self = unsafe Self(unsafeUninitializedCapacity: count) { buffer, filled in
      unsafe Self.prefersHugePages(buffer)
      unsafe buffer.initialize(repeating: element)
      filled = count
    }
  }

  /// To be said before anything is written there: small pages stay small.
  static func prefersHugePages(_ buffer: UnsafeMutableBufferPointer<Element>) {
    unsafe cplatform_prefer_huge_pages(buffer.baseAddress, buffer.count * MemoryLayout<Element>.stride)
  }
}
