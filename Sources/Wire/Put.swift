import Platform
package import Reports

/// PUT: the header of a batch; the body travels beside it and is never copied here.
package struct Put: Equatable, Sendable {
  package var epoch: Epoch
  /// The sequence of the body's first event; the others follow it one by one.
  package var firstSequence: UInt64
  /// Events in the body, 1 to `Limits.batchEventCount`.
  package var count: Int
  /// CRC-32C (Castagnoli) of the body.
  package var crc32c: UInt32

  package init(epoch: Epoch, firstSequence: UInt64, count: Int, crc32c: UInt32) {
    self.epoch = epoch
    self.firstSequence = firstSequence
    self.count = count
    self.crc32c = crc32c
  }

  /// The header of a body. Complexity: O(bytes).
  package init(epoch: Epoch, firstSequence: UInt64, count: Int, body: Span<UInt8>) {
    self.init(epoch: epoch, firstSequence: firstSequence, count: count, crc32c: CRC32C.checksum(body))
  }

  /// The sequence of the last event.
  package var lastSequence: UInt64 { firstSequence + UInt64(count) - 1 }

  init(decoding header: HeaderReader, body: Span<UInt8>) throws(WireError) {
    epoch = try header.epoch("epoch")
    firstSequence = try header.unsigned("firstSequence", in: 1...WireLimits.sequence)
    let count = try header.unsigned("count", in: 0...UInt64(UInt32.max))
    guard count > 0 else { throw WireError(.emptyBatch, "PUT count: 0, send nothing where there is no event") }
    guard count <= UInt64(Limits.batchEventCount) else {
      throw WireError(.batchTooLong, "PUT count: \(count) events, a batch is limited to \(Limits.batchEventCount)")
    }
    guard firstSequence <= WireLimits.sequence - count + 1 else {
      throw WireError(.outOfRange, "PUT firstSequence: the last event's sequence would exceed \(WireLimits.sequence)")
    }
    self.count = Int(count)
    crc32c = UInt32(try header.unsigned("crc32c", in: 0...UInt64(UInt32.max)))
    try check(body)
  }

  /// Whether a body is within the limits and has the checksum.
  func check(_ body: Span<UInt8>) throws(WireError) {
    guard body.count <= Limits.batchByteCount else {
      throw WireError(.bodyTooLong, "PUT body: \(body.count) bytes, a batch is limited to \(Limits.batchByteCount)")
    }
    let actual = CRC32C.checksum(body)
    guard actual == crc32c else {
      throw WireError(.checksumMismatch, "PUT crc32c: the header says \(crc32c), the body has \(actual) (CRC-32C, Castagnoli)")
    }
  }

  func encode(to header: inout HeaderWriter) {
    header.member("epoch", epoch)
    header.member("firstSequence", firstSequence)
    header.member("count", UInt64(count))
    header.member("crc32c", UInt64(crc32c))
  }
}
