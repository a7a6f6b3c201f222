import CPlatform

/// Writes memory to a file in chunks that each have a checksum, in this process or in a child of it. `ChunkReader` reads them.
package enum ChunkWriter {
  /// Bytes of a chunk, without its checksum.
  package static let chunkByteCount = 1 << 20

  /// Hands over the pieces, one after the other, as chunks with their checksums.
  ///
  /// - Parameters:
  ///   - seed: What tells this file's chunks from those of others.
  ///   - offset: Where in the file the first chunk begins.
  ///   - write: Writes bytes at an offset of the file.
  package static func write(
    _ pieces: [UnsafeRawBufferPointer], seed: UInt32, at offset: UInt64,
    to write: (_ bytes: Span<UInt8>, _ offset: UInt64) throws(SystemError) -> Void
  ) throws(SystemError) {
    var chunk: [UInt8] = []
    chunk.reserveCapacity(chunkByteCount + 4)
    var offset = offset
    var number: UInt32 = 0
    func finish() throws(SystemError) {
      let checksum = checksum(chunk.span, seed: seed, number: number)
      for index in 0..<4 { chunk.append(UInt8(truncatingIfNeeded: checksum >> UInt32(8 * index))) }
      try write(chunk.span, offset)
      offset += UInt64(chunk.count)
      number += 1
      chunk.removeAll(keepingCapacity: true)
    }
    for index in unsafe pieces.indices {
      let piece = unsafe pieces[index]
      var begin = 0
      while begin < piece.count {
        let end = min(piece.count, begin + chunkByteCount - chunk.count)
        unsafe chunk.append(contentsOf: piece[begin..<end])
        begin = end
        if chunk.count == chunkByteCount { try finish() }
      }
    }
    if !chunk.isEmpty { try finish() }
  }

  /// Has a child process write the pieces as they are now, and wait until they are on the disk; the caller may change them at once.
  ///
  /// The child has the same memory, copied page by page only where one of the two changes it. It ends when this thread does.
  /// - Complexity: O(pages of this process) for the system, some 10 ms a GiB.
  package static func fork(
    _ pieces: [UnsafeRawBufferPointer], seed: UInt32, at offset: UInt64, of descriptor: Int32
  ) throws(SystemError) -> ChildProcess {
    let pieces = unsafe pieces.map { unsafe cplatform_piece(bytes: $0.baseAddress, count: $0.count) }
    var buffer = [UInt8](repeating: 0, count: chunkByteCount + 4)
    let identifier = unsafe pieces.withUnsafeBufferPointer { pieces in
      unsafe buffer.withUnsafeMutableBufferPointer { buffer in
        unsafe cplatform_fork_write_chunks(
          descriptor, offset, pieces.baseAddress, pieces.count, seed, chunkByteCount, buffer.baseAddress)
      }
    }
    guard identifier > 0 else { throw .current("fork", "this process") }
    return ChildProcess(identifier: identifier)
  }

  /// Of a chunk, its number and what tells its file from others.
  static func checksum(_ bytes: Span<UInt8>, seed: UInt32, number: UInt32) -> UInt32 {
    let head = [seed, number].flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> UInt32(8 * $0)) } }
    return CRC32C.checksum(bytes, continuing: CRC32C.checksum(head.span))
  }
}
