import Reports
import Terms

extension TermDraft {
  /// Copies a string of an event, behind which a parser's padding is readable; the empty slice for none.
  @inline(__always)
  mutating func store(_ text: Span<UInt8>) -> ReportBatch.Slice {
    if text.isEmpty { return .empty }
    precondition(text.count <= byteCapacity - byteCount)
    let target = unsafe UnsafeMutableRawPointer(bytes + byteCount)
    unsafe text.withUnsafeBytes { source in
      var index = 0
      while index < source.count {
        // The last sixteen bytes may reach beyond the string, but not beyond what is readable behind it.
        let piece = unsafe (source.baseAddress.unsafelyUnwrapped + index).loadUnaligned(as: SIMD16<UInt8>.self)
        unsafe target.storeBytes(of: piece, toByteOffset: index, as: SIMD16<UInt8>.self)
        index += 16
      }
    }
    let offset = offset + byteCount
    byteCount += text.count
    return ReportBatch.Slice(offset: UInt32(truncatingIfNeeded: offset), length: UInt32(truncatingIfNeeded: text.count))
  }

  /// Takes as appended what has been written behind the last byte; its slice, the empty one for nothing.
  mutating func take(_ count: Int) -> ReportBatch.Slice {
    if count == 0 { return .empty }
    precondition(count <= byteCapacity - byteCount)
    let offset = offset + byteCount
    byteCount += count
    return ReportBatch.Slice(offset: UInt32(truncatingIfNeeded: offset), length: UInt32(truncatingIfNeeded: count))
  }
}
