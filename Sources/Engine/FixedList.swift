/// A number of things that is settled when it is made, each of which may be one that is not copied.
@safe struct FixedList<Element: ~Copyable & Sendable>: ~Copyable, @unchecked Sendable {
  let count: Int
  @unsafe private let elements: UnsafeMutablePointer<Element>

  /// - Parameter make: Gives the element of a place; called in order.
  init(count: Int, _ make: (Int) -> Element) {
    self.count = count
    let elements = UnsafeMutablePointer<Element>.allocate(capacity: count)
    for index in 0..<count { unsafe (elements + index).initialize(to: make(index)) }
    unsafe self.elements = elements
  }

  deinit {
    unsafe elements.deinitialize(count: count)
    unsafe elements.deallocate()
  }

  var indices: Range<Int> { 0..<count }

  subscript(index: Int) -> Element {
    @inline(__always) _read {
      check(index)
      yield unsafe elements[index]
    }
    @inline(__always) _modify {
      check(index)
      yield unsafe &elements[index]
    }
  }

  @inline(__always)
  private func check(_ index: Int) { precondition(indices.contains(index), "it has such an element") }
}
