import Engine
import Journal
import Platform
import Reports

/// The first bytes of a snapshot's file; later versions keep the first three fields, so that they are refused by name.
///
///     offset  bytes  field (integers are little-endian)
///          0      8  "TCSNSNAP"
///          8      4  version of the engine's state
///         12      4  CRC32C of the other 76 bytes
///         16     16  store: high, low
///         32     16  hash of the settings that determine summaries: high, low
///         48      8  journal position up to which the engine has been told everything
///         56      8  position up to which its changes had been given out
///         64      8  least position that it may ask the journal for again
///         72      8  bytes of state that follow, in chunks
package struct SnapshotHeader: Equatable {
  package static let byteCount = 80
  private static let magic = Array("TCSNSNAP".utf8)

  var version = StateWriter.version
  var store: StoreID
  var settings: SettingsHash
  var position: UInt64
  var drainedPosition: UInt64
  var oldestReferencedPosition: UInt64
  /// Bytes of the state that follows in chunks.
  package var stateByteCount: UInt64

  /// Of the settings' fingerprint: enough to see that it is another one.
  struct SettingsHash: Equatable, Sendable {
    var high: UInt64
    var low: UInt64

    init(_ fingerprint: String) {
      var first = SipHash(key: .published)
      let bytes = Array(fingerprint.utf8)
      first.combine(bytes.span)
      high = first.finish()
      first.combine(high)
      low = first.finish()
    }

    fileprivate init(high: UInt64, low: UInt64) { (self.high, self.low) = (high, low) }
  }

  init(
    store: StoreID, settings: SettingsHash, position: UInt64, drainedPosition: UInt64, oldestReferencedPosition: UInt64,
    stateByteCount: UInt64
  ) {
    self.store = store
    self.settings = settings
    self.position = position
    self.drainedPosition = drainedPosition
    self.oldestReferencedPosition = oldestReferencedPosition
    self.stateByteCount = stateByteCount
  }

  /// Reads a header; nil where it is cut short or does not check.
  package init?(_ bytes: [UInt8]) {
    guard bytes.count >= Self.byteCount else { return nil }
    func word(_ offset: Int) -> UInt64 { (0..<8).reduce(0) { $0 | UInt64(bytes[offset + $1]) << UInt64(8 * $1) } }
    version = UInt32(truncatingIfNeeded: word(8))
    store = StoreID(high: word(16), low: word(24))
    settings = SettingsHash(high: word(32), low: word(40))
    position = word(48)
    drainedPosition = word(56)
    oldestReferencedPosition = word(64)
    stateByteCount = word(72)
    guard Array(bytes[..<Self.byteCount]) == encoded(), drainedPosition <= position, stateByteCount <= UInt64(Int.max) else {
      return nil
    }
  }

  /// Its bytes in the file.
  package func encoded() -> [UInt8] {
    let checksum = checksum
    return front + (0..<4).map { UInt8(truncatingIfNeeded: checksum >> UInt32(8 * $0)) } + back
  }

  /// What tells this snapshot's chunks from those of another.
  package var checksum: UInt32 {
    CRC32C.checksum(back.span, continuing: CRC32C.checksum(front.span))
  }

  private var front: [UInt8] { Self.magic + (0..<4).map { UInt8(truncatingIfNeeded: version >> UInt32(8 * $0)) } }

  private var back: [UInt8] {
    [
      store.high, store.low, settings.high, settings.low, position, drainedPosition, oldestReferencedPosition, stateByteCount,
    ].flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64(8 * $0)) } }
  }
}
