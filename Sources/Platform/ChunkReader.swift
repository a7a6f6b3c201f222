/// Reads what `ChunkWriter` has written, chunk by chunk.
package struct ChunkReader {
  private let read: (_ offset: UInt64, _ count: Int) throws(SystemError) -> [UInt8]
  private let seed: UInt32
  private var offset: UInt64
  private var remaining: UInt64
  private var number: UInt32 = 0

  /// - Parameters:
  ///   - offset: Where in the file the first chunk begins.
  ///   - byteCount: What the chunks hold together.
  ///   - read: Reads the file.
  package init(
    at offset: UInt64, byteCount: UInt64, seed: UInt32,
    read: @escaping (_ offset: UInt64, _ count: Int) throws(SystemError) -> [UInt8]
  ) {
    self.offset = offset
    remaining = byteCount
    self.seed = seed
    self.read = read
  }

  /// The next chunk's bytes; empty at the end, nil where it does not check.
  package mutating func next() throws(SystemError) -> [UInt8]? {
    guard remaining > 0 else { return [] }
    let count = Int(min(remaining, UInt64(ChunkWriter.chunkByteCount)))
    var bytes = try read(offset, count + 4)
    guard bytes.count == count + 4 else { return nil }
    var stated: UInt32 = 0
    for index in (0..<4).reversed() { stated = stated << 8 | UInt32(bytes[count + index]) }
    bytes.removeLast(4)
    guard ChunkWriter.checksum(bytes.span, seed: seed, number: number) == stated else { return nil }
    offset += UInt64(count + 4)
    remaining -= UInt64(count)
    number += 1
    return bytes
  }
}
