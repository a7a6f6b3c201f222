import Reports

/// What became of keywords and words lately: bytes → form and key, so that one that is repeated costs a look-up.
///
/// A set-associative table of fixed size: four places a hash, taken in turn. What it holds never changes an answer.
@safe struct TermMemo: ~Copyable {
  private static let setCount = 1_024
  private static let wayCount = 4
  /// Raw bytes, form and key of one entry, each at most `Limits.keywordByteCount`; the key stands behind the form.
  private static let stride = 3 * Limits.keywordByteCount

  private struct Entry: BitwiseCopyable {
    var hash: UInt64 = 0
    /// Zero where there is no entry.
    var rawCount: UInt8 = 0
    var formCount: UInt8 = 0
    /// Zero where the key is the form.
    var keyCount: UInt8 = 0
  }

  private let entries: UnsafeMutablePointer<Entry>
  private let bytes: UnsafeMutablePointer<UInt8>
  private var turn = 0

  init() {
    let count = Self.setCount * Self.wayCount
    unsafe entries = .allocate(capacity: count)
    unsafe entries.initialize(repeating: Entry(), count: count)
    // Copies are of sixteen bytes.
    unsafe bytes = .allocate(capacity: count * Self.stride + 16)
    unsafe bytes.initialize(repeating: 0, count: count * Self.stride + 16)
  }

  deinit {
    unsafe entries.deallocate()
    unsafe bytes.deallocate()
  }

  /// Keeps what is known of some bytes, by their `WordHash`, in a draft, where they are not repeated; nil where nothing is known.
  /// Complexity: O(count).
  @inline(__always)
  func keep(_ raw: UnsafePointer<UInt8>, count: Int, hash: UInt64, in draft: inout TermDraft) -> Bool? {
    let set = Int(truncatingIfNeeded: hash & UInt64(Self.setCount - 1)) * Self.wayCount
    var place = set
    while place < set + Self.wayCount {
      let entry = unsafe entries[place]
      let known = unsafe bytes + place * Self.stride
      if entry.hash == hash, Int(entry.rawCount) == count, count > 0, unsafe Bytes.areEqual(known, raw, count: count) {
        let start = draft.byteCount
        unsafe draft.append(padded: known + Limits.keywordByteCount, count: Int(entry.formCount) + Int(entry.keyCount))
        return draft.keep(formAt: start, formCount: Int(entry.formCount), keyCount: Int(entry.keyCount))
      }
      place += 1
    }
    return nil
  }

  /// Remembers a form and a key that stand in an arena. Bytes that are longer than a keyword are not worth it.
  mutating func remember(
    _ raw: Span<UInt8>, hash: UInt64, form: ReportBatch.Slice, key: ReportBatch.Slice, in arena: [UInt8]
  ) {
    guard raw.count > 0, raw.count <= Limits.keywordByteCount, Int(form.length) <= Limits.keywordByteCount else { return }
    let set = Int(truncatingIfNeeded: hash & UInt64(Self.setCount - 1)) * Self.wayCount
    let place = set + turn
    turn = (turn + 1) % Self.wayCount
    unsafe entries[place] = Entry(
      hash: hash, rawCount: UInt8(raw.count), formCount: UInt8(form.length), keyCount: key == form ? 0 : UInt8(key.length))
    let target = unsafe UnsafeMutableBufferPointer(start: bytes + place * Self.stride, count: Self.stride)
    for offset in raw.indices { unsafe target[offset] = raw[offset] }
    var index = Limits.keywordByteCount
    for offset in form.range {
      unsafe target[index] = arena[offset]
      index += 1
    }
    guard key != form else { return }
    for offset in key.range {
      unsafe target[index] = arena[offset]
      index += 1
    }
  }
}
