import Platform

/// The first bytes of a segment's file; later versions keep this layout, so that they are refused by name.
///
///     offset  bytes  field (integers are little-endian)
///          0      8  "TCSNJRNL"
///          8      4  version: 1
///         12      4  CRC32C of the other 36 bytes
///         16      8  position of the first record
///         24     16  store: high, low
struct SegmentHeader: Equatable {
  static let byteCount = 40
  static let version: UInt32 = 1
  /// Far above what any journal reaches, and far enough below overflow for every sum of a position and a length.
  static let greatestStart: UInt64 = 1 << 62
  private static let magic = Array("TCSNJRNL".utf8)

  var version = Self.version
  var start: UInt64
  var store: StoreID

  init(start: UInt64, store: StoreID) {
    self.start = start
    self.store = store
  }

  /// Reads a header; nil where it is cut short or does not check.
  init?(_ bytes: Span<UInt8>) {
    guard bytes.count >= Self.byteCount else { return nil }
    version = bytes.integer(at: 8, as: UInt32.self)
    start = bytes.integer(at: 16, as: UInt64.self)
    store = StoreID(high: bytes.integer(at: 24, as: UInt64.self), low: bytes.integer(at: 32, as: UInt64.self))
    let encoded = encoded()
    guard start <= Self.greatestStart else { return nil }
    for index in 0..<Self.byteCount where encoded[index] != bytes[index] { return nil }
  }

  func encoded() -> [UInt8] {
    var front = Self.magic
    front.append(littleEndian: version)
    var back: [UInt8] = []
    back.append(littleEndian: start)
    back.append(littleEndian: store.high)
    back.append(littleEndian: store.low)
    let check = CRC32C.checksum(back.span, continuing: CRC32C.checksum(front.span))
    front.append(littleEndian: check)
    return front + back
  }

  /// Where in the file a position's record stands.
  func offset(of position: UInt64) -> UInt64 { position - start + UInt64(Self.byteCount) }

  /// The position of the record that stands at an offset of the file.
  func position(at offset: UInt64) -> UInt64 { start + offset - UInt64(Self.byteCount) }
}

/// The name of a segment's file: the position of its first record in twenty digits, so that names sort as positions do.
enum SegmentName {
  private static let suffix = ".segment"
  private static let unfinishedSuffix = ".new"

  static func name(start: UInt64) -> String {
    let digits = String(start)
    return String(repeating: "0", count: 20 - digits.utf8.count) + digits + suffix
  }

  /// The name of a segment whose header is not on the disk yet.
  static func unfinished(start: UInt64) -> String { name(start: start) + unfinishedSuffix }

  /// Whether a name is that of a segment whose making was cut short.
  static func isUnfinished(_ name: String) -> Bool {
    name.hasSuffix(unfinishedSuffix) && start(String(name.dropLast(unfinishedSuffix.utf8.count))) != nil
  }

  /// The start that a name gives; nil where it is no segment's.
  static func start(_ name: String) -> UInt64? {
    guard name.hasSuffix(suffix), let start = UInt64(name.dropLast(suffix.utf8.count)),
      start <= SegmentHeader.greatestStart
    else { return nil }
    return self.name(start: start) == name ? start : nil
  }
}
