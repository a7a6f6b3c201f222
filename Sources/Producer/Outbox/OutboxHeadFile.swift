import Journal
import Platform

/// The file `head` of an outbox: two places of which one is always whole on the disk.
///
/// What is written without waiting goes to the other place only, so that a loss of power cannot tear both.
final class OutboxHeadFile {
  static let name = "head"
  /// The two places lie in different sectors, whatever the disk's are.
  private static let stride: UInt64 = 4_096

  private let file: any JournalFile
  /// The place that is known to be on the disk.
  private var durablePlace: Int

  private init(_ file: any JournalFile, durablePlace: Int) {
    self.file = file
    self.durablePlace = durablePlace
  }

  /// Opens the file, or makes it; the head is nil where neither place is whole.
  static func open(in storage: any JournalStorage) throws(OutboxError) -> (file: OutboxHeadFile, head: OutboxHead?) {
    try OutboxError.wrapping(storage.location) {
      () throws(SystemError) -> Result<(OutboxHeadFile, OutboxHead?), OutboxError> in
      guard try storage.names().contains(name) else {
        let file = try storage.create(name)
        try storage.synchronizeDirectory()
        return .success((OutboxHeadFile(file, durablePlace: 1), nil))
      }
      let file = try storage.open(name, writable: true)
      var heads: [(place: Int, head: OutboxHead)] = []
      for place in 0..<2 {
        let bytes = try file.read(at: UInt64(place) * stride, count: OutboxHead.byteCount)
        if let version = OutboxHead.foreignVersion(bytes.span) {
          return .failure(.unsupportedVersion(path: storage.location + "/" + name, version: version))
        }
        if let head = OutboxHead(bytes.span) { heads.append((place, head)) }
      }
      // What another process wrote without waiting must not be overwritten before it is on the disk.
      try file.synchronize()
      let newest = heads.max { $0.head.generation < $1.head.generation }
      return .success((OutboxHeadFile(file, durablePlace: newest?.place ?? 1), newest?.head))
    }.get()
  }

  /// Writes a head that survives the end of the process, and not a loss of power.
  func note(_ head: inout OutboxHead) throws(SystemError) {
    head.generation += 1
    try write(head, to: 1 - durablePlace)
  }

  /// Writes a head and waits until it is on the disk.
  func commit(_ head: inout OutboxHead) throws(SystemError) {
    try note(&head)
    try file.synchronize()
    durablePlace = 1 - durablePlace
  }

  private func write(_ head: OutboxHead, to place: Int) throws(SystemError) {
    let bytes = head.encoded()
    let offset = UInt64(place) * Self.stride
    var written = 0
    while written < bytes.count {
      written += try file.write(bytes.span.extracting(droppingFirst: written), at: offset + UInt64(written))
    }
  }
}
