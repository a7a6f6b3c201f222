package import Reports

/// Bytes and keywords of rows that are being made, before all of them are copied into a batch at once.
///
/// Its buffers are of one size for good. Before each event there is to be room (`hasRoom`), else it is to be flushed; then nothing
/// that belongs to one event can run out of it. Slices count from the beginning of the batch's arena. What is done for every
/// event stands beside who does it: a call into another module is not inlined.
@safe package struct TermDraft: ~Copyable {
  /// What one event may ask for: its strings, its JSON where it is refused, its keywords or terms with their keys, and in between
  /// what is copied too much, for copies are of sixteen bytes.
  private static let eventRoom = 3 * Limits.eventByteCount + 3 * keywordRoom * Limits.keywordByteCount + 1_024
  private static let keywordRoom = max(Limits.textTermCount, Limits.keywordCount)

  /// The bytes of rows, of which `byteCount` are in use.
  package let bytes: UnsafeMutablePointer<UInt8>
  package var byteCount = 0
  package let byteCapacity: Int
  /// Where they will begin in the batch's arena.
  package var offset = 0

  private let forms: UnsafeMutablePointer<ReportBatch.Slice>
  private let keys: UnsafeMutablePointer<ReportBatch.Slice>
  private let keywordCapacity: Int
  package var keywordCount = 0
  /// The first keyword of the row that is being made.
  package var rowStart = 0

  /// - Parameter eventCount: how many events of usual size find room.
  package init(eventCount: Int) {
    byteCapacity = Self.eventRoom + eventCount * 512
    keywordCapacity = eventCount * 4 + Self.keywordRoom
    unsafe bytes = .allocate(capacity: byteCapacity)
    unsafe forms = .allocate(capacity: keywordCapacity)
    unsafe keys = .allocate(capacity: keywordCapacity)
  }

  deinit {
    unsafe bytes.deallocate()
    unsafe forms.deallocate()
    unsafe keys.deallocate()
  }

  /// Whether one more event finds room, whatever it holds.
  package var hasRoom: Bool {
    byteCapacity - byteCount >= Self.eventRoom && keywordCapacity - keywordCount >= Self.keywordRoom
  }

  /// Forgets everything; what follows will stand at the end of a batch's arena.
  package mutating func begin(_ batch: borrowing ReportBatch) {
    offset = batch.arena.count
    byteCount = 0
    keywordCount = 0
    rowStart = 0
  }

  /// Begins a row: a key that an earlier one has may be kept again.
  package mutating func beginRow() { rowStart = keywordCount }

  /// How many keywords the row has so far.
  package var rowKeywordCount: Int { keywordCount - rowStart }

  /// Lets go of the row's keywords, and of all bytes from a count on.
  package mutating func dropRow(to byteCount: Int) {
    precondition(byteCount <= self.byteCount)
    self.byteCount = byteCount
    keywordCount = rowStart
  }

  /// Copies all of it to the end of a batch, and begins anew. Complexity: O(bytes + keywords), two copies.
  package mutating func flush(into batch: inout ReportBatch) {
    unsafe batch.arena.append(contentsOf: UnsafeBufferPointer(start: bytes, count: byteCount))
    unsafe batch.keywords.append(contentsOf: UnsafeBufferPointer(start: forms, count: keywordCount))
    unsafe batch.keywordKeys.append(contentsOf: UnsafeBufferPointer(start: keys, count: keywordCount))
    begin(batch)
  }

  // MARK: Bytes

  /// Copies bytes to the end, behind which fifteen more are readable.
  @inline(__always)
  mutating func append(padded source: UnsafePointer<UInt8>, count: Int) {
    let target = unsafe UnsafeMutableRawPointer(bytes + byteCount)
    let source = unsafe UnsafeRawPointer(source)
    var index = 0
    while index < count {
      unsafe target.storeBytes(
        of: source.loadUnaligned(fromByteOffset: index, as: SIMD16<UInt8>.self), toByteOffset: index, as: SIMD16<UInt8>.self)
      index += 16
    }
    byteCount += count
  }

  /// Copies bytes to the end.
  package mutating func append(_ source: Span<UInt8>) {
    precondition(source.count <= byteCapacity - byteCount)
    unsafe source.withUnsafeBufferPointer { source in
      guard let base = source.baseAddress else { return }
      unsafe (bytes + byteCount).update(from: base, count: source.count)
    }
    byteCount += source.count
  }

  // MARK: Keywords

  /// Keeps a keyword whose form and key stand from `start` on, the key behind the form or, where `keyCount` is zero, in its place;
  /// false where the row has its key already, and then they are gone.
  @inline(__always)
  mutating func keep(formAt start: Int, formCount: Int, keyCount: Int) -> Bool {
    let form = ReportBatch.Slice(
      offset: UInt32(truncatingIfNeeded: offset + start), length: UInt32(truncatingIfNeeded: formCount))
    var key = form
    if keyCount > 0 {
      key = ReportBatch.Slice(
        offset: UInt32(truncatingIfNeeded: offset + start + formCount), length: UInt32(truncatingIfNeeded: keyCount))
    }
    var index = rowStart
    while index < keywordCount {
      let other = unsafe keys[index]
      if other.length == key.length, hasSameBytes(other, key) {
        byteCount = start
        return false
      }
      index += 1
    }
    unsafe forms[keywordCount] = form
    unsafe keys[keywordCount] = key
    keywordCount += 1
    return true
  }

  @inline(__always)
  private func hasSameBytes(_ one: ReportBatch.Slice, _ other: ReportBatch.Slice) -> Bool {
    let one = unsafe bytes + (Int(one.offset) - offset)
    let count = Int(other.length)
    let other = unsafe bytes + (Int(other.offset) - offset)
    return unsafe Bytes.areEqual(one, other, count: count)
  }
}
