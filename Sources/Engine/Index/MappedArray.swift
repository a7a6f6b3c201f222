import CPlatform

/// A growing array in memory of its own: to grow it is never copied, and of memory it takes what was written to.
///
/// Where it is full, address space is taken for twice as many elements, and the kernel hands the pages that stand on to it. From 2 MiB
/// on they are huge ones, where the kernel has any: the processor finds what is read here and there without walking along the page
/// tables first. The first element stands at the beginning of a page.
@safe struct MappedArray<Element: Plain & Sendable>: ~Copyable, @unchecked Sendable {
  private static var leastByteCount: Int { 64 << 10 }
  private static var stride: Int { MemoryLayout<Element>.stride }

  private(set) var count = 0
  private var capacity: Int
  @unsafe private var start: UnsafeMutablePointer<Element>

  init() {
    precondition(Self.stride <= Self.leastByteCount, "elements are small")
    let byteCount = Self.leastByteCount
    guard let bytes = unsafe cplatform_map(byteCount) else { preconditionFailure("no memory is left") }
    capacity = byteCount / Self.stride
    unsafe start = bytes.assumingMemoryBound(to: Element.self)
  }

  /// As many elements as `count`, all of whose bytes are zeros.
  init(zeros count: Int) {
    self.init()
    appendZeros(count)
  }

  deinit { unsafe cplatform_unmap(start, mappedByteCount) }

  /// What has been asked for: the capacity in bytes, of elements that do not fill pages a part of one more.
  private var mappedByteCount: Int { max(Self.leastByteCount, capacity * Self.stride) }

  var isEmpty: Bool { count == 0 }
  var indices: Range<Int> { 0..<count }
  /// Bytes of the elements.
  var byteCount: Int { count * Self.stride }

  subscript(index: Int) -> Element {
    @inline(__always) _read {
      check(index)
      yield unsafe start[index]
    }
    @inline(__always) _modify {
      check(index)
      yield unsafe &start[index]
    }
  }

  @inline(__always)
  private func check(_ index: Int) {
    precondition(UInt(bitPattern: index) < UInt(bitPattern: count), "it has such an element")
  }

  /// Adds an element at the end.
  ///
  /// - Complexity: O(1) amortised.
  @inline(__always)
  mutating func append(_ element: Element) {
    if count == capacity { grow(to: count + 1) }
    unsafe (start + count).initialize(to: element)
    count += 1
  }

  /// Adds elements at the end, all alike.
  ///
  /// - Complexity: O(`more`) amortised.
  @inline(__always)
  mutating func append(repeating element: Element, count more: Int) {
    precondition(more >= 0, "an array is not made shorter by it")
    if count + more > capacity { grow(to: count + more) }
    unsafe (start + count).initialize(repeating: element, count: more)
    count += more
  }

  /// Adds elements at the end, all of whose bytes are zeros.
  ///
  /// - Complexity: O(1): memory is taken where something is written.
  mutating func appendZeros(_ more: Int) {
    precondition(more >= 0, "an array is not made shorter by it")
    if count + more > capacity { grow(to: count + more) }
    count += more
  }

  /// Leaves the first so many elements; the memory of the others is given back.
  mutating func shorten(to count: Int) {
    precondition(0 <= count && count <= self.count, "an array is not made longer by it")
    unsafe cplatform_discard(start + count, (self.count - count) * Self.stride)
    self.count = count
  }

  @inline(never)
  private mutating func grow(to count: Int) {
    let (before, after) = (mappedByteCount, max(count, 2 * capacity) * Self.stride)
    guard let bytes = unsafe cplatform_remap(start, before, after) else { preconditionFailure("no memory is left") }
    unsafe start = bytes.assumingMemoryBound(to: Element.self)
    capacity = after / Self.stride
  }

  /// The first byte.
  @unsafe var first: UnsafeMutableRawPointer {
    @inline(__always) get { unsafe UnsafeMutableRawPointer(start) }
  }

  /// The bytes of all elements.
  @unsafe var bytes: UnsafeMutableRawBufferPointer { unsafe UnsafeMutableRawBufferPointer(start: start, count: byteCount) }
}
