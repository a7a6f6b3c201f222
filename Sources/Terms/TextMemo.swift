/// Fingerprints of texts that came lately: what is repeated to the letter is not read again.
///
/// A table of fixed size with two places a hash, taken in turn. What it holds never changes an answer.
@safe struct TextMemo: ~Copyable {
  private static let setCount = 512
  private static let wayCount = 2
  /// The longest text that is remembered.
  static let byteCapacity = 256

  private struct Entry: BitwiseCopyable {
    var hash: UInt64 = 0
    /// Zero where there is no entry.
    var count = 0
    var simHash: UInt64 = 0
  }

  private let entries: UnsafeMutablePointer<Entry>
  private let bytes: UnsafeMutablePointer<UInt8>
  private var turn = 0

  init() {
    let count = Self.setCount * Self.wayCount
    unsafe entries = .allocate(capacity: count)
    unsafe entries.initialize(repeating: Entry(), count: count)
    unsafe bytes = .allocate(capacity: count * Self.byteCapacity)
    unsafe bytes.initialize(repeating: 0, count: count * Self.byteCapacity)
  }

  deinit {
    unsafe entries.deallocate()
    unsafe bytes.deallocate()
  }

  /// The hash under which a text stands here: two words at a time, and unkeyed, for texts are compared. Complexity: O(count).
  @inline(__always)
  static func hash(_ text: UnsafePointer<UInt8>, count: Int) -> UInt64 {
    var state = UInt64(count) &* 0x9e37_79b9_7f4a_7c15
    guard count >= 16 else { return unsafe mixed(WordHash.hash(text, count: count), state) }
    var index = 0
    while index + 16 <= count {
      state = unsafe mixed(Bytes.word(text, at: index) ^ state, Bytes.word(text, at: index + 8) ^ 0xd6e8_feb8_6659_fd93)
      index += 16
    }
    return unsafe mixed(Bytes.word(text, at: count - 16) ^ state, Bytes.word(text, at: count - 8) ^ 0x94d0_49bb_1331_11eb)
  }

  @inline(__always)
  private static func mixed(_ one: UInt64, _ other: UInt64) -> UInt64 {
    let product = one.multipliedFullWidth(by: other)
    return product.high ^ product.low
  }

  /// The fingerprint of a text by its hash, where it is known.
  @inline(__always)
  func simHash(of text: UnsafePointer<UInt8>, count: Int, hash: UInt64) -> UInt64? {
    let set = Int(truncatingIfNeeded: hash & UInt64(Self.setCount - 1)) * Self.wayCount
    var place = set
    while place < set + Self.wayCount {
      let entry = unsafe entries[place]
      if entry.hash == hash, entry.count == count, count > 0,
        unsafe Bytes.areEqual(bytes + place * Self.byteCapacity, text, count: count)
      {
        return entry.simHash
      }
      place += 1
    }
    return nil
  }

  /// Remembers the fingerprint of a text of at most `byteCapacity` bytes.
  mutating func remember(_ text: UnsafePointer<UInt8>, count: Int, hash: UInt64, simHash: UInt64) {
    precondition(count <= Self.byteCapacity)
    let place = Int(truncatingIfNeeded: hash & UInt64(Self.setCount - 1)) * Self.wayCount + turn
    turn = (turn + 1) % Self.wayCount
    unsafe entries[place] = Entry(hash: hash, count: count, simHash: simHash)
    unsafe (bytes + place * Self.byteCapacity).update(from: text, count: count)
  }
}
