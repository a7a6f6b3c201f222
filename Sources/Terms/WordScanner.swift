/// Finds the words of a text in one pass, eight bytes at a time, and folds its ASCII.
///
/// A word is a run of ASCII letters, digits and bytes above ASCII, and of apostrophes that stand between two of these that are
/// no digits. That is ICU's UAX #29 for ASCII but for . , ; : _ and @, which part words here ("road.The").
/// Text beyond ASCII comes from `WordBreaker`, its words parted by spaces.
struct WordScanner {
  /// The longest text; what lies beyond is passed over.
  static let byteCapacity = 16_384

  /// The folded text, with zeros behind it as far as a word may be read eight bytes at a time.
  private(set) var bytes = [UInt8](repeating: 0, count: byteCapacity + 64)
  /// Bit i of `masks[k]` says whether byte 64k + i is a letter, a digit or above ASCII.
  private var masks = [UInt64](repeating: 0, count: byteCapacity / 64 + 1)
  private var count = 0
  private var position = 0

  /// Takes a text; tells whether it is ASCII alone. Complexity: O(count).
  @discardableResult
  mutating func load(_ text: Span<UInt8>) -> Bool {
    var seen: UInt64 = 0
    count = min(text.count, Self.byteCapacity)
    position = 0
    let blockCount = (count + 63) / 64
    let count = count
    unsafe text.withUnsafeBytes { source in
      unsafe bytes.withUnsafeMutableBytes { target in
        // The end of the last block, and what is read behind it.
        for index in count..<(blockCount + 1) * 64 { unsafe target[index] = 0 }
        unsafe target.copyMemory(from: UnsafeRawBufferPointer(rebasing: source[..<count]))
        for block in 0..<blockCount {
          var mask: UInt64 = 0
          for lane in 0..<8 {
            let offset = block * 64 + lane * 8
            let word = unsafe target.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            seen |= word
            let (folded, bits) = Self.classify(UInt64(littleEndian: word))
            unsafe target.storeBytes(of: folded.littleEndian, toByteOffset: offset, as: UInt64.self)
            mask |= bits << UInt64(lane * 8)
          }
          masks[block] = mask
        }
      }
    }
    masks[blockCount] = 0
    return seen & 0x8080_8080_8080_8080 == 0
  }

  /// Folds the ASCII letters of eight bytes, and tells in eight bits which of them belong to words.
  @inline(__always)
  private static func classify(_ word: UInt64) -> (folded: UInt64, bits: UInt64) {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let high = ones &* 0x80
    let low = word & ~high
    let lower = low | ones &* 0x20
    // Adding 128 − c to seven bits sets the eighth from c on.
    let letters = (lower &+ ones &* (128 - 0x61)) & ~(lower &+ ones &* (128 - 0x7b)) & ~word & high
    let digits = (low &+ ones &* (128 - 0x30)) & ~(low &+ ones &* (128 - 0x3a)) & high
    let inWord = letters | digits & ~word | word & high
    return (word | letters >> 2, ((inWord >> 7) &* 0x0102_0408_1020_4080) >> 56)
  }

  /// The next word's range in `bytes`; nil behind the last.
  @inline(__always)
  mutating func next() -> Range<Int>? {
    let start = firstIndex(from: position, inverted: 0)
    guard start < count else { return nil }
    var end = firstIndex(from: start, inverted: .max)
    while bytes[end] == 0x27, end + 1 < count, isLetter(end - 1), isLetter(end + 1) {
      end = firstIndex(from: end + 1, inverted: .max)
    }
    position = end
    return start..<end
  }

  /// The first index from a position on whose bit in the masks, each turned by `inverted`, is set; at most a block behind the text.
  @inline(__always)
  private func firstIndex(from position: Int, inverted: UInt64) -> Int {
    var block = position >> 6
    var mask = (masks[block] ^ inverted) & (UInt64.max << UInt64(position & 63))
    while mask == 0, block * 64 < count {
      block += 1
      mask = masks[block] ^ inverted
    }
    return min(count, block * 64 + mask.trailingZeroBitCount)
  }

  /// Whether a byte of a folded text is a letter or above ASCII.
  private func isLetter(_ index: Int) -> Bool { bytes[index] >= 0x61 && bytes[index] <= 0x7a || bytes[index] >= 0x80 }

  /// Whether a word is made of ASCII digits alone.
  func isNumber(_ word: Range<Int>) -> Bool {
    for index in word where bytes[index] < 0x30 || bytes[index] > 0x39 { return false }
    return true
  }

  /// `WordHash` of a word.
  @inline(__always)
  func hash(_ word: Range<Int>) -> UInt64 {
    var state = WordHash.start(byteCount: word.count)
    var index = word.lowerBound
    let span = unsafe bytes.span.bytes
    while index + 8 <= word.upperBound {
      state = WordHash.mix(
        state, UInt64(littleEndian: unsafe span.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self)))
      index += 8
    }
    guard index < word.upperBound else { return WordHash.finish(state) }
    let tail = UInt64(littleEndian: unsafe span.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self))
    let bitCount = UInt64((word.upperBound - index) * 8)
    return WordHash.finish(WordHash.mix(state, tail & ((1 << bitCount) - 1)))
  }
}
