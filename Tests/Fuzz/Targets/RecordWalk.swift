import Journal
import Platform

/// Walks over whole records of a segment by the layout alone, beside the journal's own reader.
struct RecordWalk {
  struct Record: Equatable {
    var kind: UInt8
    var payload: [UInt8]
    var positions: Range<UInt64>
  }

  /// Those that stand without a break from the segment's beginning.
  private(set) var records: [Record] = []
  /// Where in the file the last one ends.
  private(set) var end = 40
  private let bytes: [UInt8]

  init(_ bytes: [UInt8], start: UInt64, store: StoreID) {
    self.bytes = bytes
    let owner = Self.little(store.high) + Self.little(store.low)
    while end + 24 <= bytes.count, bytes[end..<end + 3].elementsEqual("TCR".utf8), (1...2).contains(bytes[end + 3]) {
      let count = Int(number(at: end + 4, 4))
      let next = end + 24 + (count + 7) / 8 * 8
      guard next <= bytes.count else { break }
      let position = start + UInt64(end - 40)
      let checked = owner + Self.little(position) + bytes[end..<end + 16]
      let padded = Array(bytes[end + 24..<next])
      let front = CRC32C.tableChecksum(checked.span)
      let whole = CRC32C.tableChecksum(padded.span, continuing: front)
      guard UInt64(front) == number(at: end + 16, 4), UInt64(whole) == number(at: end + 20, 4) else { break }
      records.append(
        Record(
          kind: bytes[end + 3], payload: Array(bytes[end + 24..<end + 24 + count]),
          positions: position..<start + UInt64(next - 40)))
      end = next
    }
  }

  private func number(at offset: Int, _ byteCount: Int) -> UInt64 {
    (0..<byteCount).reduce(0) { $0 | UInt64(bytes[offset + $1]) << UInt64(8 * $1) }
  }

  private static func little(_ word: UInt64) -> [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64(8 * $0)) } }
}
