import CPlatform

/// Lines of 64 bytes, each of which is one of the processor's cache lines: an `Array` does not see to that. Their number may grow where
/// they stand: address space is reserved for as many as there may ever be, and memory is taken where something is written.
///
/// Small pages serve until the lines fill a huge one.
@safe struct CacheLines: ~Copyable, @unchecked Sendable {
  /// Bytes of a line.
  static let byteCountOfLine = 64

  /// Lines in use.
  private(set) var count: Int
  /// The most that there may be.
  let capacity: Int
  /// The first line's first byte.
  @unsafe let start: UnsafeMutableRawPointer

  /// Lines of zeros.
  init(count: Int, capacity: Int) {
    precondition(0 < count && count <= capacity, "there is a line, and no more than are reserved")
    guard let start = unsafe cplatform_reserve(capacity * Self.byteCountOfLine) else { preconditionFailure("no memory is left") }
    self.count = count
    self.capacity = capacity
    unsafe self.start = start
    unsafe cplatform_prefer_huge_pages(start, byteCount)
  }

  deinit { unsafe cplatform_release(start, capacity * Self.byteCountOfLine) }

  /// Bytes of the lines in use.
  var byteCount: Int { count * Self.byteCountOfLine }

  /// Takes more lines into use; they are zeros.
  mutating func grow(to count: Int) {
    precondition(self.count <= count && count <= capacity, "no more lines than are reserved")
    self.count = count
    unsafe cplatform_prefer_huge_pages(start, byteCount)
  }

  /// The bytes of all lines in use.
  @unsafe var bytes: UnsafeMutableRawBufferPointer { unsafe UnsafeMutableRawBufferPointer(start: start, count: byteCount) }
}
