import Engine
import Platform
import Service

/// A snapshot's file → an engine.
///
/// The first byte of an input says what follows, packed by `ZeroRuns`: 0, the file as it is; 1, a header and a state, which get
/// their length and checksums; 2, the length of chunks, and then the state alone.
package struct SnapshotFuzzer: Fuzzer {
  package static let name = "snapshot"

  private let channel: Channel
  private let settings = EngineSettings.coarse

  package init(channel: @escaping Channel) { self.channel = channel }

  package func check(_ input: [UInt8]) throws -> Bool {
    var cursor = InputCursor(input)
    switch cursor.byte() {
    case 0: return try checkFile(ZeroRuns.unpack(cursor.rest()))
    case 1:
      let bytes = ZeroRuns.unpack(cursor.rest())
      let headerByteCount = min(SnapshotHeader.byteCount, bytes.count)
      return try checkFile(
        Self.checksummed(header: Array(bytes[..<headerByteCount]), state: Array(bytes[headerByteCount...])))
    default:
      let chunkByteCount = 1 + cursor.word()
      return try checkState(ZeroRuns.unpack(cursor.rest()), chunkByteCount: chunkByteCount)
    }
  }

  // MARK: Files

  private func checkFile(_ file: [UInt8]) throws -> Bool {
    guard let header = SnapshotHeader(file) else { return false }
    try require(header.encoded() == Array(file[..<SnapshotHeader.byteCount]), "the header, written again, differs")
    var chunks = ChunkReader(
      at: UInt64(SnapshotHeader.byteCount), byteCount: header.stateByteCount, seed: header.checksum
    ) { (offset, count) throws(SystemError) in
      offset < UInt64(file.count) ? Array(file[Int(offset)...].prefix(count)) : []
    }
    var state: [UInt8] = []
    while true {
      guard let chunk = try chunks.next() else { return false }
      if chunk.isEmpty { break }
      state += chunk
    }
    try require(UInt64(state.count) == header.stateByteCount, "\(state.count) bytes of state, \(header.stateByteCount) said")
    return try checkState(state, chunkByteCount: ChunkWriter.chunkByteCount)
  }

  /// A file of a header, its length and checksum set right, and a state in one chunk; none of them could be guessed.
  static func checksummed(header: [UInt8], state: [UInt8]) -> [UInt8] {
    var header = header + [UInt8](repeating: 0, count: SnapshotHeader.byteCount - header.count)
    func set(_ offset: Int, _ value: UInt64, _ byteCount: Int) {
      for index in 0..<byteCount { header[offset + index] = UInt8(truncatingIfNeeded: value >> UInt64(8 * index)) }
    }
    header.replaceSubrange(0..<8, with: "TCSNSNAP".utf8)
    set(72, UInt64(state.count), 8)
    let checked = Array(header[..<12] + header[16...])
    let checksum = CRC32C.tableChecksum(checked.span)
    set(12, UInt64(checksum), 4)
    let seed = (0..<4).map { UInt8(truncatingIfNeeded: checksum >> UInt32(8 * $0)) } + [0, 0, 0, 0]
    let chunk = seed + state
    let trailer = CRC32C.tableChecksum(chunk.span)
    return header + state + (0..<4).map { UInt8(truncatingIfNeeded: trailer >> UInt32(8 * $0)) }
  }

  // MARK: State

  /// What is taken for an engine is one: taken down and given back, it has the same state.
  private func checkState(_ state: [UInt8], chunkByteCount: Int) throws -> Bool {
    let first: Taken
    do throws(StateError) { first = try take(state, chunkByteCount: chunkByteCount) } catch {
      try require(!error.description.isEmpty, "refused without words")
      return false
    }
    let second: Taken
    do throws(StateError) { second = try take(channel(first.bytes), chunkByteCount: chunkByteCount) } catch {
      throw Violation("the state, taken down, is refused: \(error)")
    }
    try require(second == first, "the engine, taken down and given back, is another")
    return true
  }

  /// An engine that was given back: its state, taken down again, and its position.
  private struct Taken: Equatable {
    var bytes: [UInt8]
    var position: UInt64
  }

  private func take(_ state: [UInt8], chunkByteCount: Int) throws(StateError) -> Taken {
    var offset = 0
    var reader = StateReader(byteCount: state.count) { () throws(StateError) in
      let end = min(state.count, offset + chunkByteCount)
      defer { offset = end }
      return Array(state[offset..<end])
    }
    var engine = try Engine(settings: settings, reading: &reader)
    return Taken(bytes: Self.written(&engine), position: engine.position)
  }

  static func written(_ engine: inout Engine) -> [UInt8] {
    var writer = StateWriter(isSorted: true)
    engine.write(into: &writer)
    return unsafe writer.withParts { parts in unsafe parts.flatMap { unsafe Array($0) } }
  }
}
