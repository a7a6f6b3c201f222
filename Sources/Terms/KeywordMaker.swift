import Reports

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

  let stemmer: Stemmer
  private var memo = TermMemo()
  /// The form and the key of one keyword that was not known.
  private var scratch: [UInt8] = []

  package init(_ settings: TermsSettings) throws(TermsError) { stemmer = try Stemmer(language: settings.language) }

  /// Appends a keyword's form and key to a draft, unless its row has the key already; the first form of a key stays. Where it is
  /// not kept nothing is appended.
  ///
  /// - Complexity: O(count) expected where the bytes came lately.
  package mutating func append(_ raw: Span<UInt8>, to draft: inout TermDraft) -> Outcome {
    append(raw, hash: WordHash.hash(raw), to: &draft)
  }

  /// The same for bytes whose `WordHash` is known.
  mutating func append(_ raw: Span<UInt8>, hash: UInt64, to draft: inout TermDraft) -> Outcome {
    let known: Bool? = unsafe raw.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return nil }
      return unsafe memo.keep(base, count: buffer.count, hash: hash, in: &draft)
    }
    if let known { return known ? .kept : .repeated }
    return make(raw, hash: hash, in: &draft)
  }

  /// Makes the form and the key of bytes that are not known.
  @inline(never)
  private mutating func make(_ raw: Span<UInt8>, hash: UInt64, in draft: inout TermDraft) -> Outcome {
    scratch.removeAll(keepingCapacity: true)
    let made = Self.forms(of: raw, by: stemmer, into: &scratch)
    guard let (form, key) = made.pair else { return made.outcome }
    memo.remember(raw, hash: hash, form: form, key: key, in: scratch)
    let start = draft.byteCount
    draft.append(scratch.span)
    let isKept = draft.keep(formAt: start, formCount: Int(form.length), keyCount: key == form ? 0 : Int(key.length))
    return isKept ? .kept : .repeated
  }

  /// Puts a keyword's form into empty bytes, and its key behind it where that is another.
  static func forms(
    of raw: Span<UInt8>, by stemmer: borrowing Stemmer, into bytes: inout [UInt8]
  ) -> (outcome: Outcome, pair: (form: ReportBatch.Slice, key: ReportBatch.Slice)?) {
    switch KeywordNormalizer.normalize(raw, into: &bytes) {
    case .blank: return (.blank, nil)
    case .invalid: return (.invalid, nil)
    case .tooLong: return (.tooLong, nil)
    case .kept: break
    }
    let form = ReportBatch.Slice(offset: 0, length: UInt32(bytes.count))
    guard form.length <= UInt32(Limits.keywordByteCount) else { return (.tooLong, nil) }
    return (.kept, (form, stemmer.key(of: form, in: &bytes)))
  }
}
