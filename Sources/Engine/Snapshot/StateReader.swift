/// Gives an engine the state that a `StateWriter` has taken down.
package struct StateReader: StateCoder {
  static let isReading = true

  private var chunk: [UInt8] = []
  private var offset = 0
  /// Bytes that have not been given back yet; no count is believed that needs more.
  private var remaining: Int
  private let next: () throws(StateError) -> [UInt8]

  /// - Parameters:
  ///   - byteCount: How long the whole state is.
  ///   - next: Gives its bytes, in order, in chunks of any length; an empty one at its end.
  package init(byteCount: Int, next: @escaping () throws(StateError) -> [UInt8]) {
    remaining = byteCount
    self.next = next
  }

  mutating func code<Value: Plain>(_ value: inout Value) throws(StateError) {
    try unsafe withUnsafeMutableBytes(of: &value) { (bytes) throws(StateError) in try unsafe fill(bytes) }
  }

  mutating func code<Value: Plain>(_ values: inout [Value]) throws(StateError) {
    let count = try readCount(of: Value.self)
    var failure: StateError?
    values = unsafe [Value](unsafeUninitializedCapacity: count) { buffer, filled in
      unsafe [Value].prefersHugePages(buffer)
      do throws(StateError) {
        try unsafe fill(UnsafeMutableRawBufferPointer(buffer))
        filled = count
      } catch { failure = error }
    }
    if let failure { throw failure }
  }

  mutating func code<Value: Plain>(passing values: inout [Value]) throws(StateError) { try code(&values) }

  mutating func code<Value>(_ values: inout MappedArray<Value>) throws(StateError) {
    values = MappedArray(zeros: try readCount(of: Value.self))
    try unsafe fill(values.bytes)
  }

  mutating func code(count: Int) throws(StateError) -> Int { try readCount(byteCount: 1) }

  func ordered<Key: Comparable>(_ keys: [Key]) -> [Key] { keys }

  /// How many elements of an array follow.
  private mutating func readCount<Value>(of type: Value.Type) throws(StateError) -> Int {
    var stride: UInt32 = 0
    try code(&stride)
    guard Int(stride) == MemoryLayout<Value>.stride else {
      throw .malformed("\(type) takes \(stride) bytes there, and \(MemoryLayout<Value>.stride) here")
    }
    return try readCount(byteCount: MemoryLayout<Value>.stride)
  }

  private mutating func readCount(byteCount: Int) throws(StateError) -> Int {
    var count: UInt64 = 0
    try code(&count)
    guard count <= UInt64(remaining / max(1, byteCount)) else { throw .cutShort }
    return Int(count)
  }

  private mutating func fill(_ bytes: UnsafeMutableRawBufferPointer) throws(StateError) {
    guard bytes.count <= remaining else { throw .cutShort }
    remaining -= bytes.count
    var filled = 0
    while filled < bytes.count {
      if offset == chunk.count {
        chunk = try next()
        offset = 0
        if chunk.isEmpty { throw .cutShort }
      }
      let count = min(bytes.count - filled, chunk.count - offset)
      unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[filled..<filled + count]).copyBytes(
        from: chunk[offset..<offset + count])
      filled += count
      offset += count
    }
  }

  /// Sees to it that nothing is left.
  package func finish() throws(StateError) {
    guard remaining == 0 else { throw .tooLong(byteCount: remaining) }
  }
}
