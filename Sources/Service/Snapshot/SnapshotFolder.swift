import Engine
import Journal
import Platform

/// The snapshots of a store's engine, each in a file that is named after its journal position: the newest two are kept.
struct SnapshotFolder: Sendable {
  private static let suffix = ".snapshot"
  private static let unfinishedSuffix = ".new"
  /// The newest, and the one before in case that one cannot be read.
  private static let keptCount = 2

  let storage: any JournalStorage
  private let store: StoreID
  private let settings: SnapshotHeader.SettingsHash

  /// - Parameter fingerprint: Of the settings that determine summaries.
  init(storage: any JournalStorage, store: StoreID, fingerprint: String) {
    self.storage = storage
    self.store = store
    settings = SnapshotHeader.SettingsHash(fingerprint)
  }

  /// A snapshot that is being written.
  struct Pending: Sendable {
    var header: SnapshotHeader
    /// Who writes it; nil where it is written.
    var writer: ChildProcess?
    /// How long the engine stood still for it.
    var pauseNanoseconds: UInt64
  }

  // MARK: Names

  private static func name(_ position: UInt64) -> String {
    let digits = String(position)
    return String(repeating: "0", count: 20 - digits.utf8.count) + digits + suffix
  }

  private func path(_ position: UInt64) -> String { storage.location + "/" + Self.name(position) }

  /// The positions of what is there, the newest first.
  func positions() throws(SystemError) -> [UInt64] {
    try storage.names().filter { $0.hasSuffix(Self.suffix) }
      .compactMap { name in UInt64(name.dropLast(Self.suffix.utf8.count)).flatMap { Self.name($0) == name ? $0 : nil } }
      .sorted(by: >)
  }

  // MARK: Reading

  /// The header of a snapshot that this engine could go on from.
  func header(_ position: UInt64) throws(SnapshotError) -> SnapshotHeader {
    let bytes: [UInt8]
    do { bytes = try storage.open(Self.name(position), writable: false).read(at: 0, count: SnapshotHeader.byteCount) } catch {
      throw .failed(error)
    }
    guard let header = SnapshotHeader(bytes), header.position == position else {
      throw .damaged(path: path(position), "its first \(SnapshotHeader.byteCount) bytes do not check")
    }
    guard header.store == store else { throw .otherStore(path: path(position)) }
    guard header.version == StateWriter.version else { throw .otherVersion(path: path(position), version: header.version) }
    guard header.settings == settings else { throw .otherSettings(path: path(position)) }
    return header
  }

  /// Reads an engine as it was at a position.
  ///
  /// - Parameter storedPosition: That of the summaries.
  /// - Complexity: O(bytes), each read once.
  func engine(_ position: UInt64, settings: EngineSettings, storedPosition: UInt64) throws(SnapshotError) -> Engine {
    let header = try header(position)
    guard storedPosition >= header.drainedPosition else { throw .aheadOfSummaries(path: path(position)) }
    let path = path(position)
    do throws(StateError) {
      var chunks = try chunks(header)
      var reader = StateReader(byteCount: Int(header.stateByteCount)) { () throws(StateError) in try Self.next(&chunks) }
      let engine = try Engine(settings: settings, reading: &reader)
      guard engine.position == position else { throw .malformed("it holds another position") }
      return engine
    } catch {
      throw .damaged(path: path, "\(error)")
    }
  }

  /// Whether all of a snapshot checks, without making an engine of it.
  func verify(_ position: UInt64) throws(SnapshotError) -> SnapshotHeader {
    let header = try header(position)
    do throws(StateError) {
      var chunks = try chunks(header)
      while try !Self.next(&chunks).isEmpty {}
      return header
    } catch {
      throw .damaged(path: path(position), "\(error)")
    }
  }

  private static func next(_ chunks: inout ChunkReader) throws(StateError) -> [UInt8] {
    let chunk: [UInt8]?
    do { chunk = try chunks.next() } catch { throw .unreadable("\(error)") }
    guard let chunk else { throw .malformed("a chunk of it does not check") }
    return chunk
  }

  private func chunks(_ header: SnapshotHeader) throws(StateError) -> ChunkReader {
    let file: any JournalFile
    do { file = try storage.open(Self.name(header.position), writable: false) } catch { throw .unreadable("\(error)") }
    return ChunkReader(
      at: UInt64(SnapshotHeader.byteCount), byteCount: header.stateByteCount, seed: header.checksum
    ) { (offset, count) throws(SystemError) in try file.read(at: offset, count: count) }
  }

  // MARK: Writing

  /// Begins to write an engine's state. Where the system can, a child process goes on with it while the engine is told more.
  func begin(_ engine: inout Engine, mayFork: Bool = true) throws(SystemError) -> Pending {
    let start = Clock.monotonicNanoseconds()
    var state = StateWriter()
    engine.write(into: &state)
    let header = SnapshotHeader(
      store: store, settings: settings, position: engine.position, drainedPosition: engine.drainedPosition,
      oldestReferencedPosition: engine.oldestReferencedPosition, stateByteCount: UInt64(state.byteCount))
    let name = Self.name(header.position) + Self.unfinishedSuffix
    // What an earlier attempt has left.
    try? storage.remove(name)
    let file = try storage.create(name)
    try file.writeAll(header.encoded().span, at: 0)
    let writer = try unsafe state.withParts { (parts) throws(SystemError) -> ChildProcess? in
      if mayFork, let descriptor = file.descriptor {
        return try unsafe ChunkWriter.fork(
          parts, seed: header.checksum, at: UInt64(SnapshotHeader.byteCount), of: descriptor)
      }
      try unsafe ChunkWriter.write(parts, seed: header.checksum, at: UInt64(SnapshotHeader.byteCount)) {
        (bytes, offset) throws(SystemError) in try file.writeAll(bytes, at: offset)
      }
      try file.synchronize()
      return nil
    }
    return Pending(header: header, writer: writer, pauseNanoseconds: Clock.monotonicNanoseconds() - start)
  }

  /// Gives a written snapshot its name. What stands before its position must be on the disk, and its changes in the summaries.
  func commit(_ pending: Pending) throws(SystemError) {
    let name = Self.name(pending.header.position)
    try storage.rename(name + Self.unfinishedSuffix, to: name)
    try storage.synchronizeDirectory()
  }

  func discard(_ pending: Pending) { try? storage.remove(Self.name(pending.header.position) + Self.unfinishedSuffix) }

  /// Removes what no start will read: all but the newest two of this store, version and settings, and what was never finished.
  ///
  /// - Returns: The headers of those that stay, the newest first.
  func prune() throws(SystemError) -> [SnapshotHeader] {
    var kept: [SnapshotHeader] = []
    var gone = try storage.names().filter { $0.hasSuffix(Self.unfinishedSuffix) }
    for position in try positions() {
      if kept.count < Self.keptCount, let header = try? header(position) {
        kept.append(header)
      } else {
        gone.append(Self.name(position))
      }
    }
    for name in gone { try storage.remove(name) }
    if !gone.isEmpty { try storage.synchronizeDirectory() }
    return kept
  }

  /// Removes all snapshots but one.
  func removeAll(but position: UInt64) throws(SystemError) {
    let kept = Self.name(position)
    for name in try storage.names() where name != kept { try storage.remove(name) }
    try storage.synchronizeDirectory()
  }

  /// Removes the snapshots of engines that were told what stands at or behind a position.
  func remove(after position: UInt64) throws(SystemError) {
    let gone = try positions().filter { $0 > position }
    for position in gone { try storage.remove(Self.name(position)) }
    if !gone.isEmpty { try storage.synchronizeDirectory() }
  }
}
