import Platform

/// Making and opening the file of a segment.
enum SegmentFile {
  /// Makes an empty segment. It gets its name when its header is on the disk, so that a segment's header is never torn.
  static func create(_ header: SegmentHeader, in storage: any JournalStorage) throws(JournalError) -> any JournalFile {
    let name = SegmentName.name(start: header.start)
    let unfinished = SegmentName.unfinished(start: header.start)
    // What an earlier attempt has left.
    try? storage.remove(unfinished)
    let file: any JournalFile
    do {
      file = try storage.create(unfinished)
      try file.writeAll(header.encoded().span, at: 0)
    } catch {
      try? storage.remove(unfinished)
      throw JournalError(writing: error)
    }
    try failing { () throws(SystemError) in
      try file.synchronize()
      try storage.rename(unfinished, to: name)
      try storage.synchronizeDirectory()
    }
    return file
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
