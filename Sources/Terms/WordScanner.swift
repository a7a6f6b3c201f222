import CText

/// Finds the words of a text in one pass, eight bytes at a time, and folds its ASCII.
///
/// A word is a run of ASCII letters, digits and bytes above ASCII, and of apostrophes that stand between two of these that are
/// no digits. That is ICU's UAX #29 for ASCII but for . , ; : _ and @, which part words here ("road.The").
/// Text beyond ASCII comes from `WordBreaker`, its words parted by spaces.
@safe struct WordScanner: ~Copyable {
  /// The longest text; what lies beyond is passed over.
  static let byteCapacity = 16_384

  /// The folded text, with zeros behind it as far as a word may be read eight bytes at a time.
  let bytes: UnsafeMutablePointer<UInt8>
  /// Bit i of `masks[k]` says whether byte 64k + i is a letter, a digit or above ASCII.
  private let masks: UnsafeMutablePointer<UInt64>
  private var count = 0
  private var position = 0

  init() {
    let blockCount = Self.byteCapacity / 64 + 1
    unsafe bytes = .allocate(capacity: blockCount * 64)
    unsafe bytes.initialize(repeating: 0, count: blockCount * 64)
    unsafe masks = .allocate(capacity: blockCount)
    unsafe masks.initialize(repeating: 0, count: blockCount)
  }

  deinit {
    unsafe bytes.deallocate()
    unsafe masks.deallocate()
  }

  /// Takes a text; tells whether it is ASCII alone. Complexity: O(count).
  @discardableResult
  mutating func load(_ text: Span<UInt8>) -> Bool {
    count = min(text.count, Self.byteCapacity)
    position = 0
    let count = count
    let blockCount = (count + 63) / 64
    unsafe text.withUnsafeBufferPointer { source in
      guard let base = source.baseAddress else { return }
      unsafe bytes.update(from: base, count: count)
    }
    // The end of the last block, and what is read behind it.
    unsafe (bytes + count).update(repeating: 0, count: min((blockCount + 1) * 64, Self.byteCapacity + 64) - count)
    unsafe masks[blockCount] = 0
    return unsafe ctext_fold_words(bytes, blockCount, masks)
  }

  /// The next word's range in `bytes`; nil behind the last.
  @inline(__always)
  mutating func next() -> Range<Int>? {
    let start = firstIndex(from: position, inverted: 0)
    guard start < count else { return nil }
    var end = firstIndex(from: start, inverted: .max)
    while unsafe bytes[end] == 0x27, end + 1 < count, isLetter(end - 1), isLetter(end + 1) {
      end = firstIndex(from: end + 1, inverted: .max)
    }
    position = end
    return start..<end
  }

  /// The first index from a position on whose bit in the masks, each turned by `inverted`, is set; at most a block behind the text.
  @inline(__always)
  private func firstIndex(from position: Int, inverted: UInt64) -> Int {
    var block = position >> 6
    var mask = unsafe (masks[block] ^ inverted) & (UInt64.max << UInt64(position & 63))
    while mask == 0, block * 64 < count {
      block += 1
      mask = unsafe masks[block] ^ inverted
    }
    return min(count, block * 64 + mask.trailingZeroBitCount)
  }

  /// Whether a byte of a folded text is a letter or above ASCII.
  private func isLetter(_ index: Int) -> Bool {
    let byte = unsafe bytes[index]
    return byte >= 0x61 && byte <= 0x7a || byte >= 0x80
  }

  /// Whether a word is made of ASCII digits alone.
  @inline(__always)
  func isNumber(_ word: Range<Int>) -> Bool {
    var index = word.lowerBound
    while index < word.upperBound {
      let byte = unsafe bytes[index]
      if byte < 0x30 || byte > 0x39 { return false }
      index += 1
    }
    return true
  }

  /// `WordHash` of a word.
  @inline(__always)
  func hash(_ word: Range<Int>) -> UInt64 {
    var state = WordHash.start(byteCount: word.count)
    var index = word.lowerBound
    while index + 8 <= word.upperBound {
      state = unsafe WordHash.mix(state, Bytes.word(bytes, at: index))
      index += 8
    }
    guard index < word.upperBound else { return WordHash.finish(state) }
    let tail = unsafe Bytes.word(bytes, at: index)
    let bitCount = UInt64((word.upperBound - index) * 8)
    return WordHash.finish(WordHash.mix(state, tail & ((1 << bitCount) - 1)))
  }
}
