import Journal
import Reports

/// What one record of an outbox holds: events that were published together.
///
///     offset  bytes  field (integers are little-endian)
///          0      8  number of the first event; the others follow one by one
///          8      4  count of events
///         12      4  bytes of the checkpoint c plus one; 0 for none
///         16      c  checkpoint
///                 n  the events, each ended by a line feed
struct OutboxRecord: Equatable {
  static let headerByteCount = 16

  var first: UInt64
  var count: Int
  var checkpoint: [UInt8]?
  var body: [UInt8]

  var last: UInt64 { first + UInt64(count) - 1 }

  init(first: UInt64, count: Int, checkpoint: [UInt8]?, body: [UInt8]) {
    self.first = first
    self.count = count
    self.checkpoint = checkpoint
    self.body = body
  }

  /// Reads a record; nil where it holds something else.
  init?(_ bytes: [UInt8]) {
    guard bytes.count > Self.headerByteCount else { return nil }
    let span = bytes.span
    first = span.integer(at: 0, as: UInt64.self)
    count = Int(span.integer(at: 8, as: UInt32.self))
    let mark = Int(span.integer(at: 12, as: UInt32.self))
    guard first > 0, first <= 1 << 62, (1...Limits.batchEventCount).contains(count), mark <= OutboxHead.checkpointByteCount + 1,
      bytes.count > Self.headerByteCount + max(0, mark - 1)
    else { return nil }
    let begin = Self.headerByteCount + max(0, mark - 1)
    checkpoint = mark == 0 ? nil : Array(bytes[Self.headerByteCount..<begin])
    body = Array(bytes[begin...])
  }

  func encoded() -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(byteCount)
    bytes.append(littleEndian: first)
    bytes.append(littleEndian: UInt32(count))
    bytes.append(littleEndian: checkpoint.map { UInt32($0.count + 1) } ?? 0)
    return bytes + (checkpoint ?? []) + body
  }

  var byteCount: Int { Self.headerByteCount + (checkpoint?.count ?? 0) + body.count }
}
