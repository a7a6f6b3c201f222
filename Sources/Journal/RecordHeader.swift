import Platform
import Reports

/// The first bytes of a record; the payload follows, filled up with zeros to a multiple of eight.
///
///     offset  bytes  field (integers are little-endian)
///          0      3  "TCR"
///          3      1  kind: 1, a batch; 2, what another module gave as bytes
///          4      4  length of the payload
///          8      8  the position up to which the journal was known to be on the disk when this was written
///         16      4  CRC32C of the store, the record's position and the 16 bytes before
///         20      4  the same continued over the padded payload
///
/// A record that is copied elsewhere, in this store or another, does not check. Producers do not know the store's id, so
/// that they cannot plant in a payload what would pass for a record.
struct RecordHeader: Equatable {
  /// What a payload is.
  enum Kind: UInt8 {
    case batch = 1
    case bytes = 2
  }

  static let byteCount = 24
  private static let checkedByteCount = 16
  private static let magic = Array("TCR".utf8)

  let kind: Kind
  let payloadByteCount: Int
  let syncedPosition: UInt64
  private let check: UInt32
  private let payloadCheck: UInt32

  /// The payload with its padding.
  var paddedByteCount: Int { Self.padded(payloadByteCount) }
  /// The whole record.
  var recordByteCount: Int { Self.byteCount + paddedByteCount }

  private static func padded(_ byteCount: Int) -> Int { (byteCount + 7) & ~7 }

  /// The length of the record that a payload makes.
  static func recordByteCount(payload byteCount: Int) -> Int { Self.byteCount + padded(byteCount) }

  /// What every check of a store's records begins with.
  static func seed(_ store: StoreID) -> UInt32 {
    var bytes: [UInt8] = []
    bytes.append(littleEndian: store.high)
    bytes.append(littleEndian: store.low)
    return CRC32C.checksum(bytes.span)
  }

  /// Reads a header; nil where it does not check at this position.
  init?(_ bytes: Span<UInt8>, position: UInt64, seed: UInt32) {
    for index in 0..<3 where bytes[index] != Self.magic[index] { return nil }
    guard let kind = Kind(rawValue: bytes[3]) else { return nil }
    self.kind = kind
    payloadByteCount = Int(bytes.integer(at: 4, as: UInt32.self))
    syncedPosition = bytes.integer(at: 8, as: UInt64.self)
    check = bytes.integer(at: 16, as: UInt32.self)
    payloadCheck = bytes.integer(at: 20, as: UInt32.self)
    guard payloadByteCount <= ReportBatch.binaryByteCount,
      check == Self.check(bytes.extracting(first: Self.checkedByteCount), position: position, seed: seed)
    else { return nil }
  }

  /// Whether this is the padded payload that belongs to the header.
  func matches(_ padded: Span<UInt8>) -> Bool { CRC32C.checksum(padded, continuing: check) == payloadCheck }

  /// Appends a whole record; `encode` appends its payload, of `payloadByteCount` bytes.
  static func append(
    _ kind: Kind, payloadByteCount: Int, position: UInt64, syncedPosition: UInt64, seed: UInt32, to bytes: inout [UInt8],
    encode: (inout [UInt8]) -> Void
  ) {
    let begin = bytes.count
    bytes += magic
    bytes.append(kind.rawValue)
    bytes.append(littleEndian: UInt32(payloadByteCount))
    bytes.append(littleEndian: syncedPosition)
    let check = check(bytes.span.extracting(droppingFirst: begin), position: position, seed: seed)
    bytes.append(littleEndian: check)
    bytes.append(littleEndian: 0 as UInt32)
    encode(&bytes)
    while (bytes.count - begin) % 8 != 0 { bytes.append(0) }
    let payloadCheck = CRC32C.checksum(bytes.span.extracting(droppingFirst: begin + byteCount), continuing: check)
    for index in 0..<4 { bytes[begin + 20 + index] = UInt8(truncatingIfNeeded: payloadCheck >> UInt32(index * 8)) }
  }

  private static func check(_ bytes: Span<UInt8>, position: UInt64, seed: UInt32) -> UInt32 {
    let place: InlineArray<8, UInt8> = InlineArray { UInt8(truncatingIfNeeded: position >> UInt64($0 * 8)) }
    return CRC32C.checksum(bytes, continuing: CRC32C.checksum(place.span, continuing: seed))
  }
}
