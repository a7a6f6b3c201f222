import Platform

/// Making and opening the file of a segment.
enum SegmentFile {
  /// A file that takes up the room of a new segment, for whoever has to begin one on a full disk.
  private static let reserveName = "reserve"
  private static let reserveByteCount = 4_096

  /// Makes the reserve, where there is none and the disk has room for it.
  static func makeReserve(in storage: any JournalStorage) {
    guard (try? storage.names().contains(reserveName)) == false else { return }
    do {
      try storage.create(reserveName).writeAll([UInt8](repeating: 0, count: reserveByteCount).span, at: 0)
    } catch {
      // The next attempt may find room.
      try? storage.remove(reserveName)
    }
  }

  /// The reserve as an unfinished segment; nil where there is none.
  private static func takeReserve(as name: String, _ header: SegmentHeader, in storage: any JournalStorage) -> (any JournalFile)?
  {
    do {
      try storage.rename(reserveName, to: name)
      let file = try storage.open(name, writable: true)
      try file.writeAll(header.encoded().span, at: 0)
      try file.truncate(to: UInt64(SegmentHeader.byteCount))
      return file
    } catch {
      try? storage.remove(name)
      return nil
    }
  }

  // MARK: The spare

  /// What is left of a segment that was let go of: zeros, in blocks that the disk has given already. To write there and sync takes the disk
  /// less time than to make a file longer, and the next segment is written into it.
  private static let spareName = "spare"
  /// The same before it is all zeros.
  static let fadingName = "spare.fading"
  private static let fadingByteCount = 1 << 20
  /// A longer segment is not cleared: the disk has other things to do.
  private static let spareByteCountLimit: UInt64 = 256 << 20

  /// Lets go of a segment: keeps its blocks as the spare, where there is none, they can be cleared, and nobody is reading them.
  ///
  /// - Complexity: O(bytes of the segment), a mebibyte at a time, so that whoever else syncs need not wait long.
  static func recycle(_ name: String, in storage: any JournalStorage) throws(SystemError) {
    if try storage.names().contains(spareName) { return try storage.remove(name) }
    try storage.rename(name, to: fadingName)
    do throws(SystemError) {
      // Else a loss of power could bring its name back and not what it held.
      try storage.synchronizeDirectory()
      let file = try storage.open(fadingName, writable: true)
      let byteCount = try file.byteCount()
      // Under this name nobody comes to read it any more; who has it open reads on in it.
      guard byteCount <= spareByteCountLimit, !file.isOpenElsewhere else { return try storage.remove(fadingName) }
      let zeros = [UInt8](repeating: 0, count: fadingByteCount)
      for offset in stride(from: 0, to: byteCount, by: fadingByteCount) {
        let count = Int(min(byteCount - offset, UInt64(fadingByteCount)))
        try file.writeAll(zeros.span.extracting(first: count), at: offset)
        try file.synchronize()
      }
      try storage.rename(fadingName, to: spareName)
    } catch {
      // Then it is gone as any other.
      try storage.remove(fadingName)
    }
  }

  /// Removes a spare of which it is not known that it is all zeros, as a copy of a running store may hold one.
  static func checkSpare(in storage: any JournalStorage) throws(SystemError) {
    guard try storage.names().contains(spareName) else { return }
    do throws(SystemError) {
      let file = try storage.open(spareName, writable: false)
      if try SegmentScanner.isBlank(file, from: 0, to: try file.byteCount()) { return }
    } catch {
      // What cannot be read is worth no more.
    }
    try storage.remove(spareName)
  }

  /// Gives the room of the spare back, on a disk that is full.
  static func removeSpare(in storage: any JournalStorage) { try? storage.remove(spareName) }

  /// The spare as an unfinished segment; nil where there is none.
  private static func takeSpare(as name: String, _ header: SegmentHeader, in storage: any JournalStorage) -> (any JournalFile)? {
    guard (try? storage.names().contains(spareName)) == true else { return nil }
    do {
      try storage.rename(spareName, to: name)
      let file = try storage.open(name, writable: true)
      try file.writeAll(header.encoded().span, at: 0)
      return file
    } catch {
      try? storage.remove(name)
      return nil
    }
  }

  // MARK: Segments

  /// Makes an empty segment, of which zeros may follow. It gets its name when its header is on the disk, so that a segment's header is never torn.
  static func create(_ header: SegmentHeader, in storage: any JournalStorage) throws(JournalError) -> any JournalFile {
    let name = SegmentName.name(start: header.start)
    let unfinished = SegmentName.unfinished(start: header.start)
    // What an earlier attempt has left.
    try? storage.remove(unfinished)
    let file: any JournalFile
    if let spare = takeSpare(as: unfinished, header, in: storage) {
      file = spare
    } else {
      file = try begin(unfinished, header, in: storage)
    }
    try failing { () throws(SystemError) in
      try file.synchronize()
      try storage.rename(unfinished, to: name)
      try storage.synchronizeDirectory()
    }
    return file
  }

  private static func begin(
    _ name: String, _ header: SegmentHeader, in storage: any JournalStorage
  ) throws(JournalError) -> any JournalFile {
    do {
      let file = try storage.create(name)
      try file.writeAll(header.encoded().span, at: 0)
      return file
    } catch {
      try? storage.remove(name)
      let failure = JournalError(writing: error)
      guard failure.isFull, let reserve = takeReserve(as: name, header, in: storage) else { throw failure }
      return reserve
    }
  }

  /// Opens a segment and reads its header; nil in its place where it is damaged.
  ///
  /// - Throws: `.foreignStore` and `.unsupportedVersion` for what is whole and not this store's.
  static func open(
    _ name: String, in storage: any JournalStorage, store: StoreID, writable: Bool = false
  ) throws(JournalError) -> (file: any JournalFile, header: SegmentHeader?) {
    let file = try failing { () throws(SystemError) in try storage.open(name, writable: writable) }
    let bytes = try failing { () throws(SystemError) in try file.read(at: 0, count: SegmentHeader.byteCount) }
    guard let header = SegmentHeader(bytes.span) else { return (file, nil) }
    let path = storage.location + "/" + name
    guard header.version == SegmentHeader.version else { throw .unsupportedVersion(path: path, version: header.version) }
    guard header.store == store else { throw .foreignStore(path: path, found: header.store, expected: store) }
    return (file, header.start == SegmentName.start(name) ? header : nil)
  }

  /// The segments of a folder: their starts, ascending.
  static func starts(in storage: any JournalStorage) throws(JournalError) -> [UInt64] {
    try failing { () throws(SystemError) in try storage.names() }.compactMap(SegmentName.start).sorted()
  }
}
