/// Takes an engine's state down without copying what is long: a list of parts, in order, each in memory of its own.
///
/// What is short is copied together; of a long array only its place is noted. So the parts hold as long as nobody changes the
/// engine, and that is for the caller to see to.
package struct StateWriter: StateCoder {
  static let isReading = false

  /// Arrays from this size on are not copied.
  private static let longByteCount = 64 << 10

  /// The state's format: the layout of the types that it is made of. To be raised with every change of it.
  package static let version: UInt32 = 6

  @safe private enum Piece {
    /// So many bytes of `copied`, after those before.
    case copied(Int)
    case noted(UnsafeRawBufferPointer)
  }

  private var copied: [UInt8] = []
  private var pieces: [Piece] = []
  private let isSorted: Bool
  /// Bytes of all parts.
  package private(set) var byteCount = 0

  /// - Parameter isSorted: Whether equal states give equal bytes; it takes longer.
  package init(isSorted: Bool = false) { self.isSorted = isSorted }

  mutating func code<Value: Plain>(_ value: inout Value) {
    unsafe withUnsafeBytes(of: &value) { unsafe copy($0) }
  }

  mutating func code<Value: Plain>(_ values: inout [Value]) { take(values, isPassing: false) }

  mutating func code<Value: Plain>(passing values: inout [Value]) { take(values, isPassing: true) }

  mutating func code<Value>(_ values: inout MappedArray<Value>) {
    begin(Value.self, count: values.count)
    unsafe note(UnsafeRawBufferPointer(values.bytes))
  }

  private mutating func take<Value: Plain>(_ values: [Value], isPassing: Bool) {
    begin(Value.self, count: values.count)
    unsafe values.withUnsafeBytes { bytes in
      if isPassing { unsafe copy(bytes) } else { unsafe note(bytes) }
    }
  }

  /// Says what an array holds, and how many.
  private mutating func begin<Value>(_ type: Value.Type, count: Int) {
    var stride = UInt32(MemoryLayout<Value>.stride)
    code(&stride)
    _ = code(count: count)
  }

  /// Takes bytes that stay where they are.
  private mutating func note(_ bytes: UnsafeRawBufferPointer) {
    guard bytes.count >= Self.longByteCount else { return unsafe copy(bytes) }
    unsafe pieces.append(.noted(bytes))
    byteCount += bytes.count
  }

  mutating func code(count: Int) -> Int {
    var coded = UInt64(count)
    code(&coded)
    return count
  }

  func ordered<Key: Comparable>(_ keys: [Key]) -> [Key] { isSorted ? keys.sorted() : keys }

  private mutating func copy(_ bytes: UnsafeRawBufferPointer) {
    unsafe copied.append(contentsOf: bytes)
    byteCount += bytes.count
    if case .copied(let before)? = pieces.last {
      pieces[pieces.count - 1] = .copied(before + bytes.count)
    } else {
      pieces.append(.copied(bytes.count))
    }
  }

  /// Calls `body` with a reader of what was taken, while nobody changes that.
  func withReader<Result>(_ body: (inout StateReader) throws(StateError) -> Result) throws(StateError) -> Result {
    try unsafe withParts { (parts) throws(StateError) in
      var (part, offset) = (0, 0)
      var reader = StateReader(byteCount: byteCount) {
        while unsafe part < parts.count, unsafe offset == parts[part].count { (part, offset) = (part + 1, 0) }
        guard unsafe part < parts.count else { return [] }
        let end = unsafe min(offset + Self.longByteCount, parts[part].count)
        defer { offset = end }
        return unsafe [UInt8](UnsafeRawBufferPointer(rebasing: parts[part][offset..<end]))
      }
      return try body(&reader)
    }
  }

  /// Calls `body` with the parts, in order.
  package func withParts<Result, Failure: Error>(
    _ body: ([UnsafeRawBufferPointer]) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try unsafe copied.withUnsafeBufferPointer { (copied) throws(Failure) in
      var offset = 0
      var parts: [UnsafeRawBufferPointer] = unsafe []
      for piece in pieces {
        switch piece {
        case .copied(let count):
          unsafe parts.append(UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: copied[offset..<offset + count])))
          offset += count
        case .noted(let bytes): unsafe parts.append(bytes)
        }
      }
      return try unsafe body(parts)
    }
  }
}
