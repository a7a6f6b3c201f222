/// Takes an input apart: numbers and runs of bytes from its front, zeros where it has ended.
struct InputCursor {
  private let bytes: [UInt8]
  private var offset = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  var isAtEnd: Bool { offset == bytes.count }

  mutating func byte() -> UInt8 {
    guard offset < bytes.count else { return 0 }
    defer { offset += 1 }
    return bytes[offset]
  }

  /// Two bytes, the low one first.
  mutating func word() -> Int { Int(byte()) | Int(byte()) << 8 }

  /// At most so many bytes.
  mutating func run(_ count: Int) -> [UInt8] {
    let end = min(bytes.count, offset + count)
    defer { offset = end }
    return Array(bytes[offset..<end])
  }

  /// All that is left.
  mutating func rest() -> [UInt8] { run(bytes.count) }
}

extension [UInt8] {
  /// The run with its length in front of it, as `word` and `run` take it.
  var withLength: [UInt8] { [UInt8(truncatingIfNeeded: count), UInt8(truncatingIfNeeded: count >> 8)] + self }
}
