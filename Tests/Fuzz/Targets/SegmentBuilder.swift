import Journal
import Platform
import Reports
import TestSupport

/// Makes files of a journal, right or wrong in any part, with checksums of its own making: an input could not guess them.
///
/// An input is a run of commands, of which the low three bits of the first byte say which; see `build`.
struct SegmentBuilder {
  static let store = StoreID(high: 0x0123_4567_89ab_cdef, low: 0xfedc_ba98_7654_3210)

  private(set) var files: [String: [UInt8]] = [:]
  private var name = ""
  private var start: UInt64 = 0
  private var bytes: [UInt8] = []

  /// The storage that an input describes.
  static func build(_ input: [UInt8]) -> FaultyStorage {
    var cursor = InputCursor(input)
    var builder = SegmentBuilder()
    builder.begin(at: 0)
    while !cursor.isAtEnd {
      let command = cursor.byte()
      let position = builder.position
      switch command & 7 {
      case 0: builder.append(kind: 1, cursor.run(cursor.word()), syncedPosition: 0)
      case 1: builder.append(kind: 1, cursor.run(cursor.word()), syncedPosition: position)
      // Any kind, and a claim of what was on the disk that may be wrong.
      case 2: builder.append(kind: command >> 3, cursor.run(cursor.word()), syncedPosition: UInt64(cursor.word()) * 8)
      case 3: builder.bytes += cursor.run(cursor.word())
      // Behind a gap or into what precedes it, where the upper bits say so.
      case 4: builder.begin(at: position &+ UInt64(bitPattern: Int64(Int8(bitPattern: command & 0xf8))))
      case 5: builder.bytes.removeLast(min(builder.bytes.count, cursor.word()))
      case 6:
        let offset = cursor.word()
        if offset < builder.bytes.count { builder.bytes[offset] ^= cursor.byte() }
      // The input's bytes under any position's name, or a name cut short.
      default: builder.begin(at: UInt64(cursor.word()) << UInt64(command >> 3), isFinished: command & 8 == 0)
      }
    }
    builder.finish()
    let storage = FaultyStorage()
    for (name, bytes) in builder.files { storage[name] = bytes }
    return storage
  }

  private var position: UInt64 { start &+ UInt64(max(0, bytes.count - 40)) }

  private mutating func finish() { files[name] = bytes }

  private mutating func begin(at position: UInt64, isFinished: Bool = true) {
    if !name.isEmpty { finish() }
    start = position
    let digits = String(position)
    name = String(repeating: "0", count: 20 - digits.utf8.count) + digits + ".segment" + (isFinished ? "" : ".new")
    let front = Array("TCSNJRNL".utf8) + Self.little(1 as UInt32)
    let back = Self.little(position) + Self.little(Self.store.high) + Self.little(Self.store.low)
    bytes = front + Self.little(Self.checksum(front + back)) + back
  }

  private mutating func append(kind: UInt8, _ payload: [UInt8], syncedPosition: UInt64) {
    let padded = payload + [UInt8](repeating: 0, count: (8 - payload.count % 8) % 8)
    let front = Array("TCR".utf8) + [kind] + Self.little(UInt32(payload.count)) + Self.little(syncedPosition)
    let place = Self.little(Self.store.high) + Self.little(Self.store.low) + Self.little(position)
    bytes += front + Self.little(Self.checksum(place + front)) + Self.little(Self.checksum(place + front + padded)) + padded
  }

  private static func checksum(_ bytes: [UInt8]) -> UInt32 { CRC32C.tableChecksum(bytes.span) }

  private static func little<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
    (0..<Value.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> Value($0 * 8)) }
  }
}
