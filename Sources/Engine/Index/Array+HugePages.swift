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

  /// Adds an element at the end.
  ///
  /// - Complexity: O(1) amortised.
  @inline(__always)
  mutating func appendHuge(_ element: Element) {
    if count == capacity { growHuge(by: 1) }
    append(element)
  }

  /// Adds elements at the end, all alike.
  ///
  /// - Complexity: O(`more`) amortised.
  @inline(__always)
  mutating func appendHuge(repeating element: Element, count more: Int) {
    if count + more > capacity { growHuge(by: more) }
    append(contentsOf: repeatElement(element, count: more))
  }

  /// Moves to where there is room for twice as many.
  @inline(never)
  private mutating func growHuge(by more: Int) {
    let old = self
    self = unsafe Self(unsafeUninitializedCapacity: Swift.max(count + more, 2 * count)) { buffer, filled in
      unsafe Self.prefersHugePages(buffer)
      filled = unsafe buffer.initialize(fromContentsOf: old)
    }
  }

  /// To be said before anything is written there: small pages stay small.
  static func prefersHugePages(_ buffer: UnsafeMutableBufferPointer<Element>) {
    unsafe cplatform_prefer_huge_pages(buffer.baseAddress, buffer.count * MemoryLayout<Element>.stride)
  }
}
