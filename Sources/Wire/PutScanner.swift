import Reports

/// Reads the header of a PUT as producers usually write it: the four members, each once, and no other, as plain as they can be.
///
/// It never refuses: whatever is not so, or is out of bounds, is left to `HeaderReader`, which reads all of it and says what is wrong.
struct PutScanner: ~Escapable {
  /// Above what the usual header has, with room for spaces.
  private static let byteCount = 256
  /// Fewer digits than could overflow 64 bits.
  private static let digitCount = 16
  private static let epochByteCount = 36
  private static let epochName = Array("\"epoch\"".utf8)
  private static let firstSequenceName = Array("\"firstSequence\"".utf8)
  private static let countName = Array("\"count\"".utf8)
  private static let crc32cName = Array("\"crc32c\"".utf8)

  private let bytes: Span<UInt8>
  private var index = 0

  @_lifetime(copy bytes)
  private init(_ bytes: Span<UInt8>) { self.bytes = bytes }

  /// What a header says; nil where it is not the usual one.
  ///
  /// - Complexity: O(bytes), without memory of its own.
  static func scan(_ bytes: Span<UInt8>) -> Put? {
    guard bytes.count <= byteCount else { return nil }
    var scanner = PutScanner(bytes)
    return scanner.put()
  }

  private mutating func put() -> Put? {
    var (epoch, firstSequence, count, crc32c) = (nil as Epoch?, nil as UInt64?, nil as UInt64?, nil as UInt64?)
    guard takes(UInt8(ascii: "{")) else { return nil }
    for member in 0..<4 {
      if member > 0, !takes(UInt8(ascii: ",")) { return nil }
      skipSpace()
      if epoch == nil, takes(Self.epochName) {
        guard takes(UInt8(ascii: ":")), let value = uuid() else { return nil }
        epoch = value
      } else if firstSequence == nil, takes(Self.firstSequenceName) {
        guard takes(UInt8(ascii: ":")), let value = integer() else { return nil }
        firstSequence = value
      } else if count == nil, takes(Self.countName) {
        guard takes(UInt8(ascii: ":")), let value = integer() else { return nil }
        count = value
      } else if crc32c == nil, takes(Self.crc32cName) {
        guard takes(UInt8(ascii: ":")), let value = integer() else { return nil }
        crc32c = value
      } else {
        return nil
      }
    }
    guard takes(UInt8(ascii: "}")) else { return nil }
    skipSpace()
    guard index == bytes.count, let epoch, let firstSequence, let count, let crc32c,
      (1...UInt64(Limits.batchEventCount)).contains(count), (1...WireLimits.sequence - count + 1).contains(firstSequence),
      let crc32c = UInt32(exactly: crc32c)
    else { return nil }
    return Put(epoch: epoch, firstSequence: firstSequence, count: Int(count), crc32c: crc32c)
  }

  private mutating func skipSpace() {
    while index < bytes.count, bytes[index] == UInt8(ascii: " ") { index += 1 }
  }

  private mutating func takes(_ byte: UInt8) -> Bool {
    skipSpace()
    guard index < bytes.count, bytes[index] == byte else { return false }
    index += 1
    return true
  }

  private mutating func takes(_ text: [UInt8]) -> Bool {
    guard bytes.count - index >= text.count else { return false }
    for offset in text.indices where bytes[index + offset] != text[offset] { return false }
    index += text.count
    return true
  }

  /// Digits without a zero in front.
  private mutating func integer() -> UInt64? {
    skipSpace()
    let start = index
    var value: UInt64 = 0
    while index < bytes.count, case let digit = bytes[index] &- UInt8(ascii: "0"), digit < 10, index - start < Self.digitCount {
      value = value * 10 + UInt64(digit)
      index += 1
    }
    guard index > start, bytes[start] != UInt8(ascii: "0") || index == start + 1 else { return nil }
    return value
  }

  /// A UUID between quotes.
  private mutating func uuid() -> Epoch? {
    guard takes(UInt8(ascii: "\"")), bytes.count - index > Self.epochByteCount,
      let epoch = Epoch(bytes.extracting(index..<index + Self.epochByteCount))
    else { return nil }
    index += Self.epochByteCount
    guard bytes[index] == UInt8(ascii: "\"") else { return nil }
    index += 1
    return epoch
  }
}
