/// A 64-bit fingerprint under which similar texts are near (Charikar, STOC 2002, §3): bit i is the sign of the sum, over the
/// text's features, of bit i of each feature's hash taken as ±1. Features are its words and its pairs of neighbouring words.
///
/// For two texts whose features agree to a cosine ρ, a bit differs with probability arccos(ρ) ⁄ π. The 64 sums are counted bit
/// by bit across machine words, sixteen features at a time by carry-save adders (Harley–Seal; Warren, Hacker's Delight, §5–1).
package struct SimHash {
  /// Bit i of `planes[k]` is bit k of the count of features whose bit i is set.
  private var planes: InlineArray<20, UInt64> = .init(repeating: 0)
  private var waiting: InlineArray<16, UInt64> = .init(repeating: 0)
  private var waitingCount = 0
  private var featureCount = 0
  private var previous: UInt64 = 0

  package init() {}

  /// The number of bits in which two fingerprints differ, 0–64.
  package static func distance(_ a: UInt64, _ b: UInt64) -> Int { (a ^ b).nonzeroBitCount }

  /// Adds the next word of a text by its hash; a text has at most half a million.
  @inline(__always)
  package mutating func add(word hash: UInt64) {
    if featureCount > 0 { add(feature: WordHash.mix(previous << 23 | previous >> 41, hash)) }
    add(feature: hash)
    previous = hash
  }

  @inline(__always)
  private mutating func add(feature: UInt64) {
    waiting[waitingCount] = feature
    waitingCount += 1
    featureCount += 1
    if waitingCount == 16 { flush() }
  }

  /// One bit of a sum of three, and its carry.
  @inline(__always)
  private static func add(_ sum: inout UInt64, _ a: UInt64, _ b: UInt64) -> UInt64 {
    let half = sum ^ a
    let carry = sum & a | half & b
    sum = half ^ b
    return carry
  }

  /// Counts sixteen waiting features.
  private mutating func flush() {
    var carries: InlineArray<8, UInt64> = .init(repeating: 0)
    for index in 0..<8 { carries[index] = Self.add(&planes[0], waiting[2 * index], waiting[2 * index + 1]) }
    for index in 0..<4 { carries[index] = Self.add(&planes[1], carries[2 * index], carries[2 * index + 1]) }
    for index in 0..<2 { carries[index] = Self.add(&planes[2], carries[2 * index], carries[2 * index + 1]) }
    var carry = Self.add(&planes[3], carries[0], carries[1])
    var level = 4
    while carry != 0 {
      (planes[level], carry) = (planes[level] ^ carry, planes[level] & carry)
      level += 1
    }
    waitingCount = 0
  }

  /// The fingerprint of the words so far; never zero, which stands for "no text".
  ///
  /// A text of n words has 2n − 1 features, an odd number, so that no sum is zero.
  package consuming func finish() -> UInt64 {
    // Features of zeros count for nothing.
    for index in waitingCount..<16 { waiting[index] = 0 }
    flush()
    let threshold = featureCount / 2
    var greater: UInt64 = 0
    var equal = UInt64.max
    // No count is greater than the number of features.
    var level = UInt64.bitWidth - featureCount.leadingZeroBitCount
    while level > 0 {
      level -= 1
      if threshold >> level & 1 == 0 {
        greater |= equal & planes[level]
        equal &= ~planes[level]
      } else {
        equal &= planes[level]
      }
    }
    return max(1, greater)
  }
}
