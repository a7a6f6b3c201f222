package import Reports

/// Makes keywords of bytes: their forms, which are seen, and their keys, which are counted by.
///
/// It owns a stemmer and a memory of recent keywords and words, about a megabyte, and allocates nothing more.
package struct KeywordMaker: ~Copyable {
  /// What became of a keyword.
  package enum Outcome: Equatable, Sendable {
    case kept
    /// The row has its key already.
    case repeated
    case blank
    /// A control character inside, or bytes that are no UTF-8.
    case invalid
    /// Its form has more than `Limits.keywordByteCount` bytes.
    case tooLong
  }

  private let stemmer: Stemmer
  private var memo = TermMemo()

  package init(_ settings: TermsSettings) throws(TermsError) { stemmer = try Stemmer(language: settings.language) }

  /// Appends a keyword's form and key to a batch whose row's keywords begin at `first`, unless the row has the key already;
  /// the first form of a key stays. Where it is not kept nothing is appended.
  ///
  /// - Complexity: O(count) expected where the bytes came lately.
  package mutating func append(_ raw: Span<UInt8>, after first: Int, to batch: inout ReportBatch) -> Outcome {
    append(raw, hash: WordHash.hash(raw), after: first, to: &batch)
  }

  /// The same for bytes whose `WordHash` is known.
  mutating func append(
    _ raw: Span<UInt8>, hash: UInt64, after first: Int, to batch: inout ReportBatch
  ) -> Outcome {
    if let known = memo.append(raw, hash: hash, to: &batch.arena) {
      return Self.admit(form: known.form, key: known.key, after: first, to: &batch)
    }
    let start = batch.arena.count
    switch KeywordNormalizer.normalize(raw, into: &batch.arena) {
    case .blank: return .blank
    case .invalid: return .invalid
    case .tooLong: return .tooLong
    case .kept: break
    }
    let form = ReportBatch.Slice(offset: UInt32(start), length: UInt32(batch.arena.count - start))
    guard form.length <= UInt32(Limits.keywordByteCount) else {
      batch.arena.removeLast(batch.arena.count - start)
      return .tooLong
    }
    let key = stemmer.key(of: form, in: &batch.arena)
    memo.remember(raw, hash: hash, form: form, key: key, in: batch.arena)
    return Self.admit(form: form, key: key, after: first, to: &batch)
  }

  private static func admit(
    form: ReportBatch.Slice, key: ReportBatch.Slice, after first: Int, to batch: inout ReportBatch
  ) -> Outcome {
    for index in first..<batch.keywordKeys.count {
      let other = batch.keywordKeys[index]
      guard other.length == key.length else { continue }
      if batch.arena.span.extracting(other.range).isEqual(batch.arena.span.extracting(key.range)) {
        batch.arena.removeLast(batch.arena.count - Int(form.offset))
        return .repeated
      }
    }
    batch.keywords.append(form)
    batch.keywordKeys.append(key)
    return .kept
  }
}
