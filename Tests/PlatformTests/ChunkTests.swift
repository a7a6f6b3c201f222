import Foundation
import Platform
import TestSupport
import Testing

@Suite struct ChunkTests {
  private static func pieces(_ generator: inout SeededGenerator) -> [[UInt8]] {
    (0..<Int.random(in: 1...6, using: &generator)).map { _ in
      let count = [0, 1, 100, ChunkWriter.chunkByteCount - 1, ChunkWriter.chunkByteCount, 3_000_000].randomElement(
        using: &generator)
      return (0..<(count ?? 0)).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 9) }
    }
  }

  private static func read(_ bytes: [UInt8], byteCount: Int, seed: UInt32) throws -> [UInt8]? {
    var reader = ChunkReader(at: 10, byteCount: UInt64(byteCount), seed: seed) { (offset, count) throws(SystemError) in
      Array(bytes[min(bytes.count, Int(offset))..<min(bytes.count, Int(offset) + count)])
    }
    var all: [UInt8] = []
    while let chunk = try reader.next() {
      if chunk.isEmpty { return all }
      all += chunk
    }
    return nil
  }

  private static func withPieces<Result>(
    _ pieces: [[UInt8]], _ body: ([UnsafeRawBufferPointer]) throws -> Result
  ) rethrows -> Result {
    func next(_ done: [UnsafeRawBufferPointer], _ rest: ArraySlice<[UInt8]>) throws -> Result {
      guard let first = rest.first else { return try unsafe body(done) }
      return try unsafe first.withUnsafeBytes { try unsafe next(done + [$0], rest.dropFirst()) }
    }
    return try unsafe next([], pieces[...])
  }

  /// A child process writes the same file as this one, of the memory as it was at the fork; and it reads back.
  @Test(arguments: 0..<6 as Range<UInt64>)
  func aChildWritesTheSame(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let folder = try TemporaryFolder()
    var pieces = Self.pieces(&generator)
    let whole = Array(pieces.joined())
    let here = try File(folder.path("here"), .create)
    let there = try File(folder.path("there"), .create)
    try unsafe Self.withPieces(pieces) { pieces in
      try unsafe ChunkWriter.write(pieces, seed: 7, at: 10) { (bytes, offset) throws(SystemError) in
        try here.write(bytes, at: offset)
      }
    }
    let child = try unsafe Self.withPieces(pieces) { try unsafe ChunkWriter.fork($0, seed: 7, at: 10, of: there.rawDescriptor) }
    for index in pieces.indices where !pieces[index].isEmpty { pieces[index][0] ^= 0xff }
    #expect(child.wait() == 0)
    let bytes = try here.read(at: 0, count: 1 << 30)
    let same = try there.read(at: 0, count: 1 << 30) == bytes
    let chunkCount = (whole.count + ChunkWriter.chunkByteCount - 1) / ChunkWriter.chunkByteCount
    #expect(same && bytes.count == (whole.isEmpty ? 0 : 10 + whole.count + 4 * chunkCount))
    let isRead = try Self.read(bytes, byteCount: whole.count, seed: 7) == whole
    #expect(isRead)
    #expect(try Self.read(bytes, byteCount: whole.count, seed: 8) == nil || whole.isEmpty)
    guard !whole.isEmpty else { return }
    for _ in 0..<20 {
      var damaged = bytes
      let place = Int.random(in: 10..<bytes.count, using: &generator)
      damaged[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
      #expect(try Self.read(damaged, byteCount: whole.count, seed: 7) == nil, "byte \(place)")
    }
    #expect(try Self.read(Array(bytes.dropLast()), byteCount: whole.count, seed: 7) == nil)
  }

  /// What the child cannot do it says; and a killed one is told apart from one that ended well.
  @Test func aChildsFailureIsSeen() throws {
    let full = try File("/dev/full", .update)
    let bytes = [UInt8](repeating: 1, count: 10)
    let failed = try unsafe Self.withPieces([bytes]) { try unsafe ChunkWriter.fork($0, seed: 0, at: 0, of: full.rawDescriptor) }
    #expect(failed.wait() == ENOSPC)
    let folder = try TemporaryFolder()
    let file = try File(folder.path("large"), .create)
    let large = [UInt8](repeating: 1, count: 64 << 20)
    let killed = try unsafe Self.withPieces([large, large, large, large]) {
      try unsafe ChunkWriter.fork($0, seed: 0, at: 0, of: file.rawDescriptor)
    }
    killed.kill()
    #expect(killed.wait() == 128 + SIGKILL)
  }
}
