import Reports

/// Which keywords have been seen: a Bloom filter (Bloom 1970) of 2²⁶ bits with four hashes, 8 MiB.
///
/// What it calls new is new. Of new ones it misses one in 500 once it knows four million, which is all that the engine takes.
struct KeywordNovelty: Sendable {
  private static let bitCount: UInt64 = 1 << 26
  private static let hashCount: UInt64 = 4

  private let key: SipHash.Key
  private var words = [UInt64](repeating: 0, count: Int(bitCount / 64))

  init(key: SipHash.Key) { self.key = key }

  /// Takes note of a keyword; whether it was new.
  mutating func insert(_ keyword: Span<UInt8>) -> Bool {
    var hasher = SipHash(key: key)
    hasher.combine(keyword)
    let (first, second) = hasher.finish128()
    var isNew = false
    for index in 0..<Self.hashCount {
      let bit = (first &+ index &* (second | 1)) % Self.bitCount
      let mask: UInt64 = 1 << (bit % 64)
      isNew = isNew || words[Int(bit / 64)] & mask == 0
      words[Int(bit / 64)] |= mask
    }
    return isNew
  }

  /// The keywords of a batch that were new, from one of them on.
  mutating func insert(_ batch: ReportBatch, from index: Int) -> Int {
    let arena = batch.arena.span
    var count = 0
    for slice in batch.keywords[index...] where insert(arena.extracting(slice.range)) { count += 1 }
    return count
  }
}
