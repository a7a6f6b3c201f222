import Reports

extension ReportBatch {
  /// Copies bytes to the end of the arena; the empty slice for none.
  mutating func store(_ bytes: Span<UInt8>) -> Slice {
    guard !bytes.isEmpty else { return .empty }
    let offset = arena.count
    unsafe bytes.withUnsafeBufferPointer { unsafe arena.append(contentsOf: $0) }
    return Slice(offset: UInt32(offset), length: UInt32(bytes.count))
  }
}
