import Glibc

/// Reads lines from a file, a pipe or standard input, through one buffer. The line feed is left out.
package struct LineReader: ~Copyable {
  private let descriptor: Descriptor
  private let subject: String
  private let limit: Int
  private var chunk: [UInt8]
  private var cursor = 0
  private var end = 0
  private var isAtEnd = false
  /// Where in the input the buffer ends.
  private var endOffset: UInt64 = 0

  /// The line that `next` has read. Of a longer one than the limit, the first `limit + 1` bytes.
  package private(set) var line: [UInt8] = []

  /// Opens a path; `-` is standard input.
  package init(path: String, limit: Int) throws(SystemError) {
    let rawValue =
      path == "-"
      ? fcntl(0, F_DUPFD_CLOEXEC, 0) : try retrying("open", path) { unsafe open(path, O_RDONLY | O_CLOEXEC) }
    guard rawValue >= 0 else { throw .current("read", "standard input") }
    descriptor = Descriptor(owning: rawValue)
    subject = path == "-" ? "standard input" : path
    self.limit = limit
    chunk = [UInt8](repeating: 0, count: 1 << 18)
    // Standard input may have been read by another program before.
    endOffset = UInt64(max(0, lseek(rawValue, 0, SEEK_CUR)))
  }

  /// For `poll`: readable when `next` would not wait for its first bytes.
  package var rawDescriptor: Int32 { descriptor.rawValue }

  /// Whether `next` can give a whole line without reading.
  package var hasLine: Bool { cursor < end && lineFeed() != nil }

  /// Bytes of the input before the next line, counted from the file's beginning where it is a regular one.
  package var offset: UInt64 { endOffset - UInt64(end - cursor) }

  /// The bytes of a regular file; nil for pipes and terminals.
  package var byteCount: UInt64? {
    var status = stat()
    guard unsafe fstat(descriptor.rawValue, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    return UInt64(max(0, status.st_size))
  }

  /// What tells the input from others, where it is a regular file that can be read again; nil for pipes and terminals.
  package var origin: FileOrigin? {
    var status = stat()
    guard unsafe fstat(descriptor.rawValue, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    return FileOrigin(descriptor)
  }

  /// Bytes of a regular file that end at an offset, at most `count`; nil where it does not reach so far.
  package func bytes(before offset: UInt64, count: Int) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: Int(min(UInt64(count), offset)))
    let start = off_t(offset) - off_t(bytes.count)
    let descriptor = descriptor.rawValue
    let filled = unsafe bytes.withUnsafeMutableBytes { unsafe pread(descriptor, $0.baseAddress, $0.count, start) }
    return filled == bytes.count ? bytes : nil
  }

  /// Goes on with the line that begins at an offset of a regular file.
  package mutating func seek(to offset: UInt64) throws(SystemError) {
    guard lseek(descriptor.rawValue, off_t(offset), SEEK_SET) >= 0 else { throw .current("seek", subject) }
    (cursor, end, endOffset, isAtEnd) = (0, 0, offset, false)
  }

  /// Reads the next line; false at the end of the input. What is after the last line feed is a line if it is not empty.
  package mutating func next() throws(SystemError) -> Bool {
    line.removeAll(keepingCapacity: true)
    while true {
      if cursor == end {
        if isAtEnd { return !line.isEmpty }
        try fill()
        if end == 0 {
          isAtEnd = true
          return !line.isEmpty
        }
      }
      let feed = lineFeed()
      let stop = feed ?? end
      let room = max(0, limit + 1 - line.count)
      line.append(contentsOf: chunk[cursor..<min(stop, cursor + room)])
      cursor = feed.map { $0 + 1 } ?? end
      if feed != nil { return true }
    }
  }

  private func lineFeed() -> Int? {
    unsafe chunk.withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress, let found = unsafe memchr(base + cursor, 10, end - cursor) else { return nil }
      return unsafe UnsafeRawPointer(found) - base
    }
  }

  private mutating func fill() throws(SystemError) {
    let descriptor = descriptor.rawValue
    let filled = try retrying("read", subject) {
      unsafe chunk.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
    }
    (cursor, end) = (0, filled)
    endOffset += UInt64(filled)
  }
}
