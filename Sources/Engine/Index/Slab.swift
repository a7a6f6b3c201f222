/// Short runs of elements that hang below the nodes, each in one piece: whoever walks along one waits for memory once, not at every
/// element.
///
/// One array, cut into blocks whose sizes double up to a limit, and for each size a stack of blocks that are free.
struct Slab<Element: Plain & Sendable>: ~Copyable, Sendable {
  /// The most elements that a run holds.
  let limit: Int
  private let blank: Element
  private var elements = MappedArray<Element>()
  private var free: [[UInt32]]

  /// - Parameter blank: What stands where nothing does.
  init(limit: Int, blank: Element) {
    self.limit = limit
    self.blank = blank
    free = Array(repeating: [], count: Self.sizeClass(limit) + 1)
  }

  /// Blocks of class c hold 2ᶜ elements, the greatest as many as the limit says.
  private static func sizeClass(_ count: Int) -> Int { count <= 1 ? 0 : Int.bitWidth - (count - 1).leadingZeroBitCount }
  private func capacity(_ sizeClass: Int) -> Int { min(limit, 1 << sizeClass) }

  /// Where all places are, in use or not: what is not is blank.
  var indices: Range<Int> { elements.indices }
  /// Bytes of all places.
  var byteCount: Int { elements.byteCount }

  /// An element of a run, by where it stands in all.
  subscript(index: Int) -> Element {
    @inline(__always) _read { yield elements[index] }
    @inline(__always) _modify { yield &elements[index] }
  }

  /// Where the elements of a run stand.
  @inline(__always)
  func indices(_ run: Run) -> Range<Int> { Int(run.start)..<Int(run.start) + Int(run.count) }

  /// Adds an element at the end of a run that is not full.
  ///
  /// - Complexity: O(1) amortised.
  @inline(__always)
  mutating func append(_ element: Element, to run: inout Run) {
    makeRoom(&run)
    elements[Int(run.start) + Int(run.count)] = element
    run.count += 1
  }

  /// Puts an element into a run, before the one at `position`; the last of a full run is pushed out.
  ///
  /// - Complexity: O(length of the run).
  mutating func insert(_ element: Element, at position: Int, to run: inout Run) {
    if Int(run.count) < limit {
      makeRoom(&run)
      run.count += 1
    }
    let start = Int(run.start)
    var index = start + Int(run.count) - 1
    while index > start + position {
      elements[index] = elements[index - 1]
      index -= 1
    }
    elements[index] = element
  }

  /// Takes an element out of a run.
  mutating func remove(at position: Int, from run: inout Run) {
    let last = Int(run.start) + Int(run.count) - 1
    guard run.count > 1 else { return removeAll(&run) }
    for index in Int(run.start) + position..<last { elements[index] = elements[index + 1] }
    elements[last] = blank
    let (before, after) = (Self.sizeClass(Int(run.count)), Self.sizeClass(Int(run.count) - 1))
    run.count -= 1
    if before != after { move(&run, from: before, to: after) }
  }

  /// Gives the block of a run back.
  mutating func removeAll(_ run: inout Run) {
    guard run.count > 0 else { return }
    for index in indices(run) { elements[index] = blank }
    free[Self.sizeClass(Int(run.count))].append(run.start)
    run = Run()
  }

  @inline(__always)
  private mutating func makeRoom(_ run: inout Run) {
    let count = Int(run.count)
    let sizeClass = Self.sizeClass(count + 1)
    if count == 0 {
      run.start = take(sizeClass)
    } else if Self.sizeClass(count) != sizeClass {
      move(&run, from: Self.sizeClass(count), to: sizeClass)
    }
  }

  private mutating func move(_ run: inout Run, from before: Int, to after: Int) {
    let (old, new) = (Int(run.start), take(after))
    for offset in 0..<Int(run.count) {
      elements[Int(new) + offset] = elements[old + offset]
      elements[old + offset] = blank
    }
    free[before].append(run.start)
    run.start = new
  }

  private mutating func take(_ sizeClass: Int) -> UInt32 {
    if let block = free[sizeClass].popLast() { return block }
    let start = UInt32(elements.count)
    elements.append(repeating: blank, count: capacity(sizeClass))
    return start
  }

  // MARK: State

  /// Its state, for a snapshot.
  mutating func code(_ coder: inout some StateCoder) throws(StateError) {
    try coder.code(&elements)
    guard try coder.code(count: free.count) == free.count else { throw .malformed("it has blocks of other sizes") }
    for sizeClass in free.indices { try coder.code(&free[sizeClass]) }
  }
}
