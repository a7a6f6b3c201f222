/// Bytes of which most are zero, as an input has them: a length in one byte, so many bytes, and how many zeros follow in two bytes,
/// over and over. An engine's state is ten times shorter so, and what is changed in it more often means something.
enum ZeroRuns {
  static func pack(_ bytes: [UInt8]) -> [UInt8] {
    var packed: [UInt8] = []
    var offset = 0
    while offset < bytes.count {
      let start = offset
      // Single zeros are not worth an end.
      while offset < bytes.count, offset - start < 255, !bytes[offset..<min(bytes.count, offset + 4)].allSatisfy({ $0 == 0 }) {
        offset += 1
      }
      let zeros = bytes[offset...].prefix(65_535).prefix { $0 == 0 }.count
      packed += [UInt8(offset - start)] + bytes[start..<offset] + [UInt8(truncatingIfNeeded: zeros), UInt8(zeros >> 8)]
      offset += zeros
    }
    return packed
  }

  static func unpack(_ packed: [UInt8]) -> [UInt8] {
    var cursor = InputCursor(packed)
    var bytes: [UInt8] = []
    while !cursor.isAtEnd {
      bytes += cursor.run(Int(cursor.byte()))
      bytes += [UInt8](repeating: 0, count: cursor.word())
    }
    return bytes
  }
}
