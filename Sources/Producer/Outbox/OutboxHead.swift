import Journal
import Platform
import Reports

/// What an outbox knows beside its events. It stands twice in the file `head`, so that one copy is whole at any moment.
///
///     offset  bytes  field (integers are little-endian)
///          0      8  "TCSNOBOX"
///          8      4  version: 1
///         12      4  CRC32C of the bytes before and of all after
///         16      8  generation: of two whole copies the greater one holds
///         24     16  outbox: high, low
///         40     16  epoch: high, low
///         56      8  base: the number of the last event before the epoch; sequence = number − base
///         64      8  acknowledgedThrough: the number of the last event that needs no sending any more
///         72      8  acknowledgedPosition: no event after it stands before this position of the journal
///         80      8  sentThrough: no event with a greater number has been sent in the epoch
///         88      8  syncedPosition: everything before it has been on the disk
///         96     24  origin: inode, time of making, keyed hash of the machine's identity
///        120      8  keyed hash of the producer's name: sequences count per name and epoch
///        128      1  bytes of the checkpoint c, at most 63
///        129      c  checkpoint: the caller's mark that came with an event before syncedPosition
struct OutboxHead: Equatable {
  static let byteCount = 192
  static let checkpointByteCount = 63
  static let version: UInt32 = 1
  private static let magic = Array("TCSNOBOX".utf8)
  private static let checkOffset = 12

  var generation: UInt64 = 0
  var outbox: StoreID
  var epoch: Epoch
  var base: UInt64 = 0
  var acknowledgedThrough: UInt64 = 0
  var acknowledgedPosition: UInt64 = 0
  var sentThrough: UInt64 = 0
  var syncedPosition: UInt64 = 0
  var inode: UInt64 = 0
  var birthNanoseconds: UInt64 = 0
  var machineHash: UInt64 = 0
  var nameHash: UInt64 = 0
  var checkpoint: [UInt8] = []

  init(outbox: StoreID, epoch: Epoch) {
    self.outbox = outbox
    self.epoch = epoch
  }

  /// Reads one copy; nil where it is cut short or does not check.
  init?(_ bytes: Span<UInt8>) {
    guard bytes.count == Self.byteCount else { return nil }
    for index in Self.magic.indices where bytes[index] != Self.magic[index] { return nil }
    guard bytes.integer(at: Self.checkOffset, as: UInt32.self) == Self.check(bytes) else { return nil }
    func word(_ index: Int) -> UInt64 { bytes.integer(at: 16 + index * 8, as: UInt64.self) }
    let checkpointByteCount = Int(bytes[128])
    guard checkpointByteCount <= Self.checkpointByteCount else { return nil }
    generation = word(0)
    outbox = StoreID(high: word(1), low: word(2))
    epoch = Epoch(high: word(3), low: word(4))
    base = word(5)
    acknowledgedThrough = word(6)
    acknowledgedPosition = word(7)
    sentThrough = word(8)
    syncedPosition = word(9)
    inode = word(10)
    birthNanoseconds = word(11)
    machineHash = word(12)
    nameHash = word(13)
    checkpoint = (129..<129 + checkpointByteCount).map { bytes[$0] }
    guard base <= acknowledgedThrough else { return nil }
  }

  /// The version of a copy that a later program wrote; nil where it is this one's, or no copy at all.
  static func foreignVersion(_ bytes: Span<UInt8>) -> UInt32? {
    guard bytes.count == byteCount else { return nil }
    for index in magic.indices where bytes[index] != magic[index] { return nil }
    let found = bytes.integer(at: 8, as: UInt32.self)
    return found != version && bytes.integer(at: checkOffset, as: UInt32.self) == check(bytes) ? found : nil
  }

  func encoded() -> [UInt8] {
    var bytes = Self.magic
    bytes.append(littleEndian: Self.version)
    bytes.append(littleEndian: 0 as UInt32)
    for word in [
      generation, outbox.high, outbox.low, epoch.high, epoch.low, base, acknowledgedThrough, acknowledgedPosition,
      sentThrough, syncedPosition, inode, birthNanoseconds, machineHash,
      nameHash,
    ] {
      bytes.append(littleEndian: word)
    }
    bytes.append(UInt8(checkpoint.count))
    bytes += checkpoint + [UInt8](repeating: 0, count: Self.checkpointByteCount - checkpoint.count)
    let check = Self.check(bytes.span)
    for index in 0..<4 { bytes[Self.checkOffset + index] = UInt8(truncatingIfNeeded: check >> UInt32(index * 8)) }
    return bytes
  }

  private static func check(_ bytes: Span<UInt8>) -> UInt32 {
    let front = CRC32C.checksum(bytes.extracting(first: checkOffset))
    return CRC32C.checksum(bytes.extracting(droppingFirst: checkOffset + 4), continuing: front)
  }

  /// Where the outbox is, as it is kept: the machine only as a hash that this outbox alone has the key of.
  mutating func setOrigin(_ origin: FileOrigin) {
    inode = origin.inode
    birthNanoseconds = origin.birthNanoseconds
    machineHash = Self.hash(origin.machine, for: outbox)
  }

  /// Whether the outbox still is where it was made.
  func isAt(_ origin: FileOrigin) -> Bool {
    inode == origin.inode && birthNanoseconds == origin.birthNanoseconds
      && machineHash == Self.hash(origin.machine, for: outbox)
  }

  /// Takes note of the producer's name; whether it had another one before.
  mutating func setName(_ name: String) -> Bool {
    let hash = Self.hash(Array(name.utf8), for: outbox)
    defer { nameHash = hash }
    return nameHash != hash
  }

  private static func hash(_ bytes: [UInt8], for outbox: StoreID) -> UInt64 {
    var hash = SipHash(key: SipHash.Key(first: outbox.high, second: outbox.low))
    hash.combine(bytes.span)
    return hash.finish()
  }
}
