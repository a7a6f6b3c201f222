import CPlatform

/// CRC-32C (Castagnoli; RFC 3720 appendix B.4): polynomial 0x1EDC6F41 reflected, register inverted at both ends.
///
/// It finds what a disk or a wire garbles; it is no protection from an author.
package enum CRC32C {
  private static let hasInstruction = cplatform_has_crc32c() != 0

  /// The checksum of bytes, or of those before and these where `continuing` is the checksum of those before.
  ///
  /// - Complexity: O(count), about eight bytes in three cycles where the processor has the instruction.
  package static func checksum(_ bytes: Span<UInt8>, continuing: UInt32 = 0) -> UInt32 {
    guard hasInstruction else { return tableChecksum(bytes, continuing: continuing) }
    return unsafe bytes.withUnsafeBufferPointer { unsafe ~cplatform_crc32c(~continuing, $0.baseAddress, $0.count) }
  }

  /// The same by tables, eight bytes a step (Kounavis & Berry 2005, "slicing by 8"), on any processor.
  package static func tableChecksum(_ bytes: Span<UInt8>, continuing: UInt32 = 0) -> UInt32 {
    let tables = tables.span
    var state = ~continuing
    var index = 0
    while index + 8 <= bytes.count {
      var next: UInt32 = 0
      for offset in 0..<8 {
        let folded = offset < 4 ? UInt8(truncatingIfNeeded: state >> UInt32(offset * 8)) : 0
        next ^= tables[(7 - offset) * 256 + Int(bytes[index + offset] ^ folded)]
      }
      state = next
      index += 8
    }
    while index < bytes.count {
      state = state >> 8 ^ tables[Int(UInt8(truncatingIfNeeded: state) ^ bytes[index])]
      index += 1
    }
    return ~state
  }

  /// Eight tables of 256: table k maps a byte to what it makes of the register k bytes later.
  private static let tables: [UInt32] = {
    var tables: [UInt32] = []
    for byte in 0..<256 as Range<UInt32> {
      var state = byte
      for _ in 0..<8 { state = state & 1 == 0 ? state >> 1 : state >> 1 ^ 0x82f6_3b78 }
      tables.append(state)
    }
    for index in 256..<2048 {
      let previous = tables[index - 256]
      tables.append(previous >> 8 ^ tables[Int(previous & 255)])
    }
    return tables
  }()
}
