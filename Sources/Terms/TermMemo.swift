import Reports

/// What became of keywords and words lately: bytes → form and key, so that one that is repeated costs a look-up.
///
/// A set-associative table of fixed size: four places a hash, taken in turn. What it holds never changes an answer.
struct TermMemo {
  private static let setCount = 1_024
  private static let wayCount = 4
  /// Raw bytes, form and key of one entry, each at most `Limits.keywordByteCount`.
  private static let stride = 3 * Limits.keywordByteCount

  private struct Entry: BitwiseCopyable {
    var hash: UInt64 = 0
    /// Zero where there is no entry.
    var rawCount: UInt8 = 0
    var formCount: UInt8 = 0
    /// Zero where the key is the form.
    var keyCount: UInt8 = 0
  }

  private var entries = [Entry](repeating: Entry(), count: setCount * wayCount)
  private var bytes = [UInt8](repeating: 0, count: setCount * wayCount * stride)
  private var turn = 0

  /// Appends what is known of some bytes, by their `WordHash`, to an arena; nil where nothing is. Complexity: O(count).
  func append(_ raw: Span<UInt8>, hash: UInt64, to arena: inout [UInt8]) -> (form: ReportBatch.Slice, key: ReportBatch.Slice)? {
    let set = Int(truncatingIfNeeded: hash & UInt64(Self.setCount - 1)) * Self.wayCount
    for place in set..<set + Self.wayCount {
      let entry = entries[place]
      guard entry.hash == hash, Int(entry.rawCount) == raw.count else { continue }
      let start = place * Self.stride
      guard raw.count > 0, bytes.span.extracting(start..<start + raw.count).isEqual(raw) else { continue }
      let formStart = start + Limits.keywordByteCount
      let form = ReportBatch.Slice(offset: UInt32(arena.count), length: UInt32(entry.formCount))
      let total = Int(entry.formCount) + Int(entry.keyCount)
      // The key stands behind the form.
      unsafe bytes.span.extracting(formStart..<formStart + total).withUnsafeBufferPointer { unsafe arena.append(contentsOf: $0) }
      guard entry.keyCount > 0 else { return (form, form) }
      return (form, ReportBatch.Slice(offset: form.offset + form.length, length: UInt32(entry.keyCount)))
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
    entries[place] = Entry(
      hash: hash, rawCount: UInt8(raw.count), formCount: UInt8(form.length), keyCount: key == form ? 0 : UInt8(key.length))
    var index = place * Self.stride
    for offset in raw.indices { bytes[index + offset] = raw[offset] }
    index += Limits.keywordByteCount
    for offset in form.range {
      bytes[index] = arena[offset]
      index += 1
    }
    guard key != form else { return }
    for offset in key.range {
      bytes[index] = arena[offset]
      index += 1
    }
  }
}
