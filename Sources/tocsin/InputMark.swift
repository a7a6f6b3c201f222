import Platform

/// How far a file was read, as it is kept in the outbox beside the events: what tells the file, where the next line begins, and a
/// checksum of what precedes it, by which a file that was written anew is told.
struct InputMark: Equatable {
  static let byteCount = 36
  private static let checkedByteCount = 4_096

  var inode: UInt64
  var birthNanoseconds: UInt64
  private(set) var offset: UInt64
  private(set) var lineNumber: Int
  private var check: UInt32

  private init(_ origin: FileOrigin) {
    inode = origin.inode
    birthNanoseconds = origin.birthNanoseconds
    (offset, lineNumber, check) = (0, 0, 0)
  }

  /// Moves an input behind what a checkpoint says was read of it; where it is of another file, it stays at its beginning. Nil for
  /// an input that cannot be read again.
  static func resume(_ input: inout LineReader, at checkpoint: [UInt8]) throws(SystemError) -> InputMark? {
    guard let origin = input.origin else { return nil }
    let fresh = InputMark(origin)
    guard input.offset == 0, let mark = InputMark(checkpoint), mark.inode == fresh.inode,
      mark.birthNanoseconds == fresh.birthNanoseconds, mark.check == checksum(of: input, before: mark.offset)
    else { return fresh }
    try input.seek(to: mark.offset)
    return mark
  }

  /// Takes note that everything before the input's next line is in the outbox.
  mutating func advance(to input: borrowing LineReader, lineNumber: UInt64) {
    offset = input.offset
    self.lineNumber = Int(lineNumber)
    check = Self.checksum(of: input, before: offset) ?? 0
  }

  private static func checksum(of input: borrowing LineReader, before offset: UInt64) -> UInt32? {
    input.bytes(before: offset, count: checkedByteCount).map { CRC32C.checksum($0.span) }
  }

  private init?(_ bytes: [UInt8]) {
    guard bytes.count == Self.byteCount else { return nil }
    func word(_ index: Int, count: Int = 8) -> UInt64 {
      bytes[index * 8..<index * 8 + count].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
    guard word(2) < 1 << 62, word(3) < 1 << 62 else { return nil }
    inode = word(0)
    birthNanoseconds = word(1)
    offset = word(2)
    lineNumber = Int(word(3))
    check = UInt32(word(4, count: 4))
  }

  func encoded() -> [UInt8] {
    let words = [inode, birthNanoseconds, offset, UInt64(lineNumber)].flatMap { word in
      (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64($0 * 8)) }
    }
    return words + (0..<4).map { UInt8(truncatingIfNeeded: check >> UInt32($0 * 8)) }
  }
}
