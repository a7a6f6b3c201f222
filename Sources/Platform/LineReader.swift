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
  }

  /// For `poll`: readable when `next` would not wait for its first bytes.
  package var rawDescriptor: Int32 { descriptor.rawValue }

  /// Whether `next` can give a whole line without reading.
  package var hasLine: Bool { cursor < end && lineFeed() != nil }

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
  }
}
