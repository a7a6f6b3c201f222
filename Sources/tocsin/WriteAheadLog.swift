import Configuration

/// What is said of a write-ahead log that has grown long.
enum WriteAheadLog {
  /// Says so where a log is longer than writing alone makes it.
  static func complain(byteCount: UInt64) {
    guard byteCount > UInt64(Configuration.default.archive.logWarningMebibytes) << 20 else { return }
    Output.complain(
      "the write-ahead log has grown to \(byteCount >> 20) MiB: somebody reads an older state (an open transaction, a backup under "
        + "way); it shrinks once that ends")
  }
}
